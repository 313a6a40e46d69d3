import { concatBytes, sha256, utf8 } from "@fogbound/crypto";
import { describe, expect, it } from "vitest";
import { chanceOf } from "../../src/beacon/chance.js";
import { findBeacons } from "../../src/beacon/find.js";
import { marksOf } from "../../src/beacon/marks.js";
import type { IdentifierShape } from "../../src/beacon/shape.js";
import { type Mark, shapeCipher } from "../../src/beacon/shape-cipher.js";
import { digitsShape } from "../../src/beacon/shapes.js";
import { Tally } from "../../src/beacon/tally.js";
import { reportOf } from "../../src/beacon/verdict.js";
import { column, shapes } from "./kit.js";

/** The same in every run, so that what is counted is, too. */
const key = sha256(utf8("beacon key of the measurement"));

/** Numbers from 0 to below `most` that know nothing of the key. */
function* numbers(most: number, seed: string): Generator<number> {
  for (let block = utf8(seed); ; block = sha256(block)) {
    const bytes = sha256(concatBytes(utf8("numbers"), block));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at < 32; at += 8) yield (view.getUint32(at) * 2 ** 21 + (view.getUint32(at + 4) >>> 11)) % most;
  }
}

const namedBelow = 1e-6;
const levels = [1e-1, 1e-2, 1e-3, 1e-4];

interface Counted {
  readonly named: number;
  /** Of each level, the groups whose stated chance was at most that. */
  readonly below: readonly number[];
}

/** Groups of four random identifiers against all episodes that a shape can tell apart, all of them issued. */
function count(shape: IdentifierShape, identifiers: Iterator<number>, groups: number): Counted {
  const cipher = shapeCipher(key, shape);
  let named = 0;
  const below = levels.map(() => 0);
  for (let group = 0; group < groups; group++) {
    const tally = new Tally([cipher], null);
    for (let at = 0; at < 4; at++) tally.add(0, { value: BigInt(identifiers.next().value), options: [], end: 0 });
    const [first] = reportOf(tally, [cipher], null, namedBelow).findings;
    if (first?.isNamed === true) named++;
    for (const [at, level] of levels.entries()) if ((first?.chance ?? 1) <= level) below[at] = (below[at] ?? 0) + 1;
  }
  return { named, below };
}

describe("four identifiers that were not written with the key", () => {
  const groups = 125_000;
  const measured = [
    ["6 digits", digitsShape(6), 900_000],
    ["8 digits", shapes.number, 90_000_000],
  ] as const;

  it.each(measured)(
    "of %s name an episode as seldom as is stated, counted over half a million",
    (name, shape, domain) => {
      const { named, below } = count(shape, numbers(domain, name), groups);
      const shares = levels.map((level, at) => `${below[at]} (most ${level * groups})`).join(", ");
      process.stdout.write(
        `${name}: ${groups} groups of four: ${named} named; stated below ${levels.join(", ")}: ${shares}\n`,
      );
      // Five standard deviations above what the statement allows.
      for (const [at, level] of levels.entries()) {
        expect(below[at]).toBeLessThanOrEqual(level * groups + 5 * Math.sqrt(level * groups));
      }
      expect(below[1]).toBeGreaterThan(0);
      expect(named).toBe(0);
    },
    600_000,
  );

  it("are as harmless where they are regular: a permutation makes any numbers random ones", () => {
    const counting = (function* () {
      for (let at = 100_000; ; at++) yield at;
    })();
    const { named, below } = count(digitsShape(6), counting, 10_000);
    expect(named).toBe(0);
    expect(below[1]).toBeLessThanOrEqual(100 + 50);
  });
});

describe("the stated chance", () => {
  /** The sum itself, where it can be computed. */
  function exact(found: number, candidates: number, probability: number): number {
    let sum = 0;
    let term = (1 - probability) ** candidates;
    for (let at = 0; at <= candidates; at++) {
      if (at >= found) sum += term;
      term *= ((candidates - at) / (at + 1)) * (probability / (1 - probability));
    }
    return sum;
  }

  it("is never below the binomial probability, and near it where nothing was added", () => {
    for (const candidates of [1, 2, 4, 10, 100, 500]) {
      for (const probability of [1e-6, 1e-3, 0.05]) {
        for (let found = 1; found <= Math.min(candidates, 40); found++) {
          const stated = chanceOf(found, { candidates, expected: candidates * probability });
          expect(stated).toBeGreaterThanOrEqual(exact(found, candidates, probability) * (1 - 1e-9));
          expect(stated).toBeLessThanOrEqual(1);
        }
        const all = chanceOf(candidates, { candidates, expected: candidates * probability });
        expect(all).toBeLessThanOrEqual(probability ** candidates * (1 + 1e-6));
      }
    }
  });

  it("is 1 for nothing found, and for no more than is to be expected", () => {
    expect(chanceOf(0, { candidates: 5, expected: 0.1 })).toBe(1);
    expect(chanceOf(3, { candidates: 1000, expected: 3 })).toBe(1);
  });
});

describe("a forger without the key, who has seen a decoy", () => {
  const shape = digitsShape(6);
  const seen = column(marksOf(key, 40), shape, 300);
  const issued = Array.from({ length: 900 }, (_, episode) => ({ episode, rows: null }));

  async function named(identifiers: readonly string[]): Promise<readonly number[]> {
    const { findings } = await findBeacons(key, identifiers.join("\n"), { shapes: [shape], issued });
    return findings.filter(({ isNamed }) => isNamed).flatMap(({ episodes }) => episodes);
  }

  it("names its reader by copying it, and nobody else", async () => {
    expect(await named(seen)).toEqual([40]);
    expect(await named(seen.slice(100, 104))).toEqual([40]);
  });

  it("names nobody by what he makes of it, four at a time", async () => {
    const last = (one: string): string => `${one.slice(0, 5)}${(Number(one.slice(5)) + 1) % 10}`;
    const turned = (one: string): string => `1${[...one.slice(1)].reverse().join("")}`;
    const sum = (one: string, at: number): string =>
      String(100_000 + ((Number(one) + Number(seen[(at + 1) % seen.length])) % 900_000));
    for (const make of [last, turned, sum]) {
      const made = seen.map(make).filter((one) => !seen.includes(one));
      expect(made.length).toBeGreaterThan(280);
      for (let at = 0; at + 4 <= made.length; at += 4) expect(await named(made.slice(at, at + 4))).toEqual([]);
    }
  });

  it("finds no row of his own in another shape or capsule", async () => {
    const other = { ...shape, rows: shape.rows + 1 };
    const { findings } = await findBeacons(key, seen.slice(0, 4).join(" "), { shapes: [other], issued });
    expect(findings.filter(({ isNamed }) => isNamed)).toEqual([]);
  });
});

describe("whoever looks at decoys without the key", () => {
  const markOf = {
    "rows of one episode": (at: number): Mark => ({ episode: 3n, row: at }),
    "the first rows of many episodes": (at: number): Mark => ({ episode: BigInt(at), row: 0 }),
  };

  it.each(["rows of one episode", "the first rows of many episodes"] as const)(
    "sees no pattern in %s: digits, and steps from one to the next, are spread evenly",
    (which) => {
      const keys = Array.from({ length: 16 }, (_, at) => sha256(utf8(`table ${at}`)));
      const values = keys.flatMap((one) => {
        const cipher = shapeCipher(one, shapes.zeros);
        const list = Array.from({ length: 1000 }, (_, at) => Number(cipher.identifier(markOf[which](at))));
        const places = Array.from({ length: 7 }, (_, place) => list.map((one) => Math.floor(one / 10 ** place) % 10));
        const steps = list.slice(1).map((one, at) => (one - (list[at] ?? 0) + 10_000_000) % 10_000_000);
        return [...places, steps.map((step) => Math.floor(step / 1_000_000))].map(chiSquare);
      });
      const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
      // Chi-square with 9 degrees of freedom: mean 9, variance 18; five standard deviations of the mean both ways.
      expect(values).toHaveLength(16 * 8);
      expect(Math.abs(mean - 9)).toBeLessThan(5 * Math.sqrt(18 / values.length));
    },
  );
});

/** Of digits, against an even spread. */
function chiSquare(digits: readonly number[]): number {
  const expected = digits.length / 10;
  const counts = new Array<number>(10).fill(0);
  for (const digit of digits) counts[digit] = (counts[digit] ?? 0) + 1;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
