import type { Pin, Verdict } from "@fogbound/protocol";
import { Accesses } from "./accesses.js";
import { Releases } from "./break-glass.js";
import { checkBundle, readCheckpoint } from "./bundles.js";
import { rehashContent } from "./content.js";
import { type Context, newUnread, Readable } from "./context.js";
import type { AuditKeys, AuditOptions, Entry, Evidence } from "./evidence.js";
import { Findings } from "./findings.js";
import { judgeHidden } from "./hidden.js";
import { type Flow, inOrder } from "./in-order.js";
import { judgeInstances } from "./instances.js";
import { judgeKept } from "./kept.js";
import { judgeLeftovers } from "./leftovers.js";
import { Losses } from "./losses.js";
import { judgeManifests, readManifests } from "./manifests.js";
import { Notes } from "./notes.js";
import { RememberedPapers } from "./papers.js";
import { judgePin, pinOf } from "./pins.js";
import { openBatch } from "./records.js";
import { ReleasedKeys } from "./reseal-due.js";
import { Sequence, type SequencedBatch } from "./sequence.js";
import { judgeSpares } from "./spares.js";
import { Successions } from "./successions.js";
import { Unseen } from "./unseen.js";
import { judge } from "./verdict.js";

/** Many small ones, for a store far away; of large ones, by bytes, as many as keep the threads busy that verify. */
const bundleFlow: Flow<Uint8Array> = { atOnce: 16, most: 131_072, weigh: ({ length }) => length };
/** By records: what is open takes ten times its bytes, and a batch may hold 4096. */
const batchFlow: Flow<SequencedBatch> = { atOnce: 32, most: 256, weigh: ({ headers }) => headers.length };

/** Where one pass ends. */
export interface Reached {
  readonly verdict: Verdict;
  readonly pin: Pin | null;
}

export interface PassOptions extends AuditOptions {
  readonly window: number;
  /** Given what the pass found out, when it is over. */
  readonly onEnd?: (context: Context, sequence: Sequence) => void;
}

/** The audit, step by step. */
export async function* judgeHistory(
  evidence: Evidence,
  keys: AuditKeys,
  options: PassOptions,
): AsyncGenerator<Entry, Reached, undefined> {
  const context = await readAnchors(evidence, keys, options);
  const sequence = new Sequence(context);
  const accesses = new Accesses(context);
  const released = new ReleasedKeys();
  if (context.manifests.genesis !== null) {
    const bundles = inOrder(evidence.bundles(), bundleFlow, (bytes) => checkBundle(context, bytes));
    const batches = inOrder(readSequence(sequence, bundles), batchFlow, (batch) => openBatch(context, batch));
    for await (const records of batches)
      for (const record of records) {
        released.take(record);
        if (record.kind === "registered") context.successions.add(record);
        yield* await accesses.add(record);
      }
    yield* await accesses.finish();
    judgeInstances(context, sequence, accesses.registered);
    await judgeLeftovers(context, sequence);
  }
  context.losses.judge(context, sequence);
  await judgeSpares(context, sequence);
  await judgeKept(context, sequence);
  judgeRepaired(context);
  await judgeHidden(context);
  judgePin(context, sequence);
  judgeManifests(context.manifests, sequence.manifests, context.findings);
  judgeTail(context, sequence);
  const inForce = context.manifests.byHash.get(sequence.manifests.get(sequence.version) ?? "");
  const rehashed = await rehashContent(context, inForce);
  released.judge(context, sequence, inForce);
  const verdict = judge({ context, sequence, accesses, rehashed, pinKeptAt: options.pinKeptAt ?? null });
  options.onEnd?.(context, sequence);
  return { verdict, pin: verdict.outcome === "broken" ? null : pinOf(context, sequence) };
}

/** Tiles and the like follow from the sequence: one that was damaged costs nothing, and is told. */
function judgeRepaired({ evidence, findings }: Context): void {
  for (const name of evidence.repaired ?? [])
    findings.add("COPY_ALTERED", "repaired", `${name} was damaged; the harmonizer wrote it anew from its log.`, [name]);
}

function judgeTail({ findings }: Context, { anchor, hidden }: Sequence): void {
  if (anchor === null) {
    findings.add("TIPS_MISSING", "incomplete", "No tips were shown: where the chains end is nobody's word.");
    return;
  }
  if (hidden === 0) return;
  const sentence = `The checkpoint covers ${hidden} leaves after the last tips that were not shown: newer tips may be among them.`;
  findings.add("TIPS_MISSING", "incomplete", sentence);
}

/** Manifests from the capsule id, harmonizer and authorities from the manifests, the checkpoint from the harmonizer. */
async function readAnchors(evidence: Evidence, keys: AuditKeys, options: PassOptions): Promise<Context> {
  const { signal, window, pin = null } = options;
  signal?.throwIfAborted();
  const findings = new Findings();
  const manifests = await readManifests(evidence);
  const checkpoint = await readCheckpoint(evidence.checkpoint, manifests.harmonizers, findings);
  const unread = newUnread();
  for (const authority of manifests.authorities) {
    if ((evidence.journals.get(authority) ?? null) !== null) continue;
    unread.journals++;
    const sentence = `The journal of ${authority} is not there: what it answered cannot be compared.`;
    findings.add("JOURNAL_MISSING", "incomplete", sentence, [authority]);
  }
  const readable = new Readable(evidence, keys);
  const papers = new RememberedPapers();
  const known = { evidence, keys, window, signal, pin, findings, manifests, checkpoint, readable, papers, unread };
  const seen = { losses: new Losses(), unseen: new Unseen(), successions: new Successions(), notes: new Notes() };
  return { ...known, ...seen, releases: new Releases() };
}

async function* readSequence(
  sequence: Sequence,
  bundles: AsyncIterable<Parameters<Sequence["read"]>[0]>,
): AsyncGenerator<SequencedBatch, void, undefined> {
  for await (const bundle of bundles) yield* sequence.read(bundle);
}
