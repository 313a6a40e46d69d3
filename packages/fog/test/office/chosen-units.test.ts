import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChosenUnits } from "../../src/office/chosen-units.js";
import type { OpenedTable, Unit } from "../../src/office/word-units.js";

const table: OpenedTable = {
  item: {
    ...{ kind: "table", look: 0, rowLook: 0, header: null, headLooks: [], looks: [] },
    table: { columns: [], rows: 20 },
  },
  header: null,
};

/** Forty paragraphs, then a table of twenty rows, and over again. */
function* units(): Generator<Unit> {
  for (let pass = 0; ; pass += 100) {
    for (let at = 0; at < 40; at++)
      yield { kind: "paragraph", look: 0, run: 0, text: `${pass + at} `.repeat(3 + (at % 5)).trim() };
    for (let at = 0; at < 20; at++) yield { kind: "row", table, texts: [`${at}`] };
  }
}

const numberOf = (unit: Unit): number => Number.parseInt(unit.kind === "row" ? (unit.texts[0] ?? "") : unit.text, 10);
const rowsOf = (some: readonly Unit[]): number[] => some.filter(({ kind }) => kind === "row").map(numberOf);
const paragraphsOf = (some: readonly Unit[]): number[] => some.filter(({ kind }) => kind === "paragraph").map(numberOf);

describe("the units of a decoy", () => {
  test("are the first there are, if it has no fewer than the original", () => {
    expect(new ChosenUnits(units(), 60).some(60).map(numberOf)).toEqual([
      ...Array.from({ length: 40 }, (_, at) => at),
      ...Array.from({ length: 20 }, (_, at) => at),
    ]);
    expect(new ChosenUnits(units(), 60).some(75).length).toBe(75);
  });

  test("are fewer paragraphs from all over, and the first rows of each table, if it has fewer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 59 }), (count) => {
        const some = new ChosenUnits(units(), 60).some(count);
        const [paragraphs, rows] = [paragraphsOf(some), rowsOf(some)];
        expect(Math.abs(paragraphs.length - (40 * count) / 60)).toBeLessThanOrEqual(1);
        expect(Math.abs(rows.length - (20 * count) / 60)).toBeLessThanOrEqual(1);
        expect(paragraphs).toEqual([...new Set(paragraphs)].sort((left, right) => left - right));
        expect(rows).toEqual(rows.map((_, at) => at));
        const gaps = [-1, ...paragraphs, 40].map((one, at, all) => one - (all[at - 1] ?? one));
        if (count > 0) expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.ceil(60 / count) + 1);
      }),
    );
  });

  test("are never fewer for a higher count", () => {
    const chosen = new ChosenUnits(units(), 60);
    const lengths = Array.from({ length: 100 }, (_, count) => chosen.some(count).length);
    expect(lengths).toEqual([...lengths].sort((left, right) => left - right));
  });

  test("are followed by words of the paragraphs that are not among them", () => {
    const chosen = new ChosenUnits(units(), 60);
    for (const count of [0, 1, 30, 55]) {
      const next = chosen.next(count);
      const others = new Set(next?.text.split(" ").map(Number));
      expect(others.size).toBeGreaterThan(1);
      expect(paragraphsOf(chosen.some(count)).filter((number) => others.has(number))).toEqual([]);
    }
    expect(chosen.next(60)?.text.startsWith("104 104 104")).toBe(true);
    const rows = new ChosenUnits(onlyRows(), 20);
    expect(rows.next(5)).toBeNull();
  });
});

function* onlyRows(): Generator<Unit> {
  for (;;) yield { kind: "row", table, texts: ["1"] };
}
