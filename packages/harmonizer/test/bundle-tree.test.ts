import { leafHash, proveRange, randomBytes, rootOf, verifyInclusion } from "@fogbound/crypto";
import { expect, test } from "vitest";
import { BundleTree } from "../src/bundle-tree.js";

/** Every shape of tree up to here, powers of two and their neighbours among them. */
const most = 70;

test("the path of each leaf of a bundle is the one of RFC 6962, whatever the number of leaves", async () => {
  const leaves = Array.from({ length: most }, () => leafHash(randomBytes(8)));
  for (let size = 1; size <= most; size++) {
    const some = leaves.slice(0, size);
    const tree = new BundleTree(some);
    for (const [index, leaf] of some.entries()) {
      const path = tree.pathOf(index);
      verifyInclusion(index, leaf, size, path, rootOf(some));
      expect(path).toEqual(await proveRange(index, 1, size, (low, high) => rootOf(some.slice(low, high))));
    }
  }
});
