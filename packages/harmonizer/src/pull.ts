import { proveRange, rootFromRange } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type CapsuleId,
  type OtherEntries,
  type PrunedBundle,
  prunedBundle,
  type SequenceEntry,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import type { SignedCheckpoint } from "./checkpoints.js";
import type { History, SequencedBundle } from "./history.js";
import type { TileReader } from "./tile-reader.js";

export interface PullParts {
  readonly history: History;
  readonly tiles: TileReader;
}

/**
 * The bundles with these numbers, one at a time, cut down to one capsule, each with its place in the checkpoint's tree.
 * @throws FogboundError `VERIFICATION_FAILED` when the tiles do not lead to the checkpoint's root.
 */
export async function* prunedBundles(
  parts: PullParts,
  capsule: CapsuleId,
  numbers: readonly number[],
  signed: SignedCheckpoint | null,
  waiting: Waiting,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const number of numbers) {
    waiting.signal?.throwIfAborted();
    const sequenced = await parts.history.readKnown(number, waiting);
    const { suite, previous, first, time } = sequenced.bundle;
    const entries = prune(sequenced, capsule);
    const inclusion = await inclusionOf(parts.tiles, sequenced, signed);
    const { receipt } = sequenced;
    yield prunedBundle.encode({ suite, number, previous, first, time, entries, receipt, inclusion });
  }
}

/** The capsule's own entries whole; each run of others as its leaf hashes. */
function prune({ bundle, leafHashes }: SequencedBundle, capsule: CapsuleId): (SequenceEntry | OtherEntries)[] {
  const entries: (SequenceEntry | OtherEntries)[] = [];
  let run: Uint8Array[] = [];
  let place = 0;
  const endRun = (): void => {
    if (run.length > 0) entries.push({ kind: "other", leafHashes: run });
    run = [];
  };
  for (const entry of bundle.entries) {
    const end = place + (entry.kind === "batch" ? entry.headers.length : 1);
    if (entry.capsule !== capsule) run.push(...leafHashes.slice(place, end));
    else {
      endRun();
      entries.push(entry);
    }
    place = end;
  }
  endRun();
  return entries;
}

async function inclusionOf(
  tiles: TileReader,
  { bundle: { first }, leafHashes }: SequencedBundle,
  signed: SignedCheckpoint | null,
): Promise<PrunedBundle["inclusion"]> {
  if (signed === null || first + leafHashes.length > signed.checkpoint.size) return null;
  const { size, root } = signed.checkpoint;
  const proof = await proveRange(first, leafHashes.length, size, (low, high) => tiles.hashOf(low, high, size));
  if (sameBytes(rootFromRange(first, leafHashes, size, proof), root)) return { size, proof };
  const read = tiles.forget().slice(0, 8).join(", ");
  const about = `The tiles do not lead to the root of the checkpoint. Those read last are ${read}; they are written anew with the next checkpoint.`;
  throw FogboundError.verificationFailed(new Error(about));
}
