import { readFileSync } from "node:fs";
import { fromHex, toHex } from "@fogbound/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markMemory, mostMarks, mostSurprising, type ReaderMemory, readerMemory } from "../../src/guard/memory.js";

interface Golden {
  readonly reader: string;
  readonly marks: string;
}

const golden: Golden = JSON.parse(readFileSync(new URL("../../golden/guard-v1.json", import.meta.url), "utf8"));

describe("what a guard remembered in version 1", () => {
  it("reads and writes the same bytes: a reader", () => {
    const reader = readerMemory.decode(fromHex(golden.reader));
    expect(reader).toMatchObject({
      foggedSince: 1_790_000_000_000,
      unanswered: 2,
      marks: [{ capsule: `cap_${"a".repeat(52)}`, mark: 64, isServed: true }],
      surprising: [
        { item: "customers/north.csv", zoneMinutes: -90, network: "192.0.2", bytes: 4096 },
        { item: "customers/south.csv", zoneMinutes: null, network: null, bytes: null },
      ],
    });
    expect(toHex(readerMemory.encode(reader))).toBe(golden.reader);
  });

  it("reads and writes the same bytes: the next mark", () => {
    const marks = markMemory.decode(fromHex(golden.marks));
    expect(marks).toEqual({ suite: 1, next: 65 });
    expect(toHex(markMemory.encode(marks))).toBe(golden.marks);
  });
});

const instant = fc.integer({ min: 0, max: 8_640_000_000_000_000 });
const words = (most: number): fc.Arbitrary<string> =>
  fc.string({ minLength: 1, maxLength: most, unit: "grapheme-ascii" }).filter((text) => !text.startsWith("\u{feff}"));
const memory: fc.Arbitrary<ReaderMemory> = fc.record({
  suite: fc.constant(1 as const),
  profile: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  challenge: fc.option(fc.uint8Array({ minLength: 1, maxLength: 64 })),
  foggedSince: fc.option(instant),
  marks: fc.array(
    fc.record({ capsule: fc.constant(`cap_${"b".repeat(52)}` as const), mark: fc.nat(), isServed: fc.boolean() }),
    { maxLength: 4 },
  ),
  pending: fc.constant([]),
  surprising: fc.array(
    fc.record({
      time: instant,
      zoneMinutes: fc.option(fc.integer({ min: -1440, max: 1440 })),
      action: words(64),
      item: words(200),
      group: fc.option(words(64)),
      bytes: fc.option(fc.nat()),
      network: fc.option(words(64)),
      country: fc.option(words(2)),
    }),
    { maxLength: 4 },
  ),
  unanswered: fc.integer({ min: 0, max: 1000 }),
  askedAt: instant,
  trustedUntil: instant,
  wordAt: instant,
});

describe("what a guard remembers of a reader", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(memory, (value) => {
        expect(readerMemory.decode(readerMemory.encode(value))).toEqual(value);
      }),
    );
  });

  it("is bounded: one mark or one surprise more is refused", () => {
    const [value] = fc.sample(memory, 1);
    const event = {
      time: 0,
      zoneMinutes: 0,
      action: "view",
      item: "a",
      group: null,
      bytes: 0,
      network: null,
      country: null,
    };
    const mark = { capsule: `cap_${"b".repeat(52)}` as const, mark: 1, isServed: false };
    expect(() =>
      readerMemory.encode({ ...(value as ReaderMemory), surprising: Array(mostSurprising + 1).fill(event) }),
    ).toThrow();
    expect(() => readerMemory.encode({ ...(value as ReaderMemory), marks: Array(mostMarks + 1).fill(mark) })).toThrow();
  });
});
