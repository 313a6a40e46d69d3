import type { InstanceId } from "@fogbound/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecentHeaders } from "../src/recent-headers.js";

const instance = fc.constantFrom<InstanceId>("ins_one", "ins_two", "ins_three");
const near = fc.nat({ max: 40 });
const number = fc.oneof(
  near,
  near.map((low) => low + 2 ** 32),
  near.map((low) => 2 ** 53 - 1 - low),
);
const header = fc.tuple(instance, number, fc.uint8Array({ minLength: 32, maxLength: 32 }));

describe("The headers that were sequenced last", () => {
  it("are kept, and none before them", () => {
    const recent = new RecentHeaders(2);
    const hashes = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
    for (const [at, hash] of hashes.entries()) recent.keep("ins_one", at + 1, hash);
    expect([1, 2, 3].map((number) => recent.find("ins_one", number))).toEqual([null, hashes[1], hashes[2]]);
    expect(recent.find("ins_other", 2)).toBeNull();
  });

  it("are found by instance and number, as many as are kept, whatever came when", () => {
    const kept = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.array(header, { maxLength: 120 }));
    fc.assert(
      fc.property(kept, ([most, headers]) => {
        const recent = new RecentHeaders(most);
        const model = new Map<string, Uint8Array>();
        for (const [of, at, hash] of headers) {
          recent.keep(of, at, hash);
          model.set(`${of} ${at}`, hash);
          const [oldest] = model.keys();
          if (model.size > most && oldest !== undefined) model.delete(oldest);
        }
        for (const [of, at] of headers) expect(recent.find(of, at)).toEqual(model.get(`${of} ${at}`) ?? null);
      }),
      { numRuns: 300 },
    );
  });

  it("are found by the thousand, and those before them are not", () => {
    const recent = new RecentHeaders(5000);
    const hashOf = (at: number): Uint8Array => new Uint8Array(32).fill(at % 251);
    for (let at = 1; at <= 12_000; at++) recent.keep("ins_one", at, hashOf(at));
    for (let at = 1; at <= 12_000; at++) expect(recent.find("ins_one", at)).toEqual(at > 7000 ? hashOf(at) : null);
    expect(recent.find("ins_two", 12_000)).toBeNull();
  });
});
