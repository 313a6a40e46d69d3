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

/** Every full subtree over the leaves of one bundle: each path in it costs a few look-ups. */
export class BundleTree {
  readonly #levels: (readonly Uint8Array[])[];

  constructor(leafHashes: readonly Uint8Array[]) {
    this.#levels = [leafHashes];
    for (let below = leafHashes; below.length > 1; ) {
      const level: Uint8Array[] = [];
      for (let index = 0; index + 1 < below.length; index += 2)
        level.push(nodeHash(at(below, index), at(below, index + 1)));
      this.#levels.push(level);
      below = level;
    }
  }

  hashOf(low: number, high: number): Promise<Uint8Array> {
    return hashOfLeaves(low, high, (level, index) => at(this.#levels[level] ?? [], index));
  }
}

function at(hashes: readonly Uint8Array[], index: number): Uint8Array {
  const hash = hashes[index];
  if (hash === undefined) throw new RangeError(`Expected an index below ${hashes.length}, got ${index}.`);
  return hash;
}
