import { rootOf, sha256, toHex } from "@fogbound/crypto";
import {
  type AuthorityId,
  batch as batchObject,
  batchStatement,
  epochHead,
  headersRoot,
  instanceIdOf,
  type LogObjects,
  prunedBundle,
  prunedLeafHashes,
  recordHeader,
  sameBytes,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import { isReceipted } from "./bundles.js";
import { addKind, type Context } from "./context.js";
import { waiting } from "./heads.js";
import { type LogObject, logObjectOf } from "./log-object.js";
import { Reached } from "./reached.js";
import type { Sequence } from "./sequence.js";

/** Looks again for what was under way, so often and so far apart: what takes longer is not under way but stuck. */
const looks = 6;
const millisecondsApart = 250;
/** What is beyond is told without a second look. */
const mostLookedAgain = 10_000;
/** Entries of journals that are taken for late, at most. */
const mostLate = 65_536;

interface Leftover extends LogObject {
  readonly name: string;
  readonly where: string;
  /** Whose journal it lies in; null for the hosts' log. */
  readonly authority: AuthorityId | null;
  /** False for one that lies in somebody else's log: then no sequencing excuses it. */
  readonly own: boolean;
}

/** Finds what lies in the stores and was never sequenced, or was and is not shown. */
export async function judgeLeftovers(context: Context, sequence: Sequence): Promise<void> {
  const leftovers: Leftover[] = [];
  const see = (one: Leftover): void => {
    if (leftovers.length < mostLookedAgain) leftovers.push(one);
    else report(context, one);
  };
  await compareLog(context, sequence, { log: context.evidence.log, authority: null }, see);
  for (const authority of context.manifests.authorities) {
    const log = context.evidence.journals.get(authority) ?? null;
    if (log !== null) await compareLog(context, sequence, { log, authority }, see);
  }
  const left: Leftover[] = [];
  for (const one of leftovers) if (!(await isOvertaken(context, sequence, one))) left.push(one);
  for (const one of left) await takeLate(context, one);
  for (const one of await stillThere(context, sequence, left)) report(context, one);
}

/**
 * An authority whose way to the harmonizer is cut goes on answering whom it can, and its journal comes later: entries that
 * lie there signed are late, which is told, and not missing. Nobody but the authority can write them.
 */
async function takeLate(context: Context, { name, instance, epoch, batch, authority, own }: Leftover): Promise<void> {
  const { evidence, manifests, unseen } = context;
  const log = authority === null || !own ? null : (evidence.journals.get(authority) ?? null);
  if (log === null || manifests.journals.get(instance) !== authority) return;
  const bytes = await log.read(name, waiting(context));
  const object = bytes === null ? null : ifItReads(() => batchObject.decode(bytes));
  const claim = object === null ? null : ifItReads(() => batchStatement.read(object.statement));
  const value = claim === null ? null : await ifItHolds(() => claim.verify(claim.signer));
  if (object === null || claim === null || value === null) return;
  const isOwn = instanceIdOf(claim.signer, evidence.capsule) === instance && value.instance === instance;
  const isHere = value.capsule === evidence.capsule && value.epoch === epoch && value.batch === batch;
  if (!isOwn || !isHere || !sameBytes(value.root, headersRoot(object.headers))) return;
  for (const header of object.headers) {
    const kind = ifItReads(() => recordHeader.decode(header))?.kind ?? null;
    if (kind === "registered") addKind(unseen.excused, kind);
    if (unseen.late.size < mostLate) unseen.late.add(toHex(sha256(header)));
  }
}

/**
 * A host's head under a manifest that another has taken the place of: it came too late, or its process died before it was
 * sent, and no harmonizer takes it any more. It begins nothing; batches that lie behind it are told by themselves. A
 * journal's may still come.
 */
async function isOvertaken(
  context: Context,
  sequence: Sequence,
  { name, instance, epoch, batch, authority }: Leftover,
): Promise<boolean> {
  const { evidence, manifests } = context;
  if (batch !== null || authority !== null || manifests.journals.has(instance)) return false;
  const bytes = await evidence.log.read(name, waiting(context));
  const claim = bytes === null ? null : ifItReads(() => epochHead.read(bytes));
  const value = claim === null ? null : await ifItHolds(() => claim.verify(claim.signer));
  if (claim === null || value === null || instanceIdOf(claim.signer, evidence.capsule) !== instance) return false;
  return value.instance === instance && value.epoch === epoch && value.version < sequence.version;
}

async function compareLog(
  context: Context,
  { chains }: Sequence,
  { log, authority }: { readonly log: LogObjects; readonly authority: AuthorityId | null },
  see: (one: Leftover) => void,
): Promise<void> {
  const where = authority === null ? "the hosts' log" : `the journal of ${authority}`;
  for await (const name of log.list(waiting(context))) {
    const object = logObjectOf(name);
    if (object === null) continue;
    const chain = chains.get(object.instance);
    const own = chain === undefined || chain.authority === authority;
    const batches = own ? chain?.epochs.get(object.epoch) : undefined;
    if (batches === undefined || (object.batch ?? 0) > batches) see({ ...object, name, where, authority, own });
  }
}

function report({ findings }: Context, { instance, epoch, batch, name, where }: Leftover): void {
  const what = batch === null ? `Head ${epoch}` : `Batch ${batch} of epoch ${epoch}`;
  const code = batch === null ? "HEAD_UNRECEIPTED" : "RECORD_UNRECEIPTED";
  const sentence = `${what} of ${instance} lies in ${where} and was not shown to be sequenced.`;
  findings.add(code, "incomplete", sentence, [name]);
}

/**
 * A capsule that is being served goes on while it is audited: what came after the log was pulled, or stood in its store a
 * moment before the harmonizer had it, is no finding when the log has it by now. The next audit judges it.
 */
async function stillThere(
  context: Context,
  sequence: Sequence,
  leftovers: readonly Leftover[],
): Promise<readonly Leftover[]> {
  const { evidence, signal } = context;
  let left = leftovers;
  for (let look = 0; look < looks && left.some(({ own }) => own); look++) {
    if (look > 0) await new Promise((resolve) => setTimeout(resolve, millisecondsApart));
    signal?.throwIfAborted();
    const bundles = evidence.later?.(sequence.lastBundle);
    if (bundles === undefined) return left;
    const reached = await reachedSince(context, bundles);
    left = left.filter((one) => !one.own || !reached.has(one));
  }
  return left;
}

/** By bundles that a harmonizer of the capsule has signed receipts for. */
async function reachedSince(context: Context, bundles: AsyncIterable<Uint8Array>): Promise<Reached> {
  const reached = new Reached(context.evidence.capsule);
  for await (const bytes of bundles) {
    const value = ifItReads(() => prunedBundle.decode(bytes));
    if (value === null) continue;
    const leafHashes = prunedLeafHashes(value);
    if (await isReceipted(context, value, leafHashes.length, rootOf(leafHashes))) ifItReads(() => reached.add(value));
  }
  return reached;
}
