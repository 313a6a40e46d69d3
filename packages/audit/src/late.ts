import type { Waiting } from "@fogbound/protocol";
import type { Evidence } from "./evidence.js";
import type { LoggedEpoch } from "./logged-epochs.js";
import type { LostCopy, Restorable } from "./restorable.js";

// As `verify`: what reads a whole history is loaded with the first call, so that a host or a reader carries none of it.

/**
 * What would make the logs whole again: heads from the harmonizer's log, batches from its copies and its parity. Each is
 * held against its leaf before. What was dropped by rule stays away, and so does what was erased; a body that an erasure
 * was to take, and that still lies there, is taken out. Wraps cannot be made anew, and are not here.
 *
 * @throws whatever the evidence throws, and the signal's reason.
 */
export async function* restorable(
  evidence: Evidence,
  options: Waiting = {},
): AsyncGenerator<Restorable, void, undefined> {
  const late = await import("./restorable.js");
  yield* late.restorable(evidence, options);
}

/**
 * Batches, as they lie whole in their stores, of which the harmonizer keeps nothing sound. Given to it once more, it
 * keeps them anew. Restore first: one that is not whole is not here.
 * @throws as `restorable`.
 */
export async function* unspared(
  evidence: Evidence,
  options: Waiting = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const late = await import("./restorable.js");
  yield* late.unspared(evidence, options);
}

/**
 * Copies of manifests that harmonizer and authorities keep for themselves, damaged or lost, as far as the capsule's own
 * objects hold them: each keeper's by version. Given to them once more, they keep them anew.
 * @throws as `restorable`.
 */
export async function* lostCopies(
  evidence: Evidence,
  options: Waiting = {},
): AsyncGenerator<LostCopy, void, undefined> {
  const late = await import("./restorable.js");
  yield* late.lostCopies(evidence, options);
}

/**
 * Every epoch of a capsule, in the order of their heads, once their history has been read through.
 * @throws whatever the evidence throws, and the signal's reason.
 */
export async function epochs(evidence: Evidence, options: Waiting = {}): Promise<readonly LoggedEpoch[]> {
  const late = await import("./logged-epochs.js");
  return late.epochs(evidence, options);
}
