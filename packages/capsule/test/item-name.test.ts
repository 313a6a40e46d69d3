import { hostPart } from "@fogbound/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkItemName, checkItems, newCountKey } from "../src/index.js";

const wrong: readonly (readonly [string, string])[] = [
  ["empty", ""],
  ["climbing", "../x"],
  ["climbing from within", "a/../b"],
  ["climbing at the end", "a/.."],
  ["a lone dot", "."],
  ["a dot within", "a/./b"],
  ["absolute", "/x"],
  ["with an empty part", "a//b"],
  ["ending in a slash", "a/"],
  ["with a NUL", "a\0b"],
  ["with a line feed", "a\nb"],
  ["with an escape", "a\u{1b}[2J"],
  ["with a C1 control", "a\u{85}b"],
  ["with a backslash", "a\\b"],
  ["climbing on Windows", "..\\x"],
  ["on a drive", "C:x"],
  ["on a drive, absolute", "c:/x"],
  ["in a stream of a file", "a.pdf:hidden"],
  ["on a drive further down", "a/C:x"],
  ["ending in a dot", "a.pdf."],
  ["of dots alone", "..."],
  ["ending in a space", "a.pdf "],
  ["climbing behind a space", ".. /x"],
  ["a folder that ends in a dot", "a./b"],
  ["a device", "NUL"],
  ["a device with an extension", "con.txt"],
  ["a device further down", "a/COM1/b"],
  ["a device in superscript", "lpt¹"],
  ["with a lone surrogate", "a\ud800"],
  ["with a byte order mark in front", "\u{feff}a"],
  ["too long", "a".repeat(1025)],
];

const right: readonly string[] = [
  "report.pdf",
  "2026/report.pdf",
  ".hidden",
  "..a",
  "a..b",
  "a...b/c",
  " a",
  "Übersicht (2).pdf",
  "données/été.csv",
  "报告/二月.xlsx",
  "報告書.pdf",
  "تقرير.pdf",
  "דוח.pdf",
  "отчёт.pdf",
  "รายงาน.pdf",
  "🗂️/👩‍🔬.png",
  "console.log",
  "nullable",
  "com10",
  "What now?.pdf",
  "a".repeat(1024),
];

describe("An item's name", () => {
  it.each(wrong)("that is %s is refused", (_, name) => {
    expect(() => checkItemName(name)).toThrow(TypeError);
    expect(() => checkItems([{ name, content: new Uint8Array() }])).toThrow(TypeError);
  });

  it.each(right)("%j is accepted", (name) => {
    expect(checkItemName(name)).toBeUndefined();
  });

  it("says in its message what is wrong with it, and shows no more than its beginning", () => {
    expect(() => checkItemName("a\\b")).toThrow('The item name "a\\\\b" holds a backslash. Use a relative name');
    expect(() => checkItemName("b".repeat(5000))).toThrow(/has more than 1024 characters/);
    expect(() => checkItemName(`${"c".repeat(5000)}`)).not.toThrow(/c{121}/);
  });

  it("that is accepted stays below its folder, and can be written into a manifest, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "grapheme", maxLength: 20 }),
          fc.string({ unit: fc.constantFrom(".", "/", "\\", ":", " ", "a", "\0", "\u{feff}"), maxLength: 8 }),
        ),
        (name) => {
          try {
            checkItemName(name);
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
            return;
          }
          const { pathname } = new URL(name.split("/").map(encodeURIComponent).join("/"), "file:///folder/");
          expect(pathname.split("/").map(decodeURIComponent)).toEqual(["", "folder", ...name.split("/")]);
          const id = "itm_aaaaaaaaaaaaaaaaaaaaaaaaaa" as const;
          const items = [{ id, name, mediaType: "text/plain", length: 0 }];
          hostPart.encode({ suite: 1, items, countKey: newCountKey(), counted: [] });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("may not be given twice, also not in two spellings of Unicode", () => {
    const named = (...names: string[]) => names.map((name) => ({ name, content: new Uint8Array() }));
    expect(() => checkItems(named("a", "b", "a"))).toThrow(/given twice/);
    expect(() => checkItems(named("\u{e9}t\u{e9}", "e\u{301}te\u{301}"))).toThrow(/given twice/);
    expect(() => checkItems(named("\u{212b}", "A\u{30a}"))).toThrow(TypeError);
    expect(checkItems(named("a", "A", "a/a", "b"))).toBeUndefined();
  });
});

describe("What is sealed", () => {
  const item = (mediaType: string) => [{ name: "a", content: new Uint8Array(), mediaType }];

  it("is one item at least, and 10,000 at most", () => {
    expect(() => checkItems([])).toThrow(new TypeError("Expected at least one item to seal, got none."));
    const many = Array.from({ length: 10_001 }, (_, index) => ({ name: `${index}`, content: new Uint8Array() }));
    expect(() => checkItems(many)).toThrow(TypeError);
    expect(checkItems(many.slice(1))).toBeUndefined();
  });

  it.each([
    "",
    "text",
    "text/",
    "/plain",
    "text/plain\r\nset-cookie: a=b",
    "text/plain; ä=1",
    "a b/c",
    `a/${"b".repeat(254)}`,
  ])("has no media type %j, which would become a header's value", (mediaType) => {
    expect(() => checkItems(item(mediaType))).toThrow(TypeError);
  });

  it.each(["text/plain", "text/html; charset=utf-8", "application/vnd.a+json", "image/svg+xml"])(
    "may have the media type %j",
    (mediaType) => {
      expect(checkItems(item(mediaType))).toBeUndefined();
    },
  );
});
