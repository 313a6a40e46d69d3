import { sha256 } from "./hash.js";

/** The tree over no leaf: SHA-256 of nothing (RFC 6962 section 2.1). */
export const emptyRoot: Uint8Array = /* @__PURE__ */ sha256();

const leafPrefix: Uint8Array = Uint8Array.of(0);
const nodePrefix: Uint8Array = Uint8Array.of(1);

/** RFC 6962 section 2.1: the prefix keeps a leaf from passing for a node. */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(leafPrefix, data);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodePrefix, left, right);
}

/** The RFC 6962 root over leaf hashes (not leaves). */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  const tree = new CompactTree();
  for (const hash of leafHashes) tree.append(hash);
  return tree.root();
}

/** A growing RFC 6962 tree of which only the right edge is kept: one hash for each bit that is set in its size. */
export class CompactTree {
  readonly #edge: Uint8Array[] = [];
  #size = 0;

  /** How many leaves it has. */
  get size(): number {
    return this.#size;
  }

  /** Keeps the hash without copying it. */
  append(leafHash: Uint8Array): void {
    let hash = leafHash;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#edge.pop();
      if (left) hash = nodeHash(left, hash);
    }
    this.#edge.push(hash);
    this.#size++;
  }

  root(): Uint8Array {
    if (this.#size === 0) return emptyRoot.slice();
    return this.#edge.reduceRight((right, left) => nodeHash(left, right)).slice();
  }
}

/** The largest power of two below `size`: where RFC 6962 splits a tree. Not by shifts, which end at 32 bits. */
export function splitOf(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}
