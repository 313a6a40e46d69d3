import { sha256 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  batch,
  batchStatement,
  type CapsuleId,
  epochHead,
  erased,
  headersRoot,
  type InstanceId,
  layout,
  padded,
  recordHeader,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";

/** One journal, as it lies in its authority's store. */
export interface JournalPlace {
  readonly store: ObjectStore;
  readonly root: string;
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  readonly journalKey: Uint8Array;
}

/**
 * Puts back a head or a batch of this journal. Only what its own key signed for that name is written.
 * @throws FogboundError `VERIFICATION_FAILED`, `FORMAT_INVALID`, and the store's codes.
 */
export async function restoreObject(
  place: JournalPlace,
  name: string,
  bytes: Uint8Array,
  waiting: Waiting,
): Promise<void> {
  const own = name.endsWith("/head") ? await headName(place, bytes) : await batchName(place, bytes);
  if (own !== name) throw FogboundError.verificationFailed();
  const key = place.root + name;
  await place.store.create(key, bytes, waiting).catch(async (error: unknown) => {
    if (!FogboundError.isInstance(error) || error.code !== "OBJECT_EXISTS") throw error;
    await place.store.replace(key, bytes, waiting);
  });
}

async function headName({ capsule, instance, journalKey }: JournalPlace, bytes: Uint8Array): Promise<string> {
  const head = await epochHead.verify(bytes, journalKey);
  if (head.capsule !== capsule || head.instance !== instance) throw FogboundError.verificationFailed();
  return layout.head(instance, head.epoch);
}

async function batchName({ capsule, instance, journalKey }: JournalPlace, bytes: Uint8Array): Promise<string> {
  const { statement: signed, headers, bodies } = batch.decode(bytes);
  const statement = await batchStatement.verify(signed, journalKey);
  const isOf = (body: Uint8Array | null, at: number): boolean =>
    body === null || sameBytes(sha256(body), recordHeader.decode(headers[at] ?? new Uint8Array(0)).body);
  const agrees = bodies.length === headers.length && sameBytes(statement.root, headersRoot(headers));
  if (!agrees || !bodies.every(isOf)) throw FogboundError.verificationFailed();
  if (statement.capsule !== capsule || statement.instance !== instance) throw FogboundError.verificationFailed();
  return layout.batch(instance, statement.epoch, statement.batch);
}

/**
 * Deletes the wraps of the epochs of this journal that the owner's note names whole. Done again, it changes nothing.
 * @param root the owner's root key
 * @throws FogboundError `VERIFICATION_FAILED` for a note that is not the owner's or is about another capsule.
 */
export async function eraseEpochs(
  place: JournalPlace,
  root: Uint8Array,
  note: Uint8Array,
  waiting: Waiting,
): Promise<void> {
  const { capsule, records } = await erased.verify(note, root);
  if (capsule !== place.capsule) throw FogboundError.verificationFailed();
  for (const { instance, epoch, numbers } of records)
    if (instance === place.instance && numbers === null)
      await removeUnder(place, layout.epochKey(instance, epoch, ""), waiting);
}

/**
 * Deletes one epoch of this journal: batches, wraps, the head last, so that one whose dropping was broken off can be told.
 * Whether it is old enough and was acknowledged is for the caller to know.
 * @throws RangeError for the epoch that runs: its end must be in the store, as the head of the next.
 */
export async function dropEpoch(place: JournalPlace, epoch: number, waiting: Waiting): Promise<void> {
  const { store, root, instance } = place;
  if ((await store.head(root + layout.head(instance, epoch + 1), waiting)) === null)
    throw new RangeError(`Expected an epoch that has ended, got epoch ${epoch} of ${instance}, which may be running.`);
  const head = layout.head(instance, epoch);
  await removeUnder(place, `instances/${instance}/${padded(epoch)}/`, waiting, root + head);
  await store.delete(root + head, waiting);
}

async function removeUnder(
  { store, root }: JournalPlace,
  prefix: string,
  waiting: Waiting,
  kept: string | null = null,
): Promise<void> {
  for await (const { key } of store.list(root + prefix, waiting)) if (key !== kept) await store.delete(key, waiting);
}
