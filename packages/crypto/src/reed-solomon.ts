import { weightsAt } from "./reed-solomon-field.js";
import { combine } from "./reed-solomon-kernel.js";

/** Data and parity shards together: each is the value at its own point of GF(2^8). */
const mostShards = 256;

/**
 * The parity shards of a systematic Reed-Solomon erasure code over GF(2^8) (polynomial 0x11D), byte for byte those of
 * Backblaze's JavaReedSolomon and of klauspost/reedsolomon as they come. Seen at one byte of every shard, shard i is p(i)
 * for the one polynomial p of degree below the number of data shards; the Vandermonde matrix made systematic is that.
 * Parity shard j does not depend on how many are asked for.
 *
 * @param shards The data shards, all of one length, which may be zero. They are read only.
 * @param parity How many to make: at least 1, and with the data shards 256 at most.
 * @returns New arrays of the same length.
 * @throws RangeError for a number out of range, no shard, or lengths that differ; TypeError for what is no Uint8Array.
 */
export function parityOf(shards: readonly Uint8Array[], parity: number): Uint8Array[] {
  const points = presentPoints(shards);
  if (points.length !== shards.length) throw new TypeError("Expected a Uint8Array for every data shard, got null.");
  if (points.length === 0 || points.length >= mostShards) {
    throw new RangeError(`Expected 1 to ${mostShards - 1} data shards, got ${points.length}.`);
  }
  const most = mostShards - points.length;
  if (!Number.isInteger(parity) || parity < 1 || parity > most) {
    throw new RangeError(`Expected 1 to ${most} parity shards beside ${points.length} data shards, got ${parity}.`);
  }
  const targets = Array.from({ length: parity }, (_, at) => points.length + at);
  return combine(weightsAt(targets, points), shards);
}

/**
 * All data shards, from any `dataCount` shards of {@link parityOf} and the data it was made of.
 *
 * It restores what is missing and notices nothing that is wrong: a shard that does not match its hash must be handed in
 * as `null`, and what comes back must be held against a hash too.
 *
 * @param shards Data shards, then parity shards, each at its own place, all of one length; `null` for a lost one.
 * @param dataCount How many of them are data; at least one more stands in the list, and 256 at most in all.
 * @returns The data shards: those that were there as they came, not copied; the lost ones as new arrays.
 * @throws RangeError for a number out of range, lengths that differ, or fewer than `dataCount` shards that are there
 *   (count them first: how many a store has lost is the world's doing); TypeError for what is neither Uint8Array nor
 *   `null`.
 */
export function reconstruct(shards: readonly (Uint8Array | null)[], dataCount: number): Uint8Array[] {
  if (shards.length < 2 || shards.length > mostShards) {
    throw new RangeError(`Expected 2 to ${mostShards} places of shards, got ${shards.length}.`);
  }
  if (!Number.isInteger(dataCount) || dataCount < 1 || dataCount >= shards.length) {
    throw new RangeError(
      `Expected 1 to ${shards.length - 1} data shards of ${shards.length} in all, got ${dataCount}.`,
    );
  }
  const points = presentPoints(shards).slice(0, dataCount);
  if (points.length < dataCount) {
    throw new RangeError(
      `Expected ${dataCount} shards that are there, got ${points.length}: more are lost than parity covers.`,
    );
  }
  const lost = shards.slice(0, dataCount).flatMap((shard, at) => (shard === null ? [at] : []));
  const present = points.flatMap((point) => shards[point] ?? []);
  const restored = combine(weightsAt(lost, points), present);
  return shards.slice(0, dataCount).flatMap((shard) => shard ?? restored.shift() ?? []);
}

/** The places of the shards that are there. */
function presentPoints(shards: readonly (Uint8Array | null)[]): number[] {
  const points: number[] = [];
  let length: number | undefined;
  for (let at = 0; at < shards.length; at++) {
    const shard = shards[at];
    if (shard === null) continue;
    if (!(shard instanceof Uint8Array))
      throw new TypeError(`Expected a Uint8Array or null as shard ${at}, got ${typeof shard}.`);
    length ??= shard.length;
    if (shard.length !== length) {
      throw new RangeError(
        `Expected shards of one length, ${length}, got ${shard.length} as shard ${at}: pad them first.`,
      );
    }
    points.push(at);
  }
  return points;
}
