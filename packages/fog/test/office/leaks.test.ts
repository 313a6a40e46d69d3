import { unzipSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { isOffice, readModel } from "../../src/decoy/model.js";
import { isPublic } from "../../src/decoy/public-words.js";
import { rarity } from "../../src/decoy/rarity.js";
import { readSymbol } from "../../src/decoy/symbols.js";
import { templatesOf } from "../../src/template/templates.js";
import { decoyOf, learn, seed } from "../decoy/helpers.js";
import { archive, cellsOfCustomers, excelParts, novel, secrets, wordParts } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

/** All there is in a package: every entry inflated, and the bytes themselves. */
function everything(made: Uint8Array): string {
  const entries = Object.entries(unzipSync(made)).map(([name, bytes]) => `${name}\n${Buffer.from(bytes).toString()}`);
  return [...entries, Buffer.from(made).toString("latin1")].join("\n");
}

/** The bytes of a model, and what its templates inflate to. */
function allOf(model: Uint8Array): string {
  const { content } = readModel(model);
  const templates = isOffice(content) ? templatesOf(content.container) : [];
  return [Buffer.from(model).toString("latin1"), ...templates].join("\n");
}

function rareOf(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([, count]) => count < rarity).map(([value]) => value);
}

const rows = cellsOfCustomers(600);
const documents = [
  ["memo.docx", archive(wordParts(novel(150), rows.slice(0, 80)), "word"), rows.slice(0, 80)],
  ["book.xlsx", archive(excelParts(rows), "word"), rows],
] as const;

describe.each(documents)("of %s", (name, original, cells) => {
  test("people, titles, companies, styles, templates and identifiers stay out of model and decoys", async () => {
    const before = everything(original);
    expect(secrets.slice(0, 5).every((secret) => before.includes(secret))).toBe(true);
    const model = await learn(original, name);
    const shown = [allOf(model)];
    for (const bit of [0, 1, 2, 3])
      shown.push(everything(await decoyOf(model, original.length, { seed: seed.map((byte) => byte ^ bit) })));
    expect(secrets.filter((secret) => shown.some((text) => text.toLowerCase().includes(secret.toLowerCase())))).toEqual(
      [],
    );
  });

  test("rare cells stay out of model and decoys", async () => {
    const model = await learn(original, name);
    const made = everything(await decoyOf(model, original.length));
    const rare = rareOf(cells.slice(1).flatMap((row) => [0, 2, 3, 4].map((at) => row[at] ?? ""))).filter(
      (value) => value.length >= 8,
    );
    expect(rare.length).toBeGreaterThan(200);
    const known = allOf(model);
    expect(rare.filter((value) => known.includes(value) || made.includes(value))).toEqual([]);
  });
});

test("rare words of a text document stay out of its model", async () => {
  const paragraphs = novel(150);
  const { content } = readModel(await learn(archive(wordParts(paragraphs, []), "word"), "memo.docx"));
  const words = paragraphs.join(" ").match(/\p{L}+/gu) ?? [];
  const rare = new Set(rareOf(words).filter((word) => !isPublic(word)));
  const known = content.kind === "document" ? content.prose.symbols.map((symbol) => readSymbol(symbol)) : [];
  expect(rare.size).toBeGreaterThan(500);
  expect(known.length).toBeGreaterThan(100);
  expect(known.filter(({ kind, text }) => kind === null && rare.has(text))).toEqual([]);
});

test("of a form, where a value stands beside each label, no value stays", async () => {
  const form = [
    ["Name", "Jolanthe Wurmbrand"],
    ["Street", "Ungargasse 77"],
    ["Company", "Hinterholz Metallbau"],
  ];
  const original = archive(wordParts(novel(40), form), "word");
  const model = await learn(original, "form.docx");
  const shown = allOf(model) + everything(await decoyOf(model, original.length));
  expect(["Jolanthe", "Wurmbrand", "Ungargasse", "Hinterholz"].filter((value) => shown.includes(value))).toEqual([]);
});

test("of a workbook whose properties name its sheets first, no name comes into the model", async () => {
  const parts = excelParts(cellsOfCustomers(60));
  const app = parts["docProps/app.xml"] ?? "";
  const titles = /<TitlesOfParts>.*<\/TitlesOfParts>/.exec(app)?.[0] ?? "";
  const reordered = app
    .replace(titles, "")
    .replace("<HeadingPairs>", `${titles.replace("Customers", "Hinterholz")}<HeadingPairs>`);
  expect(reordered.indexOf("Hinterholz")).toBeLessThan(reordered.indexOf("<HeadingPairs>"));
  const original = archive({ ...parts, "docProps/app.xml": reordered }, "word");
  const model = await learn(original, "book.xlsx");
  expect(allOf(model) + everything(await decoyOf(model, original.length))).not.toContain("Hinterholz");
});

test("what stands under a namespace of somebody's own is left out, and so is what only claims to be built in", async () => {
  const parts = wordParts(novel(40), []);
  const styles = (parts["word/styles.xml"] ?? "")
    .replace(
      "<w:docDefaults>",
      '<own:note xmlns:own="https://hinterholz.example/" val="Hinterholz"/><w:docDefaults own:by="Hinterholz" xmlns:own="https://hinterholz.example/">',
    )
    .replace(
      "</w:styles>",
      '<w:style w:type="paragraph" w:styleId="HinterholzLetter"><w:name w:val="Hinterholz Letter"/></w:style></w:styles>',
    );
  const body = (parts["word/document.xml"] ?? "")
    .replace("<w:document ", '<w:document xmlns:own="https://hinterholz.example/" ')
    .replace('mc:Ignorable="w14"', 'mc:Ignorable="w14 own"')
    .replace('<w:pStyle w:val="ZaudererBody"/>', '<w:pStyle w:val="ZaudererBody"/><own:who w:val="Hinterholz"/>');
  const original = archive({ ...parts, "word/styles.xml": styles, "word/document.xml": body }, "word");
  expect(everything(original)).toContain("HinterholzLetter");
  const model = await learn(original, "memo.docx");
  const made = await decoyOf(model, original.length);
  expect(allOf(model) + everything(made)).not.toMatch(/hinterholz|own:/i);
  expect(Buffer.from(unzipSync(made)["word/document.xml"] ?? []).toString()).toContain('mc:Ignorable="w14"');
});
