import { randomBytes, toHex } from "@fogbound/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slots } from "../src/slots.js";

const hash = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** Few beginnings: most stand at the same place, and in one another's way, whatever the secret numbers are. */
const alike = fc.tuple(fc.nat(2), hash).map(([beginning, bytes]) => {
  bytes.fill(beginning, 0, 8);
  return bytes;
});
const some = (one: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array[]> =>
  fc.uniqueArray(one, { selector: toHex, minLength: 1, maxLength: 60 });

describe("slots by hash", () => {
  it("are what a map is, whatever is put in and taken out, of one beginning or of many", () => {
    const steps = fc.array(fc.nat(), { maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(some(alike), some(hash)), steps, (hashes, turns) => {
        const slots = new Slots((slot) => hashes[slot] ?? new Uint8Array());
        const map = new Map<string, number>();
        for (const turn of turns) {
          const slot = turn % hashes.length;
          const name = toHex(hashes[slot] ?? new Uint8Array());
          if (map.delete(name)) slots.remove(slot);
          else {
            map.set(name, slot);
            slots.add(slot);
          }
        }
        for (const one of hashes) expect(slots.find(one)).toBe(map.get(toHex(one)) ?? null);
      }),
      { numRuns: 300 },
    );
  });

  it("are found when the table has grown, and all of them still when some have gone", () => {
    const hashes = Array.from({ length: 20_000 }, () => randomBytes(32));
    const slots = new Slots((slot) => hashes[slot] ?? new Uint8Array());
    for (const slot of hashes.keys()) slots.add(slot);
    expect(hashes.every((one, slot) => slots.find(one) === slot)).toBe(true);
    for (const slot of hashes.keys()) if (slot % 3 === 0) slots.remove(slot);
    expect(hashes.map((one) => slots.find(one))).toEqual(
      [...hashes.keys()].map((slot) => (slot % 3 === 0 ? null : slot)),
    );
    expect(slots.find(randomBytes(32))).toBeNull();
  });

  it("of which none is there are taken out without harm", () => {
    const hashes = [randomBytes(32), randomBytes(32)];
    const slots = new Slots((slot) => hashes[slot] ?? new Uint8Array());
    slots.remove(0);
    slots.add(1);
    slots.remove(0);
    expect(hashes.map((one) => slots.find(one))).toEqual([null, 1]);
  });
});
