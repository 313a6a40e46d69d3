import { rootOf } from "@fogbound/crypto";
import {
  type AuthorityId,
  type BatchEntry,
  type HeadEntry,
  layout,
  prunedBundle,
  prunedLeafHashes,
  type SequenceEntry,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { ifItReads } from "./attempt.js";
import { restoreBatch } from "./batches.js";
import { isReceipted } from "./bundles.js";
import type { Context } from "./context.js";
import type { Evidence } from "./evidence.js";
import { checkHead, logOf, waiting } from "./heads.js";
import { type Keeper, objectOf, unsoundKept } from "./kept.js";
import { judgeHistory } from "./pass.js";
import type { Sequence } from "./sequence.js";
import { unsoundSpares } from "./spares.js";
import { isWholeBatch } from "./stripes.js";

/** An object of a log that its store lacks, or in whose place other bytes lie. */
export interface Restorable {
  /** Whose: the hosts', or that of an authority's journal. */
  readonly log: "hosts" | AuthorityId;
  /** As in `LogObjects`. */
  readonly name: string;
  /** What was sequenced, bit for bit, less what the owner erased; null when nothing that was handed in brings it back. */
  readonly bytes: Uint8Array | null;
  /** Numbers of the records whose bodies are lost. */
  readonly lost: readonly number[];
}

/** See late.ts, as for `unspared`. */
export async function* restorable(evidence: Evidence, options: Waiting): AsyncGenerator<Restorable, void, undefined> {
  const { context } = await judged(evidence, options);
  for await (const { entry, time } of entriesOf(context)) {
    if (entry.kind === "head") yield* restorableHead(context, entry);
    if (entry.kind === "batch") yield* restorableBatch(context, entry, time);
  }
}

export async function* unspared(evidence: Evidence, options: Waiting): AsyncGenerator<Uint8Array, void, undefined> {
  const { context, sequence } = await judged(evidence, options);
  for await (const { place, end } of unsoundSpares(context, sequence.chains, sequence.version))
    for (let batch = place.batch; batch < end; batch++) {
      const name = layout.batch(place.instance, place.epoch, batch);
      const bytes = (await logOf(context, place.instance)?.read(name, waiting(context))) ?? null;
      if (bytes !== null && (await isWholeBatch(bytes, { ...place, batch }, evidence.capsule))) yield bytes;
    }
}

/** A copy of a manifest that whoever decides by it lost, or that was changed where it lies. */
export interface LostCopy {
  readonly keeper: Keeper;
  readonly version: number;
  /** What the owner signed: a harmonizer keeps that. */
  readonly manifest: Uint8Array;
  /** The whole object, as authorities keep it; null where a part of it is lost. */
  readonly object: Uint8Array | null;
}

export async function* lostCopies(evidence: Evidence, options: Waiting): AsyncGenerator<LostCopy, void, undefined> {
  const { context, sequence } = await judged(evidence, options);
  for await (const { keeper, manifest } of unsoundKept(context, sequence))
    if (manifest !== null)
      yield { keeper, version: manifest.value.version, manifest: manifest.bytes, object: objectOf(manifest) };
}

interface Judged {
  readonly context: Context;
  readonly sequence: Sequence;
}

/** After one whole pass: what was erased or dropped by right is known only at its end. */
export async function judged(evidence: Evidence, options: Waiting): Promise<Judged> {
  const ends: Judged[] = [];
  const onEnd = (context: Context, sequence: Sequence): void => void ends.push({ context, sequence });
  for await (const _ of judgeHistory(evidence, { readKeys: [] }, { ...options, window: 1, onEnd }));
  const [end] = ends;
  if (end === undefined) throw new TypeError("Expected a pass that came to its end.");
  return end;
}

interface Sequenced {
  readonly entry: SequenceEntry;
  /** Of its bundle. */
  readonly time: number;
}

/** The capsule's entries, of bundles that a harmonizer stands for. */
export async function* entriesOf(context: Context): AsyncGenerator<Sequenced, void, undefined> {
  const { capsule } = context.evidence;
  for await (const bytes of context.evidence.bundles()) {
    context.signal?.throwIfAborted();
    const value = ifItReads(() => prunedBundle.decode(bytes));
    if (value === null) continue;
    const leafHashes = prunedLeafHashes(value);
    if (!(await isReceipted(context, value, leafHashes.length, rootOf(leafHashes)))) continue;
    for (const entry of value.entries)
      if (entry.kind !== "other" && entry.capsule === capsule) yield { entry, time: value.time };
  }
}

async function* restorableHead(context: Context, entry: HeadEntry): AsyncGenerator<Restorable, void, undefined> {
  const head = await checkHead(context, entry);
  if (head === null) return;
  const { instance, epoch } = head.value;
  const log = logOf(context, instance);
  if (log === null || context.losses.isGone(instance, epoch)) return;
  const name = layout.head(instance, epoch);
  if (!sameBytes(await log.read(name, waiting(context)), head.bytes))
    yield { log: head.authority ?? "hosts", name, bytes: head.bytes, lost: [] };
}

async function* restorableBatch(
  context: Context,
  entry: BatchEntry,
  time: number,
): AsyncGenerator<Restorable, void, undefined> {
  const restored = await restoreBatch(context, entry, time);
  if (restored === null) return;
  const { instance, epoch, batch } = restored.statement;
  if (context.losses.isGone(instance, epoch) || context.notes.isEpochErased(instance, epoch)) return;
  const log = context.manifests.journals.get(instance) ?? "hosts";
  yield { log, name: layout.batch(instance, epoch, batch), bytes: restored.bytes, lost: restored.lost };
}
