import { sha256, toHex, utf8 } from "@fogbound/crypto";
import fc from "fast-check";
import { inflateSync, zipSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { learnModel } from "../../src/decoy/learn-model.js";
import { canPad, padding } from "../../src/office/padding.js";
import { readXml } from "../../src/office/xml.js";
import { readZip } from "../../src/office/zip-reader.js";
import { deflated, inflated } from "../../src/template/deflate.js";
import { decoyOf, inPieces, learn, seed } from "../decoy/helpers.js";
import { archive, cellsOfCustomers, excelParts, novel, type Parts, wordParts } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const parts = wordParts(novel(20), cellsOfCustomers(10));
const small = archive(parts, "word");

function learnt(bytes: Uint8Array, name = "memo.docx"): Promise<Uint8Array | null> {
  return learnModel(inPieces(bytes, 65_536), { name, mediaType: null, seed });
}

const refused = expect.objectContaining({ code: "FORMAT_INVALID" });

describe("gets no decoy", () => {
  const bomb = "0".repeat(70 * 1024 * 1024);
  const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><w:document><w:t>&lol2;</w:t></w:document>`;
  const outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document><w:t>&x;</w:t></w:document>';
  const noise = Array.from({ length: 800 }, (_, at) => toHex(sha256(utf8(`${at}`)))).join("");
  const cases: readonly (readonly [string, Parts])[] = [
    ["a part that inflates to more than 64 MiB", { ...parts, "word/document.xml": bomb }],
    ["entities within entities", { ...parts, "word/document.xml": laughs }],
    ["an entity that is a file", { ...parts, "word/document.xml": outside }],
    ["an entity that nobody declared", { ...parts, "word/document.xml": "<w:document><w:t>&nbsp;</w:t></w:document>" }],
    ["elements that do not end", { ...parts, "word/document.xml": "<w:document><w:body>" }],
    [
      "elements within one another without end",
      { ...parts, "word/document.xml": "<a>".repeat(5000) + "</a>".repeat(5000) },
    ],
    ["macros", { ...parts, "word/vbaProject.bin": "x" }],
    [
      "pictures for the most part",
      {
        ...parts,
        "word/media/image1.png": noise,
      },
    ],
    [
      "a part of a namespace of somebody's own",
      { ...parts, "word/styles.xml": '<own:styles xmlns:own="https://hinterholz.example/"/>' },
    ],
    ["no text", { ...parts, "word/document.xml": "<w:document><w:body/></w:document>" }],
  ];

  test.each(cases)("a document with %s", async (_, changed) => {
    expect(await learnt(archive(parts, "word"))).not.toBeNull();
    expect(await learnt(archive(changed, "word"))).toBeNull();
  });

  test("what only has the name of one, or is larger than 8 MiB", async () => {
    expect(await learnt(Buffer.from("Not a document at all, although it is called one."))).toBeNull();
    expect(await learnt(Buffer.alloc(100))).toBeNull();
    expect(await learnt(small, "memo.xlsx")).toBeNull();
    expect(await learnt(Buffer.concat([small, Buffer.alloc(9 * 1024 * 1024)]))).toBeNull();
  });

  test("a workbook without a table", async () => {
    expect(await learnt(archive(excelParts([["only a title"]]), "word"), "a.xlsx")).not.toBeNull();
    const bare = excelParts([["x"]]);
    const empty = { ...bare, "xl/worksheets/sheet2.xml": bare["xl/worksheets/sheet1.xml"] ?? "" };
    expect(await learnt(archive(empty, "word"), "a.xlsx")).toBeNull();
  });
});

describe("an archive is refused", () => {
  test("when an entry inflates to more than it says, before it has done so", () => {
    const bytes = archive({ "a.xml": "0".repeat(1_000_000) }, "word");
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at < bytes.length - 4; at++) {
      if (view.getUint32(at, true) === 1_000_000) view.setUint32(at, 1000, true);
    }
    expect(() => readZip(bytes).map((entry) => entry.read())).toThrow(refused);
  });

  test("when two entries lie over one another", () => {
    const bytes = archive({ "a.xml": "0".repeat(5000), "b.xml": "0".repeat(5000) }, "word");
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const directory = view.getUint32(bytes.length - 6, true);
    expect(readZip(bytes).length).toBe(2);
    view.setUint8(directory + 46 + 5 + 46, "a".charCodeAt(0));
    view.setUint32(directory + 46 + 5 + 42, 0, true);
    expect(() => readZip(bytes)).toThrow(refused);
  });

  test("when a byte of it is another, or reads as before: nothing else happens", () => {
    fc.assert(
      fc.property(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const altered = small.map((byte, index) => (index === at ? byte ^ bits : byte));
        try {
          for (const entry of readZip(altered)) readXml(entry.read(), {});
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("archives of others are read: fflate's own", () => {
  const bytes = zipSync({ "a/b.xml": utf8("<a/>"), "c.txt": [utf8("stored"), { level: 0 }] });
  expect(readZip(bytes).map(({ name, read }) => [name, Buffer.from(read()).toString()])).toEqual([
    ["a/b.xml", "<a/>"],
    ["c.txt", "stored"],
  ]);
});

test("blocks with nothing in them change nothing but the length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 0, max: 200 }), (content, length) => {
      if (!canPad(length)) {
        expect([1, 2, 3, 4, 8]).toContain(length);
        return;
      }
      const padded = Buffer.concat([padding(length), deflated(content, 6)]);
      expect(padding(length).length).toBe(length);
      expect(Buffer.from(inflateSync(padded)).equals(Buffer.from(content))).toBe(true);
      expect(Buffer.from(inflated(padded, 3000)).equals(Buffer.from(content))).toBe(true);
    }),
  );
});

test("a model that was altered is refused or makes a decoy of the right length, and does nothing else", async () => {
  const models = [
    await learn(small, "memo.docx"),
    await learn(archive(excelParts(cellsOfCustomers(30)), "word"), "a.xlsx"),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...models),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 255 }),
      async (model, place, bits) => {
        const at = place % model.length;
        const altered = model.map((byte, index) => (index === at ? byte ^ bits : byte));
        const made = await decoyOf(altered, 4000).catch((error: unknown) => error);
        if (made instanceof Buffer) expect(made.length).toBe(4000);
        else expect(made).toMatchObject({ code: expect.stringMatching(/^FORMAT_(INVALID|TOO_NEW)$/) });
      },
    ),
    { numRuns: 120 },
  );
});
