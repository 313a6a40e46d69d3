import { unzipSync } from "fflate";
import mammoth from "mammoth";
import readExcelFile, { readSheet } from "read-excel-file/node";
import { describe, expect, test, vi } from "vitest";
import writeExcelFile from "write-excel-file/node";
import { readZip } from "../../src/office/zip-reader.js";
import { decoyOf, learn, seed } from "../decoy/helpers.js";
import { archive, cellsOfCustomers, excelParts, metadata, novel, type producers, sealed, wordParts } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const table = cellsOfCustomers(400);
const word = archive(wordParts(novel(120), cellsOfCustomers(60)), "word");
const excel = archive(excelParts(table), "word");

function textOf(bytes: Uint8Array, part: string): string {
  return Buffer.from(unzipSync(bytes)[part] ?? []).toString();
}

function element(xml: string, name: string): string {
  return new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?>([^<]*)<`).exec(xml)?.[1] ?? "";
}

describe("a decoy of a text document", () => {
  test("opens in a reader that others wrote, with as many words, its headings and its table", async () => {
    const made = await decoyOf(await learn(word, "memo.docx"), word.length);
    const [shown, original] = await Promise.all(
      [made, Buffer.from(word)].map((buffer) => mammoth.extractRawText({ buffer })),
    );
    const words = (text = ""): number => text.split(/\s+/).length;
    expect(words(shown?.value) / words(original?.value)).toBeGreaterThan(0.7);
    expect(words(shown?.value) / words(original?.value)).toBeLessThan(1.4);
    const { value } = await mammoth.convertToHtml({ buffer: made });
    expect(value.match(/<h1>/g)?.length).toBeGreaterThan(8);
    expect(value.match(/<tr>/g)?.length).toBeGreaterThan(20);
    expect(value).toContain("CU-");
  });

  test("says of itself what is true: its words, pages and characters", async () => {
    const made = await decoyOf(await learn(word, "memo.docx"), word.length);
    const { value } = await mammoth.extractRawText({ buffer: made });
    const app = textOf(made, "docProps/app.xml");
    const words = value.split(/\s+/).filter((one) => one !== "");
    expect(Number(element(app, "Words"))).toBe(words.length);
    expect(Number(element(app, "Characters"))).toBe(words.join("").length);
    expect(Number(element(app, "Pages"))).toBeGreaterThan(words.length / 500);
    expect(Number(element(app, "Pages"))).toBeLessThan(words.length / 300);
  });

  test("has identifiers of saves that its settings list, and of paragraphs that come once", async () => {
    const made = await decoyOf(await learn(word, "memo.docx"), word.length);
    const body = textOf(made, "word/document.xml");
    const listed = new Set(textOf(made, "word/settings.xml").match(/(?<=w:rsid w:val=")[0-9A-F]{8}/g));
    const used = new Set(body.match(/(?<=w:rsidR=")[0-9A-F]{8}/g));
    const paragraphs = body.match(/(?<=w14:paraId=")[0-9A-F]{8}/g) ?? [];
    expect([...used].every((save) => listed.has(save))).toBe(true);
    expect(used.size).toBeGreaterThan(0);
    expect(new Set(paragraphs).size).toBe(paragraphs.length);
    expect(paragraphs.every((id) => Number.parseInt(id, 16) < 0x80000000)).toBe(true);
  });
});

describe("a decoy of a workbook", () => {
  test("opens in a reader that others wrote, with its sheets, its labels, and cells of the same kinds", async () => {
    const made = await decoyOf(await learn(excel, "customers.xlsx"), excel.length);
    const sheets = await readExcelFile(made);
    expect(sheets.map(({ sheet }) => sheet)).toEqual(["Customers", "Sheet1"]);
    const [header = [], ...rows] = sheets[0]?.data ?? [];
    expect(header).toEqual(table[0]);
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.length).toBeLessThan(500);
    for (const row of rows) {
      expect(row[0]).toMatch(/^CU-\d{8}$/);
      expect(["Austria", "Germany", "Italy"]).toContain(row[5]);
      expect(row[6]).toBeInstanceOf(Date);
      expect(typeof row[7]).toBe("number");
    }
    const second = sheets[1]?.data ?? [];
    expect(second[1]).toEqual(["Region", "Amount"]);
    expect(second.length).toBeGreaterThan(30);
  });

  test("has dates within those of the original", async () => {
    const made = await decoyOf(await learn(excel, "customers.xlsx"), excel.length);
    const dates = (await readSheet(made)).slice(1).map((row) => row[6]);
    const years = dates.map((date) => (date instanceof Date ? date.getUTCFullYear() : 0));
    expect(Math.min(...years)).toBeGreaterThanOrEqual(2019);
    expect(Math.max(...years)).toBeLessThanOrEqual(2025);
  });

  test("of one that a library wrote opens as well", async () => {
    const rows = table.map((row, at) =>
      at === 0 ? row : [row[0], row[1], Number(row[7]), Number(row[8]) > 20, new Date(row[6] ?? "")],
    );
    const typed = rows.map((row, at) => (at === 0 ? ["id", "name", "amount", "open", "joined"] : row));
    const data = typed.map((row) =>
      row.map((value) => (value instanceof Date ? { value, format: "yyyy-mm-dd" } : { value })),
    );
    const original = new Uint8Array(await writeExcelFile(data).toBuffer());
    const made = await decoyOf(await learn(original, "written.xlsx"), original.length);
    const [header, ...shown] = await readSheet(made);
    expect(header).toEqual(["id", "name", "amount", "open", "joined"]);
    expect(shown.length).toBeGreaterThan(200);
    for (const row of shown) {
      expect(row.map((value) => (value instanceof Date ? "date" : typeof value))).toEqual([
        "string",
        "string",
        "number",
        "boolean",
        "date",
      ]);
    }
  });
});

describe.each([
  ["memo.docx", word],
  ["customers.xlsx", excel],
])("a decoy of %s", (name, original) => {
  test("has exactly the length that is asked for, whatever it is", async () => {
    const model = await learn(original, name);
    const lengths = [
      0,
      1,
      21,
      500,
      3000,
      9999,
      original.length - 1,
      original.length,
      original.length + 7,
      2 * original.length,
    ];
    for (const length of lengths) {
      const made = await decoyOf(model, length);
      expect(made.length).toBe(length);
      if (length >= 9999) expect(Object.keys(unzipSync(made)).length).toBeGreaterThan(5);
    }
  });

  test("is the same for the same seed, and another for another", async () => {
    const model = await learn(original, name);
    const other = Uint8Array.from(seed, (byte) => byte ^ 1);
    const [one, again, different] = await Promise.all(
      [seed, seed, other].map((key) => decoyOf(model, original.length, { seed: key })),
    );
    expect(one?.equals(again ?? Buffer.of())).toBe(true);
    const parts = [one, different].map((made) => unzipSync(made ?? new Uint8Array()));
    for (const part of [
      "docProps/core.xml",
      name.endsWith("docx") ? "word/document.xml" : "xl/worksheets/sheet1.xml",
    ]) {
      expect(Buffer.from(parts[0]?.[part] ?? []).equals(Buffer.from(parts[1]?.[part] ?? []))).toBe(false);
    }
  });

  test("has metadata that agree with one another, and with the time it was sealed", async () => {
    const made = await decoyOf(await learn(original, name), original.length);
    const core = textOf(made, "docProps/core.xml");
    const [created, modified] = ["created", "modified"].map((one) => Date.parse(element(core, one)));
    expect(created).toBeLessThan(modified ?? 0);
    expect(modified).toBeLessThan(sealed);
    expect(modified).toBeGreaterThan(Date.UTC(2026, 1, 20));
    expect(element(core, "modified")).toMatch(/^2026-03-\d\dT\d\d:\d\d:00Z$/);
    expect(element(core, "creator")).toMatch(/^\p{Lu}\S* \p{Lu}\S*/u);
    expect(element(core, "creator")).not.toBe(element(core, "lastModifiedBy"));
    expect(Number(element(core, "revision"))).toBeGreaterThan(7);
    expect(Number(element(core, "revision"))).toBeLessThan(16);
    const app = textOf(made, "docProps/app.xml");
    expect(element(app, "Application")).toMatch(/^Microsoft/);
    expect(element(app, "Company")).not.toBe(metadata.company);
    if (name.endsWith("docx"))
      expect(60_000 * Number(element(app, "TotalTime"))).toBeLessThanOrEqual((modified ?? 0) - (created ?? 0) + 60_000);
  });

  test("names nobody as its relations and content types do, but parts that are there", async () => {
    const made = unzipSync(await decoyOf(await learn(original, name), original.length));
    const types = Buffer.from(made["[Content_Types].xml"] ?? []).toString();
    const named = types.match(/(?<=PartName="\/)[^"]+/g) ?? [];
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((part) => made[part] === undefined)).toEqual([]);
    for (const [part, bytes] of Object.entries(made).filter(([one]) => one.endsWith(".rels"))) {
      const targets =
        Buffer.from(bytes)
          .toString()
          .match(/(?<=Target=")[^"]+/g) ?? [];
      expect(targets.length).toBeGreaterThan(1);
      expect(targets.filter((target) => made[part.slice(0, part.indexOf("_rels/")) + target] === undefined)).toEqual(
        [],
      );
    }
  });
});

test.each<keyof typeof producers>(["word", "libreOffice", "python"])(
  "entries look as the program wrote them: %s",
  async (producer) => {
    const original = archive(wordParts(novel(60), []), producer);
    const made = await decoyOf(await learn(original, "memo.docx"), original.length);
    const looks = new Map(readZip(original).map(({ name, look }) => [name, look]));
    const entries = readZip(made);
    expect(entries.length).toBeGreaterThan(5);
    for (const { name, look } of entries) expect(look).toEqual(looks.get(name));
    const order = [...looks.keys()].filter((name) => entries.some((entry) => entry.name === name));
    expect(entries.map(({ name }) => name)).toEqual(order);
    const modified = Date.parse(element(textOf(made, "docProps/core.xml"), "modified"));
    for (const { time } of entries) {
      if (producer === "word") expect(time).toBe(0);
      else expect(Math.abs(time - modified)).toBeLessThan(60_000);
    }
  },
);
