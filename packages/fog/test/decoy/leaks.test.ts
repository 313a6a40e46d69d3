import { parse } from "csv-parse/sync";
import { describe, expect, test, vi } from "vitest";
import { readModel } from "../../src/decoy/model.js";
import { isPublic } from "../../src/decoy/public-words.js";
import { rarity } from "../../src/decoy/rarity.js";
import { readSymbol } from "../../src/decoy/symbols.js";
import { customers, decoyOf, example, learn } from "./helpers.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

function rareOf(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([, count]) => count < rarity).map(([value]) => value);
}

/** Long enough to be somebody's: letters, or more digits than two numbers share by chance. */
function tells(value: string): boolean {
  return (/\p{L}{3}/u.test(value) && value.length >= 6) || /^\D*\d{9,}\D*$/.test(value);
}

function cellsOf(text: string | Buffer): { header: string; cells: string[] } {
  const [header = [], ...rows]: string[][] = parse(text, { bom: true });
  return { header: header.join("\n"), cells: rows.flat() };
}

function scalarsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.values(value).flatMap(scalarsOf);
}

describe("what is rare in a document", () => {
  test.each([
    ["a table of customers", "customers.csv", customers(600)],
    ["a table of 20 customers, where nearly all is rare", "few.csv", customers(20)],
    ["the table of the examples", "country-codes.csv", example("country-codes.csv")],
  ])("stays out of the model: %s", async (_, name, content) => {
    const { header, cells } = cellsOf(content);
    const rareCells = rareOf(cells);
    const shared = [header, ...new Set(cells)].filter((value) => !rareCells.includes(value)).join("\n");
    const rare = rareCells.filter((value) => tells(value) && !shared.includes(value));
    const model = Buffer.from(await learn(content, name));
    expect(rare.length).toBeGreaterThan(30);
    expect(rare.filter((value) => model.includes(Buffer.from(value)))).toEqual([]);
  });

  test("stays out of the decoy, where chance cannot bring it back", async () => {
    const content = customers(600);
    const records: string[][] = parse(content, { from_line: 2 });
    const rare = rareOf(records.flatMap((row) => [0, 2, 3, 4, 9].map((at) => row[at] ?? ""))).filter(tells);
    const made = await decoyOf(await learn(content, "customers.csv"), content.length);
    expect(rare.length).toBeGreaterThan(2000);
    expect(rare.filter((value) => made.includes(value))).toEqual([]);
  });

  test("stays out of the model of JSON", async () => {
    const text = example("figures.json").toString();
    const names = new Set<string>();
    JSON.parse(text, (name: string, value: unknown) => {
      names.add(name);
      return value;
    });
    const rare = rareOf(scalarsOf(JSON.parse(text))).filter((value) => tells(value) && !names.has(value));
    const model = Buffer.from(await learn(text, "figures.json"));
    expect(rare.length).toBeGreaterThan(0);
    expect(rare.filter((value) => model.includes(Buffer.from(value)))).toEqual([]);
  });

  test("stays out of the model of a text: its rare words", async () => {
    const text = example("pride-and-prejudice.txt").toString();
    const words = text.match(/\p{L}+/gu) ?? [];
    const rare = new Set(rareOf(words).filter((word) => !isPublic(word)));
    const { content } = readModel(await learn(text, "novel.txt"));
    const known = content.kind === "text" ? content.prose.symbols.map((symbol) => readSymbol(symbol)) : [];
    expect(known.length).toBeGreaterThan(200);
    expect(known.filter((symbol) => symbol.kind === null && rare.has(symbol.text))).toEqual([]);
  });
});
