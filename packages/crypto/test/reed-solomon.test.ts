import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, parityOf, reconstruct, sha256, toHex } from "../src/index.js";
import { multiply } from "../src/reed-solomon-field.js";
import {
  encodingMatrix,
  inverseOf,
  referenceParity,
  referencePower,
  referenceProduct,
} from "./reed-solomon-reference.js";

interface Vectors {
  published: {
    products: [number, number, number][];
    powers: [number, number, number][];
    inverses: { of: number[][]; is: number[][] }[];
    oneEncode: { data: number[][]; parity: number[][] };
  };
  computed: {
    matrices: { data: number; parity: number; rows: number[][] }[];
    encodings: { data: number; parity: number; length: number; shards?: string[]; parityHash: string }[];
  };
}
const vectors: Vectors = JSON.parse(readFileSync(new URL("./vectors/reed-solomon.json", import.meta.url), "utf8"));

/** The shards of the computed vectors: `vectors/reed-solomon.json` says the same in words. */
function patternShards(count: number, length: number): Uint8Array[] {
  return Array.from({ length: count }, (_, s) =>
    Uint8Array.from({ length }, (_, i) => (31 * s + 7 * i * i + 13 * i + 5 * (i >> 8) + s * i) % 256),
  );
}

/** Shards that start anywhere in a buffer of their own, aligned or not. */
const anyShards = (most: number, longest: number) =>
  fc
    .record({ count: fc.integer({ min: 1, max: most }), length: fc.integer({ min: 0, max: longest }) })
    .chain(({ count, length }) => {
      const buffer = fc.uint8Array({ minLength: length + 7, maxLength: length + 7 });
      const shard = fc
        .tuple(buffer, fc.integer({ min: 0, max: 7 }))
        .map(([bytes, at]) => bytes.subarray(at, at + length));
      return fc.array(shard, { minLength: count, maxLength: count });
    });

function without(shards: readonly Uint8Array[], lost: readonly number[]): (Uint8Array | null)[] {
  return shards.map((shard, at) => (lost.includes(at) ? null : shard));
}

/** The message says what was expected, so it is ours and not the engine's. */
function expectRefusal(act: () => unknown, kind: typeof RangeError | typeof TypeError): void {
  let refusal: unknown;
  try {
    act();
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(kind);
  expect(refusal).toHaveProperty("message", expect.stringMatching(/^Expected .*, got /));
}

describe("the vectors of JavaReedSolomon and klauspost/reedsolomon", () => {
  it("are all there", () => {
    const { published, computed } = vectors;
    expect([published.products.length, published.powers.length, published.inverses.length]).toEqual([3, 3, 2]);
    expect([computed.matrices.length, computed.encodings.length]).toEqual([8, 14]);
  });

  it("hold for the reference that the other tests measure by", () => {
    const { products, powers, inverses } = vectors.published;
    for (const [left, right, product] of products) expect(referenceProduct(left, right)).toBe(product);
    for (const [base, exponent, power] of powers) expect(referencePower(base, exponent)).toBe(power);
    for (const { of, is } of inverses) expect(inverseOf(of)).toEqual(is);
    for (const { data, parity, rows } of vectors.computed.matrices) {
      expect(encodingMatrix(data, parity).slice(data)).toEqual(rows);
    }
  });

  it("hold for the published encoding", () => {
    const { data, parity } = vectors.published.oneEncode;
    const shards = data.map((shard) => Uint8Array.from(shard));
    expect(parityOf(shards, 5)).toEqual(parity.map((shard) => Uint8Array.from(shard)));
  });

  it.each(vectors.computed.matrices)("hold for the matrix of $data + $parity", ({ data, parity, rows }) => {
    const units = Array.from({ length: data }, (_, at) => new Uint8Array(data).fill(1, at, at + 1));
    expect(parityOf(units, parity).map((shard) => [...shard])).toEqual(rows);
  });

  it.each(vectors.computed.encodings)("hold for $data + $parity of $length bytes", (vector) => {
    const data = patternShards(vector.data, vector.length);
    const parity = parityOf(data, vector.parity);
    expect(toHex(sha256(concatBytes(...parity)))).toBe(vector.parityHash);
    if (vector.shards) expect(parity.map(toHex)).toEqual(vector.shards);
    const shards = [...data, ...parity];
    const lost = Array.from({ length: vector.parity }, (_, at) => at);
    const restored = reconstruct(without(shards, lost), vector.data);
    expect(toHex(sha256(concatBytes(...restored)))).toBe(toHex(sha256(concatBytes(...data))));
  });
});

describe("the field", () => {
  it("multiplies like the reference, all 65,536 pairs", () => {
    for (let left = 0; left < 256; left++) {
      for (let right = 0; right < 256; right++) {
        if (multiply(left, right) !== referenceProduct(left, right)) expect([left, right]).toBe("equal");
      }
    }
  });
});

describe("parity", () => {
  it("is that of the matrices, for any shards", () => {
    fc.assert(
      fc.property(anyShards(9, 40), fc.integer({ min: 1, max: 9 }), (shards, parity) => {
        expect(parityOf(shards, parity)).toEqual(referenceParity(shards, parity));
      }),
    );
  });

  it.each([4095, 4096, 4097, 8191, 8192, 8196])("is that of the matrices for %i bytes, around a block", (length) => {
    for (const count of [2, 3]) {
      const shards = patternShards(count, length);
      expect(parityOf(shards, 5)).toEqual(referenceParity(shards, 5));
    }
  });

  it("begins the same, however much of it is asked for", () => {
    const shards = patternShards(6, 50);
    const most = parityOf(shards, 250);
    expect(most).toHaveLength(250);
    for (let parity = 1; parity < 10; parity++) expect(parityOf(shards, parity)).toEqual(most.slice(0, parity));
  });

  it("shares no memory, and changes nothing it is given", () => {
    fc.assert(
      fc.property(anyShards(5, 20), (shards) => {
        const before = shards.map((shard) => new Uint8Array(shard.buffer.slice(0)));
        const parity = parityOf(shards, 3);
        const buffers = [...shards, ...parity].map((shard) => shard.buffer);
        expect(new Set(buffers).size).toBe(buffers.length);
        for (const shard of parity) expect(shard.buffer.byteLength).toBe(shard.length);
        expect(shards.map((shard) => new Uint8Array(shard.buffer))).toEqual(before);
      }),
    );
  });
});

describe("reconstruction", () => {
  it("brings back any loss that parity covers, bit for bit, for any numbers of shards", () => {
    const cases = anyShards(255, 24).chain((data) =>
      fc.integer({ min: 1, max: 256 - data.length }).chain((parity) => {
        const places = Array.from({ length: data.length + parity }, (_, at) => at);
        return fc.record({
          data: fc.constant(data),
          parity: fc.constant(parity),
          lost: fc.shuffledSubarray(places, { maxLength: parity }),
        });
      }),
    );
    fc.assert(
      fc.property(cases, ({ data, parity, lost }) => {
        const shards = [...data, ...parityOf(data, parity)];
        const before = shards.map((shard) => shard.slice());
        const restored = reconstruct(without(shards, lost), data.length);
        expect(restored).toEqual(data.map((shard) => Uint8Array.from(shard)));
        expect(shards).toEqual(before);
      }),
    );
  });

  it("covers every pattern of loss of 5 + 3 that it can, and refuses every other", () => {
    const data = patternShards(5, 11);
    const shards = [...data, ...parityOf(data, 3)];
    let [restored, refused] = [0, 0];
    for (let pattern = 0; pattern < 256; pattern++) {
      const lost = [0, 1, 2, 3, 4, 5, 6, 7].filter((at) => (pattern >> at) & 1);
      const present = without(shards, lost);
      if (lost.length <= 3) {
        expect(reconstruct(present, 5)).toEqual(data);
        restored++;
      } else {
        expectRefusal(() => reconstruct(present, 5), RangeError);
        refused++;
      }
    }
    expect([restored, refused]).toEqual([93, 163]);
  });

  it("gives out the shards that were there themselves, and the lost ones in memory of their own", () => {
    const data = patternShards(4, 9);
    const shards = [...data, ...parityOf(data, 2)];
    const restored = reconstruct(without(shards, [1, 3]), 4);
    expect([0, 2].map((at) => restored[at] === data[at])).toEqual([true, true]);
    expect(new Set([...shards, ...restored].map((shard) => shard.buffer)).size).toBe(8);
  });

  it("works on shards without a byte", () => {
    const none = new Uint8Array(0);
    expect(parityOf([none, none], 2)).toEqual([none, none]);
    expect(reconstruct([null, none, none, null], 2)).toEqual([none, none]);
  });
});

describe("a caller's mistake", () => {
  const shard = new Uint8Array(4);
  const many = (count: number) => Array.from({ length: count }, () => shard);

  it.each<[string, () => unknown]>([
    ["no data shard", () => parityOf([], 1)],
    ["no parity shard", () => parityOf(many(2), 0)],
    ["a negative number of parity shards", () => parityOf(many(2), -1)],
    ["half a parity shard", () => parityOf(many(2), 1.5)],
    ["parity that is not a number", () => parityOf(many(2), Number.NaN)],
    ["257 shards to make", () => parityOf(many(200), 57)],
    ["256 data shards", () => parityOf(many(256), 1)],
    ["data shards of two lengths", () => parityOf([shard, new Uint8Array(5)], 1)],
    ["no shard to reconstruct from", () => reconstruct([], 1)],
    ["257 shards to reconstruct from", () => reconstruct(many(257), 200)],
    ["nothing but data shards", () => reconstruct(many(3), 3)],
    ["no data shard among them", () => reconstruct(many(3), 0)],
    ["half a data shard", () => reconstruct(many(3), 1.5)],
    ["more lost than parity covers", () => reconstruct([null, null, shard], 2)],
    ["all lost", () => reconstruct([null, null], 1)],
    ["shards of two lengths", () => reconstruct([shard, null, new Uint8Array(3)], 2)],
    ["shards of two lengths though none is lost", () => reconstruct([shard, shard, new Uint8Array(3)], 2)],
  ])("%s is a RangeError", (_name, act) => {
    expectRefusal(act, RangeError);
  });

  it("a shard of another type is a TypeError", () => {
    const strange: unknown[] = [[1, 2, 3, 4], "four", undefined, new Uint16Array(4), new DataView(new ArrayBuffer(4))];
    for (const other of strange) {
      expectRefusal(() => parityOf([shard, other as Uint8Array], 1), TypeError);
      expectRefusal(() => reconstruct([shard, other as Uint8Array, shard], 2), TypeError);
    }
    expectRefusal(() => parityOf([shard, null as never], 1), TypeError);
    // A hole, which array methods skip.
    expectRefusal(() => parityOf(new Array<Uint8Array>(2), 1), TypeError);
  });
});
