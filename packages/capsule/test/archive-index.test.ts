import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { layout, randomIdentifier } from "@fogbound/protocol";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type ArchiveIndex, ArchiveIndexer } from "../src/archive-index.js";
import type { ArchiveObject, ArchivePlace } from "../src/front-coding.js";

/** Names that begin alike, end alike, or are the beginning of others, up to the longest. */
const part = fc.constantFrom("a", "a".repeat(100), "b", "instances/", "0", "00000001", "-", ".", "_", "Z", "z/");
const name = fc
  .array(part, { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join("").slice(0, 256))
  .filter((one) => one !== "");
const place = fc.record({
  offset: fc.oneof(fc.nat(100), fc.nat(2 ** 31), fc.integer({ min: 0, max: 2 ** 44 - 1 })).map((at) => at * 512),
  size: fc.oneof(fc.nat(127), fc.nat(2 ** 31), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
});
const places = fc.uniqueArray(fc.tuple(name, place), { selector: ([one]) => one, maxLength: 120 });

function indexOf(objects: Iterable<readonly [string, ArchivePlace]>, atOnce?: number): ArchiveIndex | null {
  const indexer = new ArchiveIndexer(atOnce);
  for (const [one, { offset, size }] of objects) indexer.add({ name: one, offset, size });
  return indexer.finish();
}

function sorted(map: ReadonlyMap<string, ArchivePlace>): ArchiveObject[] {
  return [...map.keys()].sort().flatMap((one) => {
    const found = map.get(one);
    return found === undefined ? [] : [{ name: one, ...found }];
  });
}

describe("an archive's index", () => {
  it("has what a map has, and lists it in order, whatever came when and however few are sorted at once", () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 40 }), fc.array(name), (all, atOnce, others) => {
        const map = new Map(all);
        const index = indexOf(all, atOnce);
        expect(index?.size).toBe(map.size);
        expect([...(index?.under("") ?? [])]).toEqual(sorted(map));
        for (const one of [...map.keys(), ...others, ""]) {
          const { offset, size } = index?.get(one) ?? {};
          expect(offset === undefined ? undefined : { offset, size }).toEqual(map.get(one));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("lists what begins with a prefix, all of it and nothing else", () => {
    const prefix = fc.oneof(
      fc.constant(""),
      name,
      name.map((one) => one.slice(0, -1)),
      fc.constant("~"),
    );
    fc.assert(
      fc.property(places, prefix, fc.integer({ min: 1, max: 40 }), (all, beginning, atOnce) => {
        const expected = sorted(new Map(all)).filter((one) => one.name.startsWith(beginning));
        expect([...(indexOf(all, atOnce)?.under(beginning) ?? [])]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("is none of objects of which two have one name, wherever they came", () => {
    const twice = fc.tuple(places, name, place, place, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(twice, ([all, doubled, first, second, at, later, atOnce]) => {
        const others = all.filter(([one]) => one !== doubled);
        expect(indexOf([...others, [doubled, first]], atOnce)).not.toBeNull();
        others.splice(at % (others.length + 1), 0, [doubled, first]);
        others.splice(later % (others.length + 1), 0, [doubled, second]);
        expect(indexOf(others, atOnce)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it("takes names backwards by the ten thousand, which no export writes", () => {
    const count = 50_000;
    const names = Array.from({ length: count }, (_, at) => `${(count - at) * 7919}`.padStart(12, "0"));
    const index = indexOf(names.map((one, at) => [one, { offset: 512 * at, size: at }]));
    expect([...(index?.under("") ?? [])].map((one) => one.name)).toEqual(names.toReversed());
    for (const at of [0, 1, 4095, 4096, 31_234, count - 1])
      expect(index?.get(names[at] ?? "")).toMatchObject({ offset: 512 * at, size: at });
    expect(index?.get(`${7920}`.padStart(12, "0"))).toBeNull();
  });
});

describe("what an index takes", () => {
  beforeAll(() => setFlagsFromString("--expose-gc"));

  it("is a fraction of the names of a log", () => {
    const collect: () => void = runInNewContext("gc");
    const held = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const [capsule, instance] = [layout.hostLog(`cap_${"a".repeat(52)}`), randomIdentifier("ins")];
    const count = 100_000;
    const names = function* (): Generator<[string, ArchivePlace]> {
      for (let at = 0; at < count; at++)
        yield [capsule + layout.batch(instance, 1, at + 1), { offset: at * 7168, size: 6469 }];
    };
    const before = held();
    const index = indexOf(names());
    const each = (held() - before) / count;
    expect(index?.get(capsule + layout.batch(instance, 1, count))?.size).toBe(6469);
    // The name alone has 111 characters.
    expect(each).toBeLessThan(40);
  });
});
