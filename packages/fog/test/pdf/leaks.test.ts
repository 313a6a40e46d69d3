import { unzlibSync } from "fflate";
import { expect, test, vi } from "vitest";
import { readModel } from "../../src/decoy/model.js";
import { isPublic } from "../../src/decoy/public-words.js";
import { rarity } from "../../src/decoy/rarity.js";
import { readSymbol } from "../../src/decoy/symbols.js";
import { inflated } from "../../src/template/deflate.js";
import { decoyOf, learn, seed } from "../decoy/helpers.js";
import { cellsOfCustomers } from "../office/kit.js";
import { classic, report, secrets, shown } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

/** All there is in a PDF: its bytes, every stream inflated, and what a reader shows. */
async function everything(bytes: Uint8Array): Promise<string> {
  const raw = Buffer.from(bytes).toString("latin1");
  const streams = [...raw.matchAll(/FlateDecode[^>]*>>\s*stream\r?\n/g)].map((found) => {
    const start = found.index + found[0].length;
    return Buffer.from(unzlibSync(bytes.subarray(start, raw.indexOf("\nendstream", start)))).toString("latin1");
  });
  const { pages, info } = await shown(bytes);
  return [raw, Buffer.from(bytes).toString("utf8"), ...streams, ...pages, JSON.stringify(info)].join("\n");
}

/** The bytes of a model, and what is deflated in it. */
function allOf(model: Uint8Array): string {
  const { content } = readModel(model);
  const templates = content.kind === "pdf" ? inflated(content.templates, 1_000_000) : new Uint8Array();
  return `${Buffer.from(model).toString("latin1")}\n${Buffer.from(templates).toString()}`;
}

function rareOf(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([, count]) => count < rarity).map(([value]) => value);
}

const lines = ["The house stands by the river, and nobody", "has lived in it for years and years."];
const original = await report({ paragraphs: 60, rows: 300, hasXmp: true });

test("people, titles, identifiers and the heads of pages stay out of model and decoys", async () => {
  const before = await everything(original);
  expect(secrets.filter((secret) => !before.includes(secret))).toEqual([]);
  const model = await learn(original, "a.pdf");
  const all = [allOf(model)];
  for (const bit of [0, 1, 2]) {
    all.push(await everything(await decoyOf(model, original.length, { seed: seed.map((byte) => byte ^ bit) })));
  }
  const seen = all.join("\n").toLowerCase();
  expect(secrets.filter((secret) => seen.includes(secret.toLowerCase()))).toEqual([]);
});

test("rare cells stay out of model and decoys", async () => {
  const model = await learn(original, "a.pdf");
  const seen = allOf(model) + (await everything(await decoyOf(model, original.length)));
  const cells = cellsOfCustomers(300).slice(1);
  const rare = rareOf(cells.map((row) => row[0] ?? "")).filter((value) => value.length >= 8);
  expect(rare.length).toBeGreaterThan(200);
  expect(rare.filter((value) => seen.includes(value))).toEqual([]);
});

test("rare words stay out of the model, and their lines out of the decoy", async () => {
  const model = await learn(original, "a.pdf");
  const { content } = readModel(model);
  const { pages } = await shown(original);
  const words = pages.join("\n").match(/\p{L}{3,}/gu) ?? [];
  const rare = new Set(rareOf(words).filter((word) => !isPublic(word)));
  const known = content.kind === "pdf" ? content.prose.symbols.map((symbol) => readSymbol(symbol)) : [];
  expect(rare.size).toBeGreaterThan(200);
  expect(known.length).toBeGreaterThan(100);
  expect(known.filter(({ kind, text }) => kind === null && rare.has(text))).toEqual([]);
  const made = (await shown(await decoyOf(model, original.length))).pages.join("\n");
  const whole = pages
    .join("\n")
    .split("\n")
    .filter((line) => line.trim().split(" ").length > 5);
  expect(whole.length).toBeGreaterThan(100);
  expect(whole.filter((line) => made.includes(line.trim()))).toEqual([]);
});

test("a program's name that names a house is left out", async () => {
  const info =
    "6 0 obj << /Producer (Hinterholz Letters 3) /Creator (LaTeX with hyperref) /Author (Jolanthe Wurmbrand) >>";
  const bytes = classic(lines, "", [info.slice("6 0 obj ".length)], "/Info 6 0 R");
  const model = await learn(bytes, "a.pdf");
  const made = await everything(await decoyOf(model, bytes.length + 500));
  expect(made).toContain("LaTeX with hyperref");
  expect(allOf(model) + made).not.toMatch(/Hinterholz|Wurmbrand|Jolanthe/);
});

test("a label over numbers stays only when it is of words that label things anywhere", async () => {
  const rows = Array.from({ length: 9 }, (_, at) => `${12 + 7 * at}.50) Tj 200 0 Td (${100 + 13 * at}`);
  const bytes = classic([...lines, "Hinterholz) Tj 200 0 Td (Amount", ...rows]);
  const model = await learn(bytes, "a.pdf");
  const { content } = readModel(model);
  expect(content.kind === "pdf" ? content.tables.map(({ header, table }) => [header?.[1], table.rows]) : []).toEqual([
    ["Amount", 9],
  ]);
  const made = await everything(await decoyOf(model, bytes.length + 500));
  expect(made).toContain("Amount");
  expect(allOf(model) + made).not.toContain("Hinterholz");
});
