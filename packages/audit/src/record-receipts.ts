import { nodeHash, proveRange, rootOf, toHex } from "@fogbound/crypto";
import { hashOf, leafReceipt, type PrunedBundle } from "@fogbound/protocol";

/** What the harmonizer gave for the records of one bundle: the same bytes each time, as they follow from what it sequenced. */
export class RecordReceipts {
  readonly #bundle: Pick<PrunedBundle, "receipt" | "first">;
  readonly #leafHashes: readonly Uint8Array[];
  readonly #subtrees: Map<string, Uint8Array> = new Map();

  constructor(bundle: Pick<PrunedBundle, "receipt" | "first">, leafHashes: readonly Uint8Array[]) {
    this.#bundle = bundle;
    this.#leafHashes = leafHashes;
  }

  /**
   * @param leaf of the record, in the whole log
   * @param version in force at it
   * @returns hash of its receipt, in hex
   */
  async hashOf(leaf: number, version: number, ordinals: readonly number[]): Promise<string> {
    const { receipt, first } = this.#bundle;
    const place = leaf - first;
    const subtree = (low: number, high: number): Uint8Array => this.#subtree(low, high);
    const path = await proveRange(place, 1, this.#leafHashes.length, subtree);
    const bytes = leafReceipt.encode({ suite: 1, receipt, place, kind: "record", version, ordinals, path });
    return toHex(hashOf(bytes));
  }

  #subtree(low: number, high: number): Uint8Array {
    const name = `${low} ${high}`;
    const hash = this.#subtrees.get(name) ?? this.#hashed(low, high);
    this.#subtrees.set(name, hash);
    return hash;
  }

  /** Of the two halves, where the tree parts so, as each of them is asked for as well. */
  #hashed(low: number, high: number): Uint8Array {
    const half = (high - low) / 2;
    if (half < 1 || !Number.isInteger(Math.log2(half))) return rootOf(this.#leafHashes.slice(low, high));
    return nodeHash(this.#subtree(low, low + half), this.#subtree(low + half, high));
  }
}
