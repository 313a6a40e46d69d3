import { rootFromRange, rootOf } from "@fogbound/crypto";
import {
  type BatchEntry,
  type Checkpoint,
  type HarmonizerEntry,
  type HeadEntry,
  type Leaf,
  leavesOf,
  type ManifestEntry,
  type NoteEntry,
  openCheckpoint,
  type PrunedBundle,
  prunedBundle,
  prunedLeafHashes,
  type Receipt,
  receipt,
  type SequenceEntry,
  sameBytes,
  type TipsEntry,
  tips,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import { type CheckedBatch, checkBatch } from "./batches.js";
import type { Context } from "./context.js";
import { type Findings, paper } from "./findings.js";
import { type CheckedHead, checkHead } from "./heads.js";
import { type CheckedNote, checkNote } from "./notes.js";
import { RecordReceipts } from "./record-receipts.js";

/** An entry of the capsule, with everything proved of it that needs no knowledge of what stands before it. */
export type CheckedEntry =
  | { readonly kind: "manifest"; readonly leaf: number; readonly entry: ManifestEntry }
  | { readonly kind: "tips"; readonly leaf: number; readonly entry: TipsEntry; readonly signed: boolean }
  | { readonly kind: "head"; readonly leaf: number; readonly entry: HeadEntry; readonly head: CheckedHead | null }
  | { readonly kind: "note"; readonly leaf: number; readonly entry: NoteEntry; readonly note: CheckedNote | null }
  | { readonly kind: "batch"; readonly leaf: number; readonly entry: BatchEntry; readonly batch: CheckedBatch };

export interface CheckedBundle {
  /** null for bytes that are no bundle. */
  readonly value: PrunedBundle | null;
  readonly count: number;
  readonly root: Uint8Array;
  /** Proved to stand in the tree of the checkpoint. */
  readonly included: boolean;
  readonly entries: readonly CheckedEntry[];
  readonly receipts: RecordReceipts | null;
}

/** The checkpoint, once its own log's signature holds; null with a finding otherwise. */
export async function readCheckpoint(
  note: string | null,
  harmonizers: readonly HarmonizerEntry[],
  findings: Findings,
): Promise<Checkpoint | null> {
  if (note === null) {
    findings.add("CHECKPOINT_MISSING", "incomplete", "The harmonizer gave no checkpoint: nothing anchors its log.");
    return null;
  }
  for (const { origin, logKey } of harmonizers) {
    const opened = await ifItHolds(() => openCheckpoint(note, { origin, logKey }));
    if (opened !== null) return opened;
  }
  const sentence = "The checkpoint is not signed by a harmonizer that a manifest names.";
  findings.add("CHECKPOINT_INVALID", harmonizers.length === 0 ? "incomplete" : "broken", sentence, [note]);
  return null;
}

/** Checks one bundle by itself: receipt, leaves, inclusion, and the signatures of its entries. */
export async function checkBundle(context: Context, bytes: Uint8Array): Promise<CheckedBundle> {
  const value = ifItReads(() => prunedBundle.decode(bytes));
  if (value === null) {
    context.findings.add("RECEIPT_INVALID", "broken", "A bundle of the harmonizer's log cannot be read.");
    return { value: null, count: 0, root: new Uint8Array(0), included: false, entries: [], receipts: null };
  }
  const leaves = value.entries.map((entry) => (entry.kind === "other" ? [] : leavesOf(entry, value.time)));
  const leafHashes = prunedLeafHashes(value, leaves);
  const root = rootOf(leafHashes);
  await checkReceipt(context, value, leafHashes.length, root);
  const included = checkInclusion(context, value, leafHashes);
  const entries = await checkEntries(context, value, leaves);
  const receipts = new RecordReceipts(value, leafHashes);
  return { value, count: leafHashes.length, root, included, entries, receipts };
}

/** Whether a harmonizer that a manifest names stands for these very leaves. */
export async function isReceipted(
  { manifests }: Context,
  value: PrunedBundle,
  count: number,
  root: Uint8Array,
): Promise<boolean> {
  for (const { origin, receiptKey } of manifests.harmonizers) {
    const held = await ifItHolds(() => receipt.verify(value.receipt, receiptKey));
    if (held !== null && held.origin === origin && states(held, value, count, root)) return true;
  }
  return false;
}

async function checkReceipt(context: Context, value: PrunedBundle, count: number, root: Uint8Array): Promise<void> {
  if (await isReceipted(context, value, count, root)) return;
  const sentence = `The receipt for bundle ${value.number} does not state what the bundle holds, or is not the harmonizer's.`;
  context.findings.add("RECEIPT_INVALID", "broken", sentence, [paper("receipt", value.receipt)]);
}

function states(held: Receipt, value: PrunedBundle, count: number, root: Uint8Array): boolean {
  const sameNumbers = held.bundle === value.number && held.first === value.first && held.count === count;
  return (
    sameNumbers && held.time === value.time && sameBytes(held.previous, value.previous) && sameBytes(held.root, root)
  );
}

function checkInclusion({ checkpoint, findings }: Context, value: PrunedBundle, leafHashes: Uint8Array[]): boolean {
  const { number, first, inclusion } = value;
  const within = checkpoint !== null && first + leafHashes.length <= checkpoint.size;
  if (checkpoint === null || (inclusion === null && !within)) return false;
  if (inclusion === null || inclusion.size !== checkpoint.size) {
    const proof = inclusion === null ? "comes without a proof" : `is proved in a tree of ${inclusion.size} leaves`;
    const sentence = `Bundle ${number} ${proof}; the checkpoint is of ${checkpoint.size} leaves.`;
    findings.add("CHECKPOINT_BEHIND", "incomplete", sentence, [paper("receipt", value.receipt)]);
    return false;
  }
  const root = ifItReads(() => rootFromRange(first, leafHashes, inclusion.size, inclusion.proof));
  if (sameBytes(root, checkpoint.root)) return true;
  const sentence = `Bundle ${number} has a receipt, and does not stand in the log that the checkpoint signs.`;
  findings.add("CHECKPOINT_INVALID", "broken", sentence, [paper("receipt", value.receipt)]);
  return false;
}

async function checkEntries(
  context: Context,
  value: PrunedBundle,
  leavesOfEntries: readonly (readonly Leaf[])[],
): Promise<CheckedEntry[]> {
  const checked: CheckedEntry[] = [];
  let leaf = value.first;
  for (const [at, entry] of value.entries.entries()) {
    if (entry.kind === "other") {
      leaf += entry.leafHashes.length;
      continue;
    }
    const leaves = leavesOfEntries[at] ?? [];
    if (entry.capsule === context.evidence.capsule)
      checked.push(await checkEntry(context, entry, { leaf, leaves, time: value.time }));
    else context.findings.add("RECEIPT_INVALID", "broken", relabelled(value.number), [paper("receipt", value.receipt)]);
    leaf += leaves.length;
  }
  return checked;
}

/** A leaf does not hold its capsule's name: without this, an entry could be hidden by giving it another's. */
function relabelled(bundle: number): string {
  return `Bundle ${bundle} shows an entry as another capsule's; of those, only leaf hashes belong here.`;
}

async function checkEntry(
  context: Context,
  entry: SequenceEntry,
  { leaf, leaves, time }: { readonly leaf: number; readonly leaves: readonly Leaf[]; readonly time: number },
): Promise<CheckedEntry> {
  switch (entry.kind) {
    case "manifest":
      return { kind: "manifest", leaf, entry };
    case "note":
      return { kind: "note", leaf, entry, note: await checkNote(context, entry) };
    case "tips":
      return { kind: "tips", leaf, entry, signed: await isSigned(context, entry) };
    case "head":
      return { kind: "head", leaf, entry, head: await checkHead(context, entry) };
    case "batch":
      return { kind: "batch", leaf, entry, batch: await checkBatch(context, entry, leaves, time) };
  }
}

async function isSigned(context: Context, entry: TipsEntry): Promise<boolean> {
  for (const { origin, receiptKey } of context.manifests.harmonizers) {
    const held = await ifItHolds(() => tips.verify(entry.tips, receiptKey));
    if (held !== null && held.origin === origin && held.capsule === context.evidence.capsule) return true;
  }
  return false;
}
