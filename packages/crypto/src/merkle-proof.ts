import { FogboundError } from "@fogbound/errors";
import { equalBytes } from "./bytes.js";
import { nodeHash, rootOf, splitOf } from "./merkle.js";

/**
 * The hash of the leaves from `low` up to, not including, `high`. Proofs ask only for subtrees of the RFC 6962 split:
 * `high - low` is a power of two, save on the right edge of the tree.
 */
export type HashOf = (low: number, high: number) => Uint8Array | Promise<Uint8Array>;

/**
 * Proves that `count` leaves from `first` on lie in the tree of `size` leaves: the hashes of the subtrees beside them,
 * innermost first. For one leaf it is the audit path of RFC 6962 section 2.1.1.
 *
 * @throws RangeError unless the range is not empty and lies in the tree.
 */
export async function proveRange(first: number, count: number, size: number, hashOf: HashOf): Promise<Uint8Array[]> {
  if (!isRange(first, count, size)) throw new RangeError(`Expected a range in ${size} leaves, got ${first}+${count}.`);
  const proof: Uint8Array[] = [];
  const end = first + count;
  const visit = async (low: number, high: number): Promise<void> => {
    if (first <= low && high <= end) return;
    const middle = low + splitOf(high - low);
    if (first < middle) await visit(low, middle);
    else await visit(middle, high);
    if (first < middle && middle < end) await visit(middle, high);
    else if (first < middle) proof.push(await hashOf(middle, high));
    else proof.push(await hashOf(low, middle));
  };
  await visit(0, size);
  return proof;
}

/**
 * The root that {@link proveRange}'s proof leads to. To be compared with a root that is already believed.
 *
 * @throws FogboundError `VERIFICATION_FAILED` for a range that is not in the tree, a proof with too few or too many
 * hashes, or a hash that is not 32 bytes.
 */
export function rootFromRange(
  first: number,
  leafHashes: readonly Uint8Array[],
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array {
  const end = first + leafHashes.length;
  if (!isRange(first, leafHashes.length, size) || !leafHashes.every(isHash)) throw FogboundError.verificationFailed();
  const hashes = new ProofReader(proof);
  const visit = (low: number, high: number): Uint8Array => {
    if (first <= low && high <= end) return rootOf(leafHashes.slice(low - first, high - first));
    const middle = low + splitOf(high - low);
    if (middle <= first) {
      const right = visit(middle, high);
      return nodeHash(hashes.next(), right);
    }
    const left = visit(low, middle);
    return nodeHash(left, middle < end ? visit(middle, high) : hashes.next());
  };
  const root = visit(0, size);
  hashes.end();
  return root;
}

/**
 * RFC 6962 section 2.1.1: that the leaf stands at `index` in the tree of `size` leaves with this root.
 * Returns nothing, so that a forgotten result is not a forgotten check.
 *
 * @throws FogboundError `VERIFICATION_FAILED`.
 */
export function verifyInclusion(
  index: number,
  leafHash: Uint8Array,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): void {
  if (!equalBytes(rootFromRange(index, [leafHash], size, proof), root)) throw FogboundError.verificationFailed();
}

/**
 * RFC 6962 section 2.1.2: what shows that the tree of `size1` leaves is the beginning of the tree of `size2`.
 * Empty for equal sizes.
 *
 * @throws RangeError unless 1 <= size1 <= size2: nothing is proved from an empty tree.
 */
export async function proveConsistency(size1: number, size2: number, hashOf: HashOf): Promise<Uint8Array[]> {
  if (!isRange(0, size1, size2)) throw new RangeError(`Expected 1 <= size1 <= size2, got ${size1} and ${size2}.`);
  const proof: Uint8Array[] = [];
  const visit = async (low: number, high: number): Promise<void> => {
    if (size1 === high) {
      if (low > 0) proof.push(await hashOf(low, high));
      return;
    }
    const middle = low + splitOf(high - low);
    await (size1 <= middle ? visit(low, middle) : visit(middle, high));
    proof.push(await (size1 <= middle ? hashOf(middle, high) : hashOf(low, middle)));
  };
  await visit(0, size2);
  return proof;
}

/**
 * That the tree of `size1` leaves with `root1` is the beginning of the tree of `size2` leaves with `root2`.
 * An empty first tree is refused: it is the beginning of everything.
 *
 * @throws FogboundError `VERIFICATION_FAILED`.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  proof: readonly Uint8Array[],
  root1: Uint8Array,
  root2: Uint8Array,
): void {
  if (!isRange(0, size1, size2)) throw FogboundError.verificationFailed();
  const hashes = new ProofReader(proof);
  const visit = (low: number, high: number): readonly [Uint8Array, Uint8Array] => {
    if (size1 === high) {
      const hash = low === 0 ? root1 : hashes.next();
      return [hash, hash];
    }
    const middle = low + splitOf(high - low);
    const [before, after] = size1 <= middle ? visit(low, middle) : visit(middle, high);
    const beside = hashes.next();
    if (size1 <= middle) return [before, nodeHash(after, beside)];
    return [nodeHash(beside, before), nodeHash(beside, after)];
  };
  const [before, after] = visit(0, size2);
  hashes.end();
  if (!equalBytes(before, root1) || !equalBytes(after, root2)) throw FogboundError.verificationFailed();
}

function isRange(first: number, count: number, size: number): boolean {
  return [first, count, size].every(Number.isSafeInteger) && first >= 0 && count >= 1 && first + count <= size;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === 32;
}

/** Hands out a proof hash by hash; a proof is used up exactly or it is no proof. */
class ProofReader {
  readonly #hashes: readonly Uint8Array[];
  #at = 0;

  constructor(hashes: readonly Uint8Array[]) {
    this.#hashes = hashes;
  }

  next(): Uint8Array {
    const hash = this.#hashes[this.#at++];
    if (!hash || !isHash(hash)) throw FogboundError.verificationFailed();
    return hash;
  }

  end(): void {
    if (this.#at !== this.#hashes.length) throw FogboundError.verificationFailed();
  }
}
