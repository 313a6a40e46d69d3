import { sha256 } from "@fogbound/crypto";
import {
  type Batch,
  type BatchEntry,
  type BatchStatement,
  batch,
  batchStatement,
  headersRoot,
  type Leaf,
  layout,
  type RecordHeader,
  recordHeader,
  sameBytes,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import { hash, paper } from "./findings.js";
import { logOf, waiting } from "./heads.js";
import type { LostRecord } from "./losses.js";
import { restoreFromParity } from "./stripes.js";

/** A sequenced batch: what the harmonizer's log says of it, and the sealed bodies that lie in the stores. */
export interface CheckedBatch {
  /** null when the statement does not hold. */
  readonly statement: BatchStatement | null;
  readonly signer: Uint8Array | null;
  /** The headers with their hashes; null where one cannot be read. */
  readonly headers: readonly (RecordHeader | null)[];
  readonly hashes: readonly Uint8Array[];
  /** The sealed bodies that hash to their headers; null for one that is lost. */
  readonly bodies: readonly (Uint8Array | null)[];
}

/** Checks a batch by itself: its statement over its headers, and each body against its header. */
export async function checkBatch(
  context: Context,
  entry: BatchEntry,
  leaves: readonly Leaf[],
  time: number,
): Promise<CheckedBatch> {
  const claim = ifItReads(() => batchStatement.read(entry.statement));
  const headers = entry.headers.map((bytes) => ifItReads(() => recordHeader.decode(bytes)));
  const hashes = leaves.map(({ hash: one }) => one);
  const statement = claim === null ? null : await ifItHolds(() => claim.verify(claim.signer));
  if (claim === null || statement === null || !covers(statement, entry, hashes, headers)) {
    const sentence = "A sequenced batch statement is not signed by the key it names, or does not cover its headers.";
    context.findings.add("CHAIN_BROKEN", "broken", sentence, [paper("statement", entry.statement)]);
  }
  if (claim === null || statement === null)
    return { statement: null, signer: null, headers, hashes, bodies: headers.map(() => null) };
  const bodies = await readBodies(context, { entry, statement, headers, time });
  return { statement, signer: claim.signer, headers, hashes, bodies };
}

function covers(
  statement: BatchStatement,
  entry: BatchEntry,
  hashes: readonly Uint8Array[],
  headers: readonly (RecordHeader | null)[],
): boolean {
  const { capsule, instance, epoch, first, last } = statement;
  const inPlace = headers.every(
    (header, index) => header?.instance === instance && header.epoch === epoch && header.number === first + index,
  );
  const ends = last - first + 1 === headers.length && sameBytes(statement.lastHeader, hashes.at(-1) ?? null);
  return capsule === entry.capsule && inPlace && ends && sameBytes(statement.root, headersRoot(entry.headers));
}

type Bodies = readonly (Uint8Array | null)[];

/** From the store where the instance writes; from the harmonizer's copy what is lost there. */
async function readBodies(context: Context, sequenced: Sequenced): Promise<Bodies> {
  const { entry, statement, headers, time } = sequenced;
  const { instance, epoch, batch: number } = statement;
  const log = logOf(context, instance);
  const stored = log === null ? null : await log.read(layout.batch(instance, epoch, number), waiting(context));
  const object = stored === null ? null : ifItReads(() => batch.decode(stored));
  const own = bodiesIn(object, headers);
  const intact = object !== null && isSame(object, entry);
  if (intact && !own.includes(null)) return own;
  const spare = await spareBatch(context, sequenced);
  const spared = bodiesIn(spare, headers);
  const bodies = own.map((body, index) => body ?? spared[index] ?? null);
  if (log === null) return bodies;
  await reportLoss(context, { entry, statement, headers, stored, object, intact, bodies, time });
  return bodies;
}

interface Sequenced {
  readonly entry: BatchEntry;
  readonly statement: BatchStatement;
  readonly headers: readonly (RecordHeader | null)[];
  /** Of its bundle. */
  readonly time: number;
}

/** The sequenced batch from what the harmonizer keeps of it: whole while its stripe is open, then from parity. */
async function spareBatch(context: Context, { entry, statement, headers }: Sequenced): Promise<Batch | null> {
  const { instance, epoch, batch: number } = statement;
  const copy = await context.evidence.batchCopy(instance, epoch, number);
  const whole = copy === null ? null : ifItReads(() => batch.decode(copy));
  if (whole !== null && isSame(whole, entry) && !bodiesIn(whole, headers).includes(null)) return whole;
  // Of a batch from which a record was erased, parity brings back what was left: the best is what lacks the fewest.
  let best = whole;
  const restored = await restoreFromParity(context, statement, (bytes) => {
    const object = ifItReads(() => batch.decode(bytes));
    if (object === null || !isSame(object, entry)) return null;
    const lacking = lackingIn(object, headers);
    if (lacking > 0 && lacking < lackingIn(best, headers)) best = object;
    return lacking === 0 ? object : null;
  });
  return restored ?? best;
}

function lackingIn(object: Batch | null, headers: readonly (RecordHeader | null)[]): number {
  return bodiesIn(object, headers).filter((body) => body === null).length;
}

/** A sequenced batch that its store lacks, or holds altered. */
export interface RestoredBatch {
  readonly statement: BatchStatement;
  /** As it was sequenced, bit for bit, less what was erased; null when records of it are lost. */
  readonly bytes: Uint8Array | null;
  readonly lost: readonly number[];
}

/**
 * What its store should hold; null where it does, where nobody could look, and where what it holds is itself evidence: a
 * second batch that the instance signed. Call it when the notes have been read: a body that was erased is not put back,
 * and one that an interrupted erasure left is taken out.
 */
export async function restoreBatch(context: Context, entry: BatchEntry, time: number): Promise<RestoredBatch | null> {
  const headers = entry.headers.map((bytes) => ifItReads(() => recordHeader.decode(bytes)));
  const hashes = entry.headers.map((bytes) => sha256(bytes));
  const claim = ifItReads(() => batchStatement.read(entry.statement));
  const statement = claim === null ? null : await ifItHolds(() => claim.verify(claim.signer));
  if (statement === null || !covers(statement, entry, hashes, headers)) return null;
  const { instance, epoch, batch: number, first } = statement;
  const log = logOf(context, instance);
  if (log === null) return null;
  const stored = await log.read(layout.batch(instance, epoch, number), waiting(context));
  const object = stored === null ? null : ifItReads(() => batch.decode(stored));
  const own = bodiesIn(object, headers);
  const isErased = headers.map((_, at) => context.notes.isRecordErased(instance, epoch, first + at));
  const isAsItShould = own.every((body, at) => (isErased[at] ? object?.bodies[at] === null : body !== null));
  if (object !== null && isSame(object, entry) && isAsItShould) return null;
  if (object !== null && (await isRival({ entry, object }))) return null;
  const spared = bodiesIn(await spareBatch(context, { entry, statement, headers, time }), headers);
  const bodies = own.map((body, at) => (isErased[at] ? null : (body ?? spared[at] ?? null)));
  const lost = bodies.flatMap((body, at) => (body === null && !isErased[at] ? [first + at] : []));
  const whole: Batch = { suite: 1, statement: entry.statement, headers: entry.headers, bodies };
  return { statement, bytes: lost.length === 0 ? batch.encode(whole) : null, lost };
}

function bodiesIn(object: Batch | null, headers: readonly (RecordHeader | null)[]): Bodies {
  return headers.map((header, index) => {
    const body = object?.bodies[index];
    return body !== undefined && body !== null && header !== null && sameBytes(sha256(body), header.body) ? body : null;
  });
}

function isSame(object: Batch, entry: BatchEntry): boolean {
  return (
    sameBytes(object.statement, entry.statement) &&
    object.headers.length === entry.headers.length &&
    object.bodies.length === entry.headers.length &&
    object.headers.every((header, index) => sameBytes(header, entry.headers[index] ?? null))
  );
}

interface Loss {
  readonly entry: BatchEntry;
  readonly statement: BatchStatement;
  readonly headers: readonly (RecordHeader | null)[];
  readonly stored: Uint8Array | null;
  readonly object: Batch | null;
  readonly intact: boolean;
  readonly bodies: Bodies;
  readonly time: number;
}

async function reportLoss(context: Context, loss: Loss): Promise<void> {
  const { statement, stored, object, time } = loss;
  const { instance, epoch, batch: number } = statement;
  if (object !== null && (await isRival(loss))) {
    const sentence = `The instance key signed another batch ${number} of epoch ${epoch} of ${instance} than was sequenced.`;
    const papers = [...evidenceOf(loss), paper("stored statement", object.statement)];
    context.findings.add("CHAIN_FORKED", "broken", sentence, papers);
    return;
  }
  const report = (lost: readonly number[]): void => describeLoss(context, loss, lost);
  const records = lostRecords(loss);
  const gone = stored === null;
  if (gone || records.length > 0)
    context.losses.addBatch({ instance, epoch, batch: number, records, gone, time, report });
  else report([]);
}

/** A body that was taken away is lost; one that was exchanged, or is in a batch that was, has been changed besides. */
function lostRecords({ bodies, headers, statement, stored, object, intact }: Loss): LostRecord[] {
  return bodies.flatMap((body, index) => {
    if (body !== null) return [];
    const changed = stored !== null && (!intact || object?.bodies[index] !== null);
    return [{ number: statement.first + index, kind: headers[index]?.kind ?? null, changed }];
  });
}

function describeLoss({ findings }: Context, loss: Loss, lost: readonly number[]): void {
  const { statement, stored, object, intact } = loss;
  const end = lost.length === 0 ? "restored from the harmonizer" : `records ${lost.join(", ")} are lost`;
  const where = `batch ${statement.batch} of epoch ${statement.epoch} of ${statement.instance}`;
  const severity = lost.length === 0 ? "repaired" : "broken";
  const evidence = evidenceOf(loss);
  if (stored === null) findings.add("BATCH_MISSING", severity, `The store lacks ${where}; ${end}.`, evidence);
  else if (object !== null && intact)
    findings.add("BODY_ALTERED", severity, `Bodies in ${where} were altered or taken away; ${end}.`, evidence);
  else findings.add("BATCH_ALTERED", severity, `The store has altered bytes for ${where}; ${end}.`, evidence);
}

function evidenceOf({ entry, statement, stored }: Loss): string[] {
  const { instance, epoch, batch: number } = statement;
  const found = stored === null ? [] : [hash(sha256(stored))];
  return [layout.batch(instance, epoch, number), paper("statement", entry.statement), ...found];
}

/** A second statement for one place, validly signed: two chains under one key. */
async function isRival({ entry, object }: Pick<Loss, "entry" | "object">): Promise<boolean> {
  if (object === null || sameBytes(object.statement, entry.statement)) return false;
  const { signer, value } = batchStatement.read(entry.statement);
  const other = await ifItHolds(() => batchStatement.verify(object.statement, signer));
  return other !== null && other.epoch === value.epoch && other.batch === value.batch;
}
