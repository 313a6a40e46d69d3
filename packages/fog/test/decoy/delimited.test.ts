import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { marksOf } from "../../src/beacon/marks.js";
import { customers, decoyOf, ean, example, learn, luhn, seed } from "./helpers.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

type Rows = Record<string, string>[];

function rowsOf(text: string): Rows {
  return parse(text, { columns: true });
}

const original = customers(600);

describe("a decoy of a table", () => {
  test("has its length, its columns and other rows", async () => {
    const made = await decoyOf(await learn(original, "customers.csv"), original.length);
    expect(made.length).toBe(original.length);
    const rows = rowsOf(made.toString());
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(rowsOf(original)[0] ?? {}));
    expect(rows.length).toBeGreaterThan(540);
    expect(rows.length).toBeLessThan(660);
    const ids = new Set(rowsOf(original).map(({ id }) => id));
    expect(rows.filter(({ id }) => ids.has(id))).toEqual([]);
  });

  test("keeps what columns look like", async () => {
    const rows = rowsOf((await decoyOf(await learn(original, "customers.csv"), original.length)).toString());
    for (const row of rows) {
      expect(row.id).toMatch(/^CU-\d{8}$/);
      expect(row.email).toMatch(/^[a-z]+\.[a-z]+\d+@example\.org$/);
      expect(["Austria", "Germany", "Italy"]).toContain(row.country);
      expect(row.joined).toMatch(/^20(19|2[0-4])-\d\d-\d\d$/);
      expect(row.visits).toMatch(/^\d+$/);
    }
    const empty = rows.filter(({ note }) => note === "").length / rows.length;
    expect(empty).toBeGreaterThan(0.15);
    expect(empty).toBeLessThan(0.35);
  });

  test("has identifiers with right check digits, each once", async () => {
    const rows = rowsOf((await decoyOf(await learn(original, "customers.csv"), original.length)).toString());
    for (const { card = "", isbn = "" } of rows) {
      expect(card.slice(-1)).toBe(luhn(card.slice(0, -1)));
      expect(isbn).toMatch(/^978\d{10}$/);
      expect(isbn.slice(-1)).toBe(ean(isbn.slice(0, -1)));
    }
    for (const column of ["id", "card", "isbn", "email"]) {
      expect(new Set(rows.map((row) => row[column])).size).toBe(rows.length);
    }
  });

  test("has quantiles near those of the original", async () => {
    const rows = rowsOf((await decoyOf(await learn(original, "customers.csv"), original.length)).toString());
    const sorted = (some: Rows): number[] => some.map(({ balance }) => Number(balance)).sort((a, b) => a - b);
    const [theirs, ours] = [sorted(rowsOf(original)), sorted(rows)];
    const range = (theirs.at(-1) ?? 0) - (theirs[0] ?? 0);
    for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      const at = (some: number[]): number => some[Math.floor(share * some.length)] ?? Number.NaN;
      expect(Math.abs(at(theirs) - at(ours))).toBeLessThan(0.1 * range);
    }
  });

  test("asks the marks of its episode for identifiers", async () => {
    const model = await learn(customers(100), "customers.csv");
    const key = new Uint8Array(32).fill(9);
    const [one, same, other] = await Promise.all(
      [5, 5, 6].map((episode) => decoyOf(model, 8000, { marks: marksOf(key, episode) })),
    );
    const ids = (made: Buffer | undefined): Set<string | undefined> =>
      new Set(rowsOf(made?.toString() ?? "").map(({ id }) => id));
    expect(one?.equals(same ?? Buffer.alloc(0))).toBe(true);
    expect([...ids(one)].filter((id) => ids(other).has(id))).toEqual([]);
  });
});

describe("two tables of a capsule", () => {
  test("join in the decoys as they did", async () => {
    const orders = ["order,customer,amount"];
    const keys = rowsOf(original).map(({ id }) => id);
    for (let row = 0; row < 900; row++) orders.push(`${row},${keys[(row * 37) % keys.length]},${(row * 17) % 500}`);
    const text = `${orders.join("\n")}\n`;
    const left = rowsOf((await decoyOf(await learn(original, "customers.csv"), original.length)).toString());
    const right = rowsOf((await decoyOf(await learn(text, "orders.csv"), text.length)).toString());
    const known = new Set(left.map(({ id }) => id));
    const joined = right.filter(({ customer }) => known.has(customer ?? "")).length;
    expect(joined / right.length).toBeGreaterThan(0.9);
  });
});

describe("the form of a table", () => {
  test.each([
    [
      "semicolons, CRLF and a byte order mark",
      "\u{feff}a;b\r\n1;x\r\n2;y\r\n3;x\r\n",
      /^\u{feff}a;b\r\n(\d+;[^;\r\n]*\r\n)+$/u,
    ],
    ["tabs, and no line end behind the last row", "a\tb\n1\tx\n2\ty\n3\tx", /^a\tb\n(\d+\t[^\t\n]*\n)*\d+\t[^\t\n]*$/],
    ["quotation marks around everything", '"a","b"\n"1","x"\n"2","y"\n"3","x"\n', /^"a","b"\n("[^"]*","[^"]*"\n)+$/],
  ])("keeps %s", async (_, text, form) => {
    const bytes = Buffer.from(text);
    const made = await decoyOf(await learn(bytes, "form.csv"), bytes.length);
    expect(made.toString()).toMatch(form);
  });

  test("keeps sorted columns sorted and counted ones counting", async () => {
    const lines = Array.from(
      { length: 300 },
      (_, row) => `${row + 1},${1990 + Math.floor(row / 10)},${(row * 7919) % 613}`,
    );
    const text = `n,year,value\n${lines.join("\n")}\n`;
    const rows = rowsOf((await decoyOf(await learn(text, "sorted.csv"), text.length)).toString());
    expect(rows.map(({ n }) => Number(n))).toEqual(rows.map((_, row) => row + 1));
    const years = rows.map(({ year }) => Number(year));
    expect(years).toEqual([...years].sort((a, b) => a - b));
  });
});

describe("any length", () => {
  test("comes out exactly, and parses", async () => {
    const model = await learn(customers(60), "customers.csv");
    const width = 10;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3000 }), async (length) => {
        const made = await decoyOf(model, length);
        expect(made.length).toBe(length);
        const records: string[][] = parse(made, { skip_empty_lines: true, relax_column_count: true });
        for (const record of records.slice(1)) expect(record).toHaveLength(width);
      }),
      { numRuns: 60, examples: [[0], [1], [2], [30], [58], [59], [60], [68], [69], [70], [71]] },
    );
  });

  test("comes out of a table whose every cell is empty and in quotes", async () => {
    const model = await learn('one name,two,three\n"","",""\n"","",""\n', "empty.csv");
    for (let length = 0; length < 100; length++) {
      const made = await decoyOf(model, length);
      expect(made.length).toBe(length);
      if (length > 22) expect((parse(made) as string[][]).every((row) => row.length === 3)).toBe(true);
    }
  });

  test("comes out of tables of any cells", async () => {
    const cell = fc.oneof(
      fc.constantFrom("", "a", "b,c", 'd"e', "f\ng", "é", "日本", "12", "0.50"),
      fc.string({ maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: 0, max: 400 }),
        async (rows, length) => {
          const quoted = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(","));
          const text = `one name,two,three\n${quoted.join("\n")}\n`;
          const model = await learn(text.replaceAll("\0", ""), "any.csv").catch(() => null);
          if (model !== null) expect((await decoyOf(model, length)).length).toBe(length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("the same seed gives the same decoy, another one another", async () => {
  const model = await learn(original, "customers.csv");
  const one = await decoyOf(model, 5000);
  expect(one.equals(await decoyOf(model, 5000))).toBe(true);
  const changed = seed.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
  expect(one.equals(await decoyOf(model, 5000, { seed: changed }))).toBe(false);
});

test("the example of a table gets a decoy that reads as one", async () => {
  const bytes = example("country-codes.csv");
  const made = await decoyOf(await learn(bytes, "country-codes.csv"), bytes.length);
  const [theirs, ours]: string[][][] = [bytes, made].map((one) => parse(one, { bom: true }));
  expect(made.length).toBe(bytes.length);
  expect(ours?.[0]).toEqual(theirs?.[0]);
});
