import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CompactTree,
  emptyRoot,
  fromBase64,
  leafHash,
  proveConsistency,
  proveRange,
  rootFromRange,
  rootOf,
  toHex,
  utf8,
  verifyConsistency,
  verifyInclusion,
} from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

type InclusionCase = [string, number, number, string, string[], string, boolean];
type ConsistencyCase = [string, number, number, string[], string, string, boolean];
const vectors: { inclusion: InclusionCase[]; consistency: ConsistencyCase[] } = JSON.parse(
  readFileSync(new URL("./vectors/rfc6962.json", import.meta.url), "utf8"),
);

const leaves = Array.from({ length: 70 }, (_, at) => leafHash(utf8(`leaf ${at}`)));
const hashOf = (size: number) => (low: number, high: number) => {
  expect(high).toBeLessThanOrEqual(size);
  return rootOf(leaves.slice(low, high));
};

describe("the RFC 6962 vectors", () => {
  it("are all there", () => {
    expect([vectors.inclusion.length, vectors.consistency.length]).toEqual([98, 98]);
    expect(vectors.inclusion.filter((vector) => vector[6]).length).toBeGreaterThan(4);
    expect(vectors.consistency.filter((vector) => vector[6]).length).toBeGreaterThan(4);
  });

  it.each(vectors.inclusion)("%s", async (_name, index, size, leaf, proof, root, valid) => {
    const verify = () => verifyInclusion(index, fromBase64(leaf), size, proof.map(fromBase64), fromBase64(root));
    if (valid) verify();
    else await expectFailure("VERIFICATION_FAILED", verify);
  });

  it.each(vectors.consistency)("%s", async (_name, size1, size2, proof, root1, root2, valid) => {
    const verify = () => verifyConsistency(size1, size2, proof.map(fromBase64), fromBase64(root1), fromBase64(root2));
    if (valid) verify();
    else await expectFailure("VERIFICATION_FAILED", verify);
  });
});

describe("the tree", () => {
  it("has the empty root of RFC 6962, which cannot be changed through a root that was given out", () => {
    expect(toHex(emptyRoot)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    new CompactTree().root().fill(0);
    expect(new CompactTree().root()).toEqual(emptyRoot);
  });

  it("is the same grown leaf by leaf and split from the top", () => {
    const split = (hashes: readonly Uint8Array[]): Uint8Array => {
      const [only] = hashes;
      if (hashes.length === 1 && only) return only;
      let left = 1;
      while (left * 2 < hashes.length) left *= 2;
      const both = [split(hashes.slice(0, left)), split(hashes.slice(left))];
      return leafHashOfNode(both);
    };
    const leafHashOfNode = ([left, right]: Uint8Array[]) =>
      new Uint8Array(
        createHash("sha256")
          .update(Uint8Array.of(1))
          .update(left ?? "")
          .update(right ?? "")
          .digest(),
      );
    const tree = new CompactTree();
    for (let size = 1; size <= leaves.length; size++) {
      tree.append(leaves[size - 1] ?? emptyRoot);
      expect(tree.size).toBe(size);
      expect(tree.root()).toEqual(split(leaves.slice(0, size)));
    }
  });
});

describe("a proof of a range", () => {
  const range = fc
    .integer({ min: 1, max: leaves.length })
    .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)))
    .chain(([size, first]) =>
      fc.tuple(fc.constant(size), fc.constant(first), fc.integer({ min: 1, max: size - first })),
    );

  it("leads to the root, and with any change of anything it does not", async () => {
    await fc.assert(
      fc.asyncProperty(range, fc.nat(), async ([size, first, count], pick) => {
        const root = rootOf(leaves.slice(0, size));
        const proof = await proveRange(first, count, size, hashOf(size));
        const claimed = leaves.slice(first, first + count);
        expect(rootFromRange(first, claimed, size, proof)).toEqual(root);
        if (count === 1) verifyInclusion(first, claimed[0] ?? emptyRoot, size, proof, root);

        const changed = claimed.with(pick % count, leafHash(utf8("other")));
        expect(rootFromRange(first, changed, size, proof)).not.toEqual(root);
        await expectFailure("VERIFICATION_FAILED", () => rootFromRange(first, claimed, size, [...proof, root]));
        if (proof.length === 0) return;
        await expectFailure("VERIFICATION_FAILED", () => rootFromRange(first, claimed, size, proof.slice(1)));
        const forged = proof.with(pick % proof.length, leafHash(utf8("other")));
        expect(rootFromRange(first, claimed, size, forged)).not.toEqual(root);
      }),
    );
  });

  it("stands in the order of RFC 6962 section 2.1.3 for one leaf", async () => {
    const h = hashOf(7);
    const paths = [0, 3, 4, 6].map((index) => proveRange(index, 1, 7, h));
    expect(await Promise.all(paths)).toEqual([
      [h(1, 2), h(2, 4), h(4, 7)],
      [h(2, 3), h(0, 2), h(4, 7)],
      [h(5, 6), h(6, 7), h(0, 4)],
      [h(4, 6), h(0, 4)],
    ]);
  });

  it("works where bit operations end", async () => {
    const size = 2 ** 52 + 3;
    const proof = await proveRange(2 ** 51 + 5, 1, size, (low, high) => leafHash(utf8(`${low} ${high}`)));
    expect(proof).toHaveLength(53);
    expect(rootFromRange(2 ** 51 + 5, [emptyRoot], size, proof)).toHaveLength(32);
  });

  it("is not made for, nor taken from, what is no range", async () => {
    for (const [first, count, size] of [
      [0, 0, 5],
      [-1, 1, 5],
      [5, 1, 5],
      [0, 6, 5],
      [0.5, 1, 5],
      [0, 1, 2 ** 53],
    ] as const) {
      await expect(proveRange(first, count, size, hashOf(5))).rejects.toThrow(RangeError);
      const claimed = leaves.slice(0, count);
      await expectFailure("VERIFICATION_FAILED", () => rootFromRange(first, claimed, size, []));
    }
  });
});

describe("a proof of consistency", () => {
  const sizes = fc
    .integer({ min: 1, max: leaves.length })
    .chain((size2) => fc.tuple(fc.integer({ min: 1, max: size2 }), fc.constant(size2)));

  it("holds for every prefix and for no other tree", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async ([size1, size2], pick) => {
        const [root1, root2] = [rootOf(leaves.slice(0, size1)), rootOf(leaves.slice(0, size2))];
        const proof = await proveConsistency(size1, size2, hashOf(size2));
        verifyConsistency(size1, size2, proof, root1, root2);

        const rewritten = rootOf(leaves.slice(0, size1).with(pick % size1, leafHash(utf8("other"))));
        await expectFailure("VERIFICATION_FAILED", () => verifyConsistency(size1, size2, proof, rewritten, root2));
        await expectFailure("VERIFICATION_FAILED", () => verifyConsistency(size1, size2, proof, root1, rewritten));
        await expectFailure("VERIFICATION_FAILED", () =>
          verifyConsistency(size1, size2, [...proof, root1], root1, root2),
        );
      }),
    );
  });

  it("starts from no empty tree", async () => {
    await expect(proveConsistency(0, 3, hashOf(3))).rejects.toThrow(RangeError);
    await expectFailure("VERIFICATION_FAILED", () =>
      verifyConsistency(0, 3, [], emptyRoot, rootOf(leaves.slice(0, 3))),
    );
  });
});
