import { toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type BatchStatement,
  batch,
  batchStatement,
  type CapsuleId,
  type EpochHead,
  epochHead,
  hashOf,
  headersRoot,
  type InstanceId,
  instanceIdOf,
  layout,
  padded,
  recipientName,
  recordHeader,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";
import type { ChainPosition } from "./chain.js";
import { createOnce } from "./create-once.js";
import type { Deposit } from "./deposit.js";

export interface ChainPlace {
  readonly store: ObjectStore;
  /** `layout.hostLog(capsule)` or `layout.journal(authority, capsule)`. */
  readonly root: string;
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
}

/**
 * Where an instance's chain stopped; null when it never began. Only what the instance signed is believed.
 *
 * @throws FogboundError `VERIFICATION_FAILED` when a signature or the order of the last epoch's batches does not hold,
 *   or one of them is missing; `FORMAT_INVALID`; errors of the store.
 */
export async function readChain(place: ChainPlace, waiting: Waiting = {}): Promise<ChainPosition | null> {
  const last = await readLastEpoch(place, waiting);
  if (last === null) return null;
  let position = startOf(last.head);
  for await (const { statement } of readBatches(place, last, waiting)) position = endOf(statement);
  return position;
}

/**
 * Deposits the last epoch's head and batches again, in chain order: after a crash nobody knows which of them arrived.
 * Earlier epochs did, as a head is deposited after all batches before it; but for a head that was stored and no more, and
 * then the epoch before it is deposited again too.
 */
export async function depositAgain(
  place: ChainPlace,
  deposit: Deposit,
  waiting: Waiting = {},
): Promise<ChainPosition | null> {
  const last = await readLastEpoch(place, waiting);
  if (last === null) return null;
  const before = last.head.epoch === 1 ? null : await readEpoch(place, last.head.epoch - 1, waiting);
  const isBegun = (await batchNumbers(place, last.head.epoch, waiting)).length > 0;
  if (before !== null && !isBegun) await depositEpoch(place, before, deposit, waiting);
  return depositEpoch(place, last, deposit, waiting);
}

async function depositEpoch(
  place: ChainPlace,
  epoch: LastEpoch,
  deposit: Deposit,
  waiting: Waiting,
): Promise<ChainPosition> {
  await deposit.head(epoch.bytes, waiting);
  let position = startOf(epoch.head);
  for await (const { bytes, statement } of readBatches(place, epoch, waiting)) {
    await deposit.batch(bytes, waiting);
    position = endOf(statement);
  }
  return position;
}

/**
 * Puts right the end of a chain that nobody writes any more. A batch that somebody else has and the store lacks is stored;
 * what was stored and may not have been deposited is deposited, in chain order: nothing but the last batch when that
 * suffices, else the whole last epoch.
 *
 * @param copy the batch of this number in the last epoch, from somebody who took it; null for one that he does not have
 * @returns where the chain stopped; null when it never began
 * @throws FogboundError as `readChain`, and what `deposit` and `copy` throw.
 */
export async function mendChain(
  place: ChainPlace,
  {
    deposit,
    copy,
  }: { readonly deposit: Deposit; readonly copy: (epoch: number, batch: number) => Promise<Uint8Array | null> },
  waiting: Waiting = {},
): Promise<ChainPosition | null> {
  const last = await readLastEpoch(place, waiting);
  if (last === null) return null;
  const newest = await readNewest(place, last, waiting);
  if (!(await depositNewest(last, newest, deposit, waiting))) await depositAgain(place, deposit, waiting);
  const position = newest === null ? startOf(last.head) : endOf(newest.statement);
  return takeBack(place, last, position, copy, waiting);
}

async function readNewest(place: ChainPlace, last: LastEpoch, waiting: Waiting): Promise<StoredBatch | null> {
  const number = (await batchNumbers(place, last.head.epoch, waiting)).at(-1);
  if (number === undefined) return null;
  const bytes = await readObject(place, layout.batch(place.instance, last.head.epoch, number), waiting);
  if (bytes === null) throw FogboundError.verificationFailed();
  const statement = await readStatement(place, last, bytes);
  if (statement.batch !== number) throw FogboundError.verificationFailed();
  return { bytes, statement };
}

/** @returns false when something before it must be deposited first */
async function depositNewest(
  { bytes: head }: LastEpoch,
  newest: StoredBatch | null,
  deposit: Deposit,
  waiting: Waiting,
): Promise<boolean> {
  // What the owner erased had been sequenced, and is not whole any more.
  if (newest !== null && batch.decode(newest.bytes).bodies.includes(null)) return true;
  try {
    await (newest === null ? deposit.head(head, waiting) : deposit.batch(newest.bytes, waiting));
    return true;
  } catch (error) {
    const lacks = FogboundError.isInstance(error) && ["FORMAT_INVALID", "HOST_UNPROVED"].includes(error.code);
    if (newest !== null && lacks) return false;
    throw error;
  }
}

/** What a crash kept from the store alone. Only a batch that the instance signed, and that follows, is stored. */
async function takeBack(
  place: ChainPlace,
  last: LastEpoch,
  from: ChainPosition,
  copy: (epoch: number, batch: number) => Promise<Uint8Array | null>,
  waiting: Waiting,
): Promise<ChainPosition> {
  let position = from;
  for (;;) {
    const next = { epoch: last.head.epoch, batch: position.batch + 1 };
    const bytes = await copy(next.epoch, next.batch);
    if (bytes === null) return position;
    const statement = await readStatement(place, last, bytes);
    if (statement.batch !== next.batch || statement.first !== position.number + 1)
      throw FogboundError.verificationFailed();
    await createOnce(
      place.store,
      place.root + layout.batch(place.instance, next.epoch, next.batch),
      bytes,
      waiting.signal,
    );
    position = endOf(statement);
  }
}

/**
 * The wraps of an epoch that has no head, as text that is the same as long as they are; null without any. A crash leaves
 * such an epoch for ever, another process under the same key only until it has written its head: look twice.
 */
export async function unbegunEpoch(place: ChainPlace, waiting: Waiting = {}): Promise<string | null> {
  const epoch = await lastEpochNumber(place, waiting);
  if (epoch === null || (await readObject(place, layout.head(place.instance, epoch), waiting)) !== null) return null;
  const wraps: string[] = [];
  for await (const { key } of place.store.list(`${place.root}${layout.epochKey(place.instance, epoch, "")}`, waiting)) {
    const bytes = await readObject(place, key.slice(place.root.length), waiting);
    if (bytes !== null) wraps.push(`${key} ${toHex(hashOf(bytes))}`);
  }
  return wraps.length === 0 ? null : wraps.join("\n");
}

/**
 * Deletes the wraps of an epoch whose head was never written: a crash came between, nothing was sealed under that
 * secret, and the next epoch takes the number. For the instance's own holder alone, before it resumes. Where two processes
 * hold the key, the other may be about to write that head: then its wraps are put back.
 */
export async function sweepUnbegunEpoch(place: ChainPlace, waiting: Waiting = {}): Promise<void> {
  const epoch = await lastEpochNumber(place, waiting);
  if (epoch === null || (await readObject(place, layout.head(place.instance, epoch), waiting)) !== null) return;
  const swept: Uint8Array[] = [];
  const wraps = `${place.root}${layout.epochKey(place.instance, epoch, "")}`;
  for await (const { key } of place.store.list(wraps, waiting)) {
    const bytes = await readObject(place, key.slice(place.root.length), waiting);
    if (bytes !== null) swept.push(bytes);
    await place.store.delete(key, waiting);
  }
  const begun = swept.length === 0 ? null : await readEpoch(place, epoch, waiting);
  for (const { key, wrap } of begun?.head.recipients ?? []) {
    const bytes = swept.find((one) => sameBytes(hashOf(one), wrap));
    const name = place.root + layout.epochKey(place.instance, epoch, recipientName(key));
    if (bytes !== undefined) await createOnce(place.store, name, bytes, waiting.signal);
  }
}

interface LastEpoch {
  readonly bytes: Uint8Array;
  readonly head: EpochHead;
  readonly publicKey: Uint8Array;
}

interface StoredBatch {
  readonly bytes: Uint8Array;
  readonly statement: BatchStatement;
}

async function readLastEpoch(place: ChainPlace, waiting: Waiting): Promise<LastEpoch | null> {
  const epoch = await lastEpochNumber(place, waiting);
  if (epoch === null) return null;
  const last = await readEpoch(place, epoch, waiting);
  if (last !== null) return last;
  // Wraps alone are an epoch that a crash kept from beginning. Batches without a head are one whose head was removed.
  const before = epoch === 1 ? null : await readEpoch(place, epoch - 1, waiting);
  const removed = (await batchNumbers(place, epoch, waiting)).length > 0 || (epoch > 1 && before === null);
  if (removed) throw FogboundError.verificationFailed();
  return before;
}

async function readEpoch(place: ChainPlace, epoch: number, waiting: Waiting): Promise<LastEpoch | null> {
  const bytes = await readObject(place, layout.head(place.instance, epoch), waiting);
  if (bytes === null) return null;
  const publicKey = epochHead.read(bytes).signer;
  const head = await epochHead.verify(bytes, publicKey);
  if (instanceIdOf(publicKey, place.capsule) !== place.instance || !isOf(place, head, epoch))
    throw FogboundError.verificationFailed();
  return { bytes, head, publicKey };
}

/** Steps from epoch to epoch: "0" follows "/", so all that an epoch holds sorts before `<epoch>0`. */
async function lastEpochNumber(place: ChainPlace, waiting: Waiting): Promise<number | null> {
  const prefix = `${place.root}instances/${place.instance}/`;
  let last: number | null = null;
  for (;;) {
    const after = last === null ? "" : `${prefix}${padded(last)}0`;
    const next = await firstEpoch(place.store, prefix, after, waiting);
    if (next === null) return last;
    last = next;
  }
}

/** Passes over what is no epoch: it must not make a chain look as if it never began. */
async function firstEpoch(store: ObjectStore, prefix: string, after: string, waiting: Waiting): Promise<number | null> {
  for await (const { key } of store.list(prefix, { ...waiting, after })) {
    const digits = /^(\d{8})\//.exec(key.slice(prefix.length))?.[1];
    if (digits !== undefined) return Number(digits);
  }
  return null;
}

async function* readBatches(place: ChainPlace, last: LastEpoch, waiting: Waiting): AsyncGenerator<StoredBatch> {
  let position = startOf(last.head);
  for (const number of await batchNumbers(place, last.head.epoch, waiting)) {
    const bytes = await readObject(place, layout.batch(place.instance, last.head.epoch, number), waiting);
    if (bytes === null || number !== position.batch + 1) throw FogboundError.verificationFailed();
    const statement = await readStatement(place, last, bytes);
    if (statement.batch !== number || statement.first !== position.number + 1) throw FogboundError.verificationFailed();
    position = endOf(statement);
    yield { bytes, statement };
  }
}

async function batchNumbers(place: ChainPlace, epoch: number, waiting: Waiting): Promise<readonly number[]> {
  const prefix = `${place.root}instances/${place.instance}/${padded(epoch)}/`;
  const numbers: number[] = [];
  for await (const { key } of place.store.list(prefix, waiting))
    if (/^\d{8}$/.test(key.slice(prefix.length))) numbers.push(Number(key.slice(prefix.length)));
  return numbers;
}

async function readStatement(place: ChainPlace, last: LastEpoch, bytes: Uint8Array): Promise<BatchStatement> {
  const { statement: signedStatement, headers, bodies } = batch.decode(bytes);
  const statement = await batchStatement.verify(signedStatement, last.publicKey);
  const lastHeader = headers.at(-1);
  const whole = headers.length === statement.last - statement.first + 1 && headers.length === bodies.length;
  const ends = lastHeader !== undefined && sameBytes(hashOf(lastHeader), statement.lastHeader);
  const stated = sameBytes(headersRoot(headers), statement.root) && headers.every((one, at) => covers(one, bodies[at]));
  if (whole && ends && stated && isOf(place, statement, last.head.epoch)) return statement;
  throw FogboundError.verificationFailed();
}

/** An erased body (null) covers nothing less: its header says what it was. */
function covers(header: Uint8Array, body: Uint8Array | null | undefined): boolean {
  if (body === null) return true;
  return body !== undefined && sameBytes(recordHeader.decode(header).body, hashOf(body));
}

interface Named {
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  readonly epoch: number;
}

function isOf(place: ChainPlace, named: Named, epoch: number): boolean {
  return named.capsule === place.capsule && named.instance === place.instance && named.epoch === epoch;
}

function startOf({ epoch, first, previous }: EpochHead): ChainPosition {
  return { epoch, number: first - 1, hash: previous, batch: 0 };
}

function endOf({ epoch, batch: number, last, lastHeader }: BatchStatement): ChainPosition {
  return { epoch, number: last, hash: lastHeader, batch: number };
}

async function readObject(place: ChainPlace, name: string, waiting: Waiting): Promise<Uint8Array | null> {
  const found = await place.store.get(place.root + name, waiting);
  return found === null ? null : readAll(found, smallObjectBytes);
}
