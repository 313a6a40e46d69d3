import { nodeHash } from "@fogbound/crypto";

/** Hash of the full subtree of 2^level leaves that begins at leaf index·2^level. */
export type FullSubtree = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/** Hash of the leaves from `low` to before `high`, as RFC 6962 splits them, from full subtrees. */
export async function hashOfLeaves(low: number, high: number, full: FullSubtree): Promise<Uint8Array> {
  let level = 0;
  let width = 1;
  while (width * 2 <= high - low) {
    width *= 2;
    level++;
  }
  if (width === high - low) return full(level, low / width);
  const left = await hashOfLeaves(low, low + width, full);
  return nodeHash(left, await hashOfLeaves(low + width, high, full));
}

/** The tree over the leaves of one bundle, level by level: each path in it costs a few look-ups. */
export class BundleTree {
  readonly #levels: (readonly Uint8Array[])[];

  constructor(leafHashes: readonly Uint8Array[]) {
    this.#levels = [leafHashes];
    for (let below = leafHashes; below.length > 1; ) {
      const level: Uint8Array[] = [];
      for (let index = 0; index + 1 < below.length; index += 2)
        level.push(nodeHash(at(below, index), at(below, index + 1)));
      // One without a neighbour stands for itself a level higher: so RFC 6962 splits what is no power of two.
      if (below.length % 2 === 1) level.push(at(below, below.length - 1));
      this.#levels.push(level);
      below = level;
    }
  }

  /** The audit path of one leaf (RFC 6962 section 2.1.1). */
  pathOf(leaf: number): Uint8Array[] {
    const path: Uint8Array[] = [];
    let index = leaf;
    for (const level of this.#levels) {
      const beside = index % 2 === 0 ? index + 1 : index - 1;
      if (beside < level.length) path.push(at(level, beside));
      index = Math.floor(index / 2);
    }
    return path;
  }
}

function at(hashes: readonly Uint8Array[], index: number): Uint8Array {
  const hash = hashes[index];
  if (hash === undefined) throw new RangeError(`Expected an index below ${hashes.length}, got ${index}.`);
  return hash;
}
