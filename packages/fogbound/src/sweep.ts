import { type Leftover, leftovers, readManifests, sweepAfterMilliseconds } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, layout, randomIdentifier, sameBytes, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { isImported } from "./imported.js";
import { capsuleIds } from "./owner-steps.js";
import type { OwnerParties } from "./parties.js";

export interface SweepOptions extends Waiting {
  /** Seconds since the store says an object was written; younger ones may belong to a seal that runs. Default: a day. */
  readonly olderThan?: number;
  /** Tell what would be deleted, and delete nothing. Default: false. */
  readonly dryRun?: boolean;
}

export interface Swept extends Leftover {
  readonly capsule: CapsuleId;
}

/** One capsule that cannot be judged keeps no other from being swept: what it threw is thrown when the rest is done. */
export async function* sweepStore(
  parties: OwnerParties,
  { olderThan = sweepAfterMilliseconds / 1000, dryRun = false, ...waiting }: SweepOptions,
): AsyncGenerator<Swept, void, undefined> {
  if (!Number.isFinite(olderThan) || olderThan < 0)
    throw new RangeError(`Expected olderThan in seconds, 0 or more, got ${String(olderThan)}.`);
  const { store } = parties;
  const failures: unknown[] = [];
  let before: Date | null = null;
  for await (const capsule of capsuleIds(store, waiting)) {
    before ??= new Date((await storeTime(store, capsule, waiting)) - olderThan * 1000 + 1);
    try {
      for await (const leftover of leftoversOf(parties, capsule, before, waiting)) {
        if (!dryRun) await store.delete(leftover.key, waiting);
        yield { ...leftover, capsule };
      }
    } catch (error) {
      if (!FogboundError.isInstance(error) || waiting.signal?.aborted) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function* leftoversOf(
  { store, harmonizer, keys }: OwnerParties,
  capsule: CapsuleId,
  before: Date,
  waiting: Waiting,
): AsyncGenerator<Leftover, void, undefined> {
  if (await isImported(store, capsule, waiting)) return;
  const inForce = await harmonizer.inForce(capsule, waiting);
  if (await hasManifests(store, capsule, waiting)) {
    const [first] = await readManifests(store, capsule, { ...waiting, inForce });
    if (!sameBytes(first.genesis.root, keys.root.publicKey)) return;
  }
  yield* leftovers(store, capsule, { ...waiting, inForce, before });
}

async function hasManifests(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<boolean> {
  for await (const _ of store.list(layout.manifests(capsule), waiting)) return true;
  return false;
}

/** By the store's own clock, which alone can be compared with its objects' ages: it is asked with an object. */
async function storeTime(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<number> {
  // Where a content would lie: one that a crash leaves behind is found by the next sweep.
  const key = layout.content(capsule, randomIdentifier("cnt"));
  const { modified } = await store.create(key, new Uint8Array(), waiting);
  await store.delete(key, waiting);
  return modified.getTime();
}
