import { randomBytes, toHex } from "@fogbound/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Given, GivenOut } from "../src/given-out.js";

/** What it stands for: a map that forgets its oldest entry. */
class Plain {
  readonly #window: number;
  readonly #map: Map<string, Given> = new Map();

  constructor(window: number) {
    this.#window = window;
  }

  keep(id: string, given: Given): void {
    this.#map.set(id, given);
    const [oldest] = this.#map.keys();
    if (this.#map.size > this.#window && oldest !== undefined) this.#map.delete(oldest);
  }

  find(id: string): Given | null {
    return this.#map.get(id) ?? null;
  }
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
/** Hashes of which many begin alike, as somebody can find them who wants to. */
const alike = fc.tuple(fc.constantFrom("00000000", "7fffffff", "ffffffff", "80000001", "5".repeat(62)), hash);
const id = alike.map(([beginning, rest]) => beginning + rest.slice(beginning.length));
const receipt = fc.oneof({ weight: 4, arbitrary: hash }, { weight: 1, arbitrary: fc.constant(null) });
const recorded = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.tuple(hash, receipt), { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(fc.tuple(hash, receipt), { maxLength: 3 }) },
);
const others = fc.record({
  place: fc.constantFrom("10.0.0.7 nowhere", "nowhere nowhere", "2001:db8::1 CH", ""),
  instance: fc.constantFrom<Given["instance"]>("ins_a", "ins_b"),
  isDenied: fc.boolean(),
  isRefused: fc.boolean(),
  shown: fc.oneof({ weight: 4, arbitrary: hash }, { weight: 1, arbitrary: fc.constant(null) }),
  length: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0 }) }, { weight: 1, arbitrary: fc.constant(null) }),
  leaf: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
});

const given = fc.tuple(others, recorded).map(([other, records]) => ({
  ...other,
  headers: records.map(([header]) => header),
  receipts: records.map(([, one]) => one),
}));

const common = { instance: "ins_a", isDenied: false, isRefused: false, shown: "5".repeat(64), length: 7 } as const;

describe("accesses that were given out", () => {
  it("are found as in a map that forgets its oldest, one begins as the other or not", () => {
    const some = fc.uniqueArray(fc.tuple(id, given), { selector: ([one]) => one, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), some, (window, all) => {
        const [plain, compact] = [new Plain(window), new GivenOut(window)];
        for (const [at, [name, one]] of all.entries()) {
          expect(compact.find(name)).toBeNull();
          plain.keep(name, one);
          compact.keep(name, one);
          for (const [before] of all.slice(0, at + 1)) expect(compact.find(before)).toEqual(plain.find(before));
          expect(compact.size).toBe(Math.min(at + 1, window));
        }
      }),
    );
  });

  it("are taken in again when they have been forgotten", () => {
    const compact = new GivenOut(2);
    const names = Array.from({ length: 3 }, () => toHex(randomBytes(32)));
    for (let round = 0; round < 4; round++)
      for (const [at, name] of names.entries()) {
        expect(compact.find(name)).toBeNull();
        const one = { headers: [name], receipts: [name], place: `${round}`, ...common, leaf: at };
        compact.keep(name, one);
        expect(compact.find(name)).toEqual(one);
      }
  });

  it("are as many as the window holds, when it is large", () => {
    const window = 5000;
    const compact = new GivenOut(window);
    const names = Array.from({ length: 2 * window + 7 }, () => toHex(randomBytes(32)));
    for (const [leaf, name] of names.entries())
      compact.keep(name, { headers: [name], receipts: [name], place: "here", ...common, leaf });
    const found = names.map((name) => compact.find(name)?.leaf ?? null);
    expect(found).toEqual(names.map((_, leaf) => (leaf < window + 7 ? null : leaf)));
  });
});
