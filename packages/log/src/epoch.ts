import { epochChainKey, label, Ratchet, randomBytes, type SigningKey, sealTo, toHex } from "@fogbound/crypto";
import {
  type CapsuleId,
  epochBinding,
  epochHead,
  epochSecretCommitment,
  hashOf,
  type InstanceId,
  layout,
  recipientName,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { abortable } from "./abort.js";
import { type CreateOutcome, createOnce } from "./create-once.js";
import type { Deposit } from "./deposit.js";

/** The manifest an epoch is under, as far as a log must know it. */
export interface EpochManifest {
  readonly version: number;
  /** SHA-256 of the signed manifest. */
  readonly hash: Uint8Array;
  /** X25519 keys the epoch secret is wrapped to: the owner's, the recovery keys, the auditors'. Never empty. */
  readonly recipients: readonly Uint8Array[];
}

/** Whose log it is, and where it lies. */
export interface LogPlace {
  readonly store: ObjectStore;
  /** `layout.hostLog(capsule)` or `layout.journal(authority, capsule)`: it ends in "/". */
  readonly root: string;
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  /** The instance key, or the authority's journal key. */
  readonly key: SigningKey;
  /** A host instance's doubly signed registration; null for a journal. */
  readonly registration: Uint8Array | null;
}

interface Wrap {
  readonly recipient: Uint8Array;
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** An epoch whose bytes are fixed: what failed half-way is done again with the same ones, or there would be two heads. */
export interface Epoch {
  readonly number: number;
  readonly manifest: EpochManifest;
  /** By the logger's clock. */
  readonly began: number;
  readonly head: Uint8Array;
  readonly wraps: readonly Wrap[];
  readonly ratchet: Ratchet;
}

export interface EpochStart {
  readonly number: number;
  /** Number of its first record. */
  readonly first: number;
  readonly previous: Uint8Array | null;
  readonly manifest: EpochManifest;
  readonly began: number;
}

/** Draws the secret, wraps it to everybody, signs the head. @throws RangeError without a recipient: nobody could read the log. */
export async function prepareEpoch(place: LogPlace, start: EpochStart): Promise<Epoch> {
  const { number, manifest } = start;
  const recipients = distinct(manifest.recipients);
  if (recipients.length === 0) throw new RangeError("Expected at least one read key to wrap the epoch secret to.");
  const secret = randomBytes(32);
  try {
    const wraps = await Promise.all(recipients.map((recipient) => wrapSecret(place, number, secret, recipient)));
    const head = await signHead(place, start, wraps, epochSecretCommitment(secret));
    return { number, manifest, began: start.began, head, wraps, ratchet: newRatchet(secret) };
  } finally {
    secret.fill(0);
  }
}

/** What was stored of an epoch that was then refused. */
export type RefusedEpoch = Pick<Epoch, "number" | "head" | "wraps">;

/**
 * Wraps, then head, then deposit: a head that lies in the store is one whose secret the owner can read. Then the wraps
 * once more: before the head stood, another process under the same key may have taken them for what a crash left, and an
 * epoch without them is one that nobody reads again.
 *
 * @param refused epochs of the same number that the deposit refused for good: their objects give way to this one's
 */
export async function commitEpoch(
  place: LogPlace,
  epoch: Epoch,
  deposit: Deposit,
  refused: readonly RefusedEpoch[],
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const { store } = place;
  const given = refused.flatMap((one) => [...one.wraps, headObject(place, one)]);
  const wrapped = await Promise.all(epoch.wraps.map((wrap) => createOver(store, wrap, given, signal)));
  if (wrapped.includes("taken")) return "taken";
  if ((await createOver(store, headObject(place, epoch), given, signal)) === "taken") return "taken";
  await abortable(() => deposit.head(epoch.head, signal === undefined ? {} : { signal }), signal);
  await Promise.all(epoch.wraps.map((wrap) => putRight(store, wrap, signal)));
  const kept = new Set(epoch.wraps.map(({ key }) => key));
  const spare = refused.flatMap(({ wraps }) => wraps).filter(({ key }) => !kept.has(key));
  await Promise.all(spare.map(({ key }) => store.delete(key, signal === undefined ? {} : { signal })));
  return "done";
}

interface EpochObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

function headObject({ root, instance }: LogPlace, { number, head }: RefusedEpoch): EpochObject {
  return { key: root + layout.head(instance, number), bytes: head };
}

/** Creates, or replaces what this writer itself put there and nobody will ever read. */
async function createOver(
  store: ObjectStore,
  { key, bytes }: EpochObject,
  given: readonly EpochObject[],
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const outcome = await createOnce(store, key, bytes, signal);
  if (outcome === "done") return "done";
  for (const own of given) {
    if (own.key !== key || (await createOnce(store, key, own.bytes, signal)) === "taken") continue;
    await store.replace(key, bytes, signal === undefined ? {} : { signal });
    return "done";
  }
  return "taken";
}

/** Under a head that stands, another epoch's wrap opens nothing. */
async function putRight(store: ObjectStore, { key, bytes }: Wrap, signal?: AbortSignal): Promise<void> {
  if ((await createOnce(store, key, bytes, signal)) === "taken")
    await store.replace(key, bytes, signal === undefined ? {} : { signal });
}

async function wrapSecret(place: LogPlace, epoch: number, secret: Uint8Array, recipient: Uint8Array): Promise<Wrap> {
  const { root, instance } = place;
  return {
    recipient,
    key: root + layout.epochKey(instance, epoch, recipientName(recipient)),
    bytes: await sealTo(recipient, label("epoch-secret"), secret, epochBinding(instance, epoch)),
  };
}

function signHead(
  place: LogPlace,
  start: EpochStart,
  wraps: readonly Wrap[],
  commitment: Uint8Array,
): Promise<Uint8Array> {
  const { capsule, instance, registration, key } = place;
  const { number: epoch, first, previous, manifest } = start;
  const { version, hash } = manifest;
  return epochHead.sign(
    {
      suite: 1,
      capsule,
      instance,
      epoch,
      first,
      previous,
      version,
      manifest: hash,
      registration,
      secret: commitment,
      recipients: wraps.map(({ recipient, bytes }) => ({ key: recipient, wrap: hashOf(bytes) })),
    },
    key,
  );
}

function newRatchet(secret: Uint8Array): Ratchet {
  const chainKey = epochChainKey(secret);
  const ratchet = new Ratchet(chainKey);
  chainKey.fill(0);
  return ratchet;
}

function distinct(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(keys.map((key) => [toHex(key), key])).values()];
}
