import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  combineShares,
  createShareKey,
  createWrapper,
  generateMaster,
  type Master,
  releaseShare,
  unwrapKey,
} from "../src/ibe.js";
import { randomBytes } from "../src/random.js";
import { expectThrown } from "./ibe-support.js";

const identity = Uint8Array.of(0x83, 1, 2, 3);
const otherIdentity = Uint8Array.of(0x83, 1, 2, 4);
const itemKey = Uint8Array.from({ length: 32 }, (_, at) => at);

function releaseFrom(master: Master, indexes: readonly number[], wrap: Uint8Array, asked = identity): Uint8Array[] {
  return indexes.map((index) => {
    const share = master.shares.find((candidate) => candidate.index === index);
    if (share === undefined) throw new TypeError(`No share ${index}.`);
    return releaseShare(createShareKey(share, indexes, asked), wrap);
  });
}

function subsets(size: number, count: number, from = 1): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: count - from + 1 }, (_, at) => from + at).flatMap((first) =>
    subsets(size - 1, count, first + 1).map((rest) => [first, ...rest]),
  );
}

describe("a wrapped item key", () => {
  it("comes back from one authority of one", () => {
    const master = generateMaster(1, 1);
    const wrap = createWrapper(master.publicKey, identity).wrap(itemKey);
    expect(wrap).toHaveLength(112);
    expect(unwrapKey(wrap, combineShares(releaseFrom(master, [1], wrap)))).toEqual(itemKey);
  });

  it.each([
    [2, 3],
    [3, 5],
    [3, 3],
  ])("comes back from any %i authorities of %i", (threshold, count) => {
    const master = generateMaster(threshold, count);
    const wrap = createWrapper(master.publicKey, identity).wrap(itemKey);
    for (const indexes of subsets(threshold, count)) {
      const shares = releaseFrom(master, indexes, wrap);
      expect(unwrapKey(wrap, combineShares(shares.toReversed()))).toEqual(itemKey);
    }
  });

  it("comes back from more authorities than the threshold, if each was told of all", () => {
    const master = generateMaster(2, 3);
    const wrap = createWrapper(master.publicKey, identity).wrap(itemKey);
    expect(unwrapKey(wrap, combineShares(releaseFrom(master, [3, 1, 2], wrap)))).toEqual(itemKey);
  });

  it("comes back whatever key, identity and set of authorities", () => {
    const property = fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      fc.nat(),
      (key, name, threshold, extra, choice) => {
        const master = generateMaster(threshold, threshold + extra);
        const all = subsets(threshold, threshold + extra);
        const wrap = createWrapper(master.publicKey, name).wrap(key);
        const shares = releaseFrom(master, all[choice % all.length] ?? [], wrap, name);
        expect(unwrapKey(wrap, combineShares(shares))).toEqual(key);
      },
    );
    fc.assert(property, { numRuns: 8 });
  });

  it("is different each time, in every part, and every one of them opens", () => {
    const master = generateMaster(1, 1);
    const wrapper = createWrapper(master.publicKey, identity);
    const wraps = Array.from({ length: 8 }, () => wrapper.wrap(itemKey));
    for (const [from, to] of [
      [0, 48],
      [48, 80],
      [80, 112],
    ]) {
      expect(new Set(wraps.map((wrap) => wrap.subarray(from, to).join())).size).toBe(8);
    }
    for (const wrap of wraps) expect(unwrapKey(wrap, combineShares(releaseFrom(master, [1], wrap)))).toEqual(itemKey);
  });
});

describe("a wrapped item key stays closed", () => {
  const master = generateMaster(2, 3);
  const wrap = createWrapper(master.publicKey, identity).wrap(itemKey);
  const shares = releaseFrom(master, [1, 2], wrap);

  const failures: [string, () => Uint8Array[]][] = [
    ["to shares released under another identity", () => releaseFrom(master, [1, 2], wrap, otherIdentity)],
    [
      "to one share under another identity",
      () => [...releaseFrom(master, [1, 2], wrap, otherIdentity).slice(1), ...shares.slice(0, 1)],
    ],
    ["to the shares of other authorities", () => releaseFrom(generateMaster(2, 3), [1, 2], wrap)],
    [
      "to one share of another authority",
      () => [...shares.slice(0, 1), ...releaseFrom(generateMaster(2, 3), [1, 2], wrap).slice(1)],
    ],
    [
      "to one share of another wrap",
      () => [
        ...shares.slice(0, 1),
        ...releaseFrom(master, [1, 2], createWrapper(master.publicKey, identity).wrap(itemKey)).slice(1),
      ],
    ],
    [
      "to one share made for another set",
      () => [...shares.slice(0, 1), ...releaseFrom(master, [2, 3], wrap).slice(0, 1)],
    ],
    ["to fewer shares than the threshold", () => shares.slice(0, 1)],
    ["to one authority that claims to be alone", () => releaseFrom(master, [1], wrap)],
    ["to the same share twice", () => [...shares.slice(0, 1), ...shares.slice(0, 1)]],
    ["to a share too many", () => [...shares, ...shares.slice(0, 1)]],
  ];

  it("but opens to the right shares", () => {
    expect(unwrapKey(wrap, combineShares(shares))).toEqual(itemKey);
  });

  it.each(failures)("%s", (_, makeShares) => {
    expectThrown("VERIFICATION_FAILED", () => unwrapKey(wrap, combineShares(makeShares())));
  });

  it("with any one byte of it changed, even to one who has the right share", () => {
    const combined = combineShares(shares);
    for (let at = 0; at < wrap.length; at++) {
      const changed = wrap.with(at, (wrap[at] ?? 0) ^ (1 << (at % 8)));
      expectThrown("VERIFICATION_FAILED", () => unwrapKey(changed, combined));
    }
  });

  it("with one byte of U, V or W changed before the shares are asked for", () => {
    for (const at of [0, 1, 20, 47, 48, 79, 80, 111]) {
      const changed = wrap.with(at, (wrap[at] ?? 0) ^ 0x01);
      expectThrown("VERIFICATION_FAILED", () =>
        unwrapKey(changed, combineShares(releaseFrom(master, [1, 2], changed))),
      );
    }
  });

  it("with a byte of a share changed", () => {
    for (const at of [1, 300, 575]) {
      const changed = shares.map((share) => share.with(at, (share[at] ?? 0) ^ 0x04));
      expectThrown("VERIFICATION_FAILED", () =>
        unwrapKey(wrap, combineShares([...changed.slice(0, 1), ...shares.slice(1)])),
      );
    }
  });

  it("when cut short or made longer", () => {
    const combined = combineShares(shares);
    for (const other of [new Uint8Array(), wrap.subarray(1), Uint8Array.of(...wrap, 0)]) {
      expectThrown("VERIFICATION_FAILED", () => unwrapKey(other, combined));
    }
  });
});

describe("what a caller may not ask for", () => {
  it("is a key of another length", () => {
    const wrapper = createWrapper(generateMaster(1, 1).publicKey, identity);
    expect(() => wrapper.wrap(new Uint8Array(31))).toThrow(RangeError);
    expect(() => wrapper.wrap(new Uint8Array(33))).toThrow(RangeError);
  });

  it("is a product of no shares", () => {
    expect(() => combineShares([])).toThrow(RangeError);
  });

  it("is a share key from bytes that are no scalar from 1 to q - 1", () => {
    const order = Buffer.from("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", "hex");
    for (const secret of [new Uint8Array(32), order, new Uint8Array(32).fill(255), randomBytes(31), new Uint8Array()]) {
      expect(() => createShareKey({ index: 1, secret }, [1], identity)).toThrow(RangeError);
    }
  });

  it.each([[[]], [[2, 3]], [[1, 1]], [[0, 1]], [[1, 256]], [[1, 1.5]], [[1, -1]], [[1, Number.NaN]]])(
    "is a share in the set %j",
    (indexes) => {
      const [share] = generateMaster(1, 1).shares;
      if (share === undefined) throw new TypeError("No share.");
      expectThrown("FORMAT_INVALID", () => createShareKey(share, indexes, identity));
    },
  );
});
