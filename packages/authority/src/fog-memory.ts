import {
  hkdfSha256,
  hmacSha256,
  label,
  openAead,
  openSealed,
  randomBytes,
  type SealingKey,
  sealAead,
  sealTo,
  toBase32,
  utf8,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type FogMemory,
  layout,
  type OwnerId,
  padded,
  type Remembered,
  sameBytes,
  sealedPart,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";
import type { AuthorityKeys } from "./keys.js";

const nonce = new Uint8Array(12); // a memory key seals one object
const info = label("fog-memory");

/** Whose readers are remembered, and where. */
export interface MemoryPlace {
  readonly store: ObjectStore;
  readonly keys: AuthorityKeys;
  readonly owner: OwnerId;
  /** The owner's read key: he may read what is remembered of his readers. */
  readonly ownerKey: Uint8Array;
  /** Told when something damaged was passed over. */
  readonly onDamage: () => void;
}

/**
 * What a guard remembers, in the authority's own store, sealed to authority and owner. Each save is the next number,
 * created once, so that of two processes under one key none overwrites what the other has learnt; the two newest are kept.
 */
export function fogMemory(place: MemoryPlace): FogMemory {
  return {
    load: (name, waiting = {}) => load(place, folder(place, name), waiting),
    save: (name, bytes, after, waiting = {}) =>
      save(place, folder(place, name), { number: (after?.number ?? 0) + 1, bytes }, waiting),
  };
}

/** A name of a reader is guessable, and the store is not to guess it. */
function folder({ keys, owner }: MemoryPlace, name: string): string {
  const key = hkdfSha256(keys.partKey.secretKey, new Uint8Array(), label("fog-memory-name"), 32);
  return `${layout.fog(keys.id, owner)}${toBase32(hmacSha256(key, utf8(`${owner}/${name}`))).slice(0, 26)}/`;
}

async function load(place: MemoryPlace, prefix: string, waiting: Waiting): Promise<Remembered | null> {
  const numbers = await numbersUnder(place.store, prefix, waiting);
  const last = numbers.at(-1);
  if (last === undefined) return null;
  for (const number of numbers.reverse()) {
    const key = prefix + padded(number);
    const found = await place.store.get(key, waiting);
    const sealed = found === null ? null : await readAll(found, smallObjectBytes);
    const bytes = sealed === null ? null : await openMemory(place.keys.partKey, key, sealed).catch(nullIfUnsound);
    // It goes on behind the damaged one's number, or its next save would find that taken for ever.
    if (bytes !== null) return { number: last, bytes };
    place.onDamage();
  }
  return { number: last, bytes: new Uint8Array() };
}

async function save(
  place: MemoryPlace,
  prefix: string,
  next: Remembered,
  waiting: Waiting,
): Promise<Remembered | null> {
  const { store } = place;
  const key = prefix + padded(next.number);
  try {
    await store.create(key, await seal(place, key, next.bytes), waiting);
  } catch (error) {
    if (FogboundError.isInstance(error) && error.code === "OBJECT_EXISTS") return null;
    throw error;
  }
  const numbers = await numbersUnder(store, prefix, waiting);
  // Who slept so long that his number had come and gone finds later ones, and has saved nothing.
  const isLast = numbers.at(-1) === next.number;
  const old = isLast ? numbers.filter((number) => number < next.number - 1) : [next.number];
  for (const number of old) await store.delete(prefix + padded(number), waiting);
  return isLast ? next : null;
}

async function numbersUnder(store: ObjectStore, prefix: string, waiting: Waiting): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { key } of store.list(prefix, waiting)) {
    const name = key.slice(prefix.length);
    if (/^\d{8}$/.test(name)) numbers.push(Number(name));
  }
  return numbers;
}

async function seal({ keys, ownerKey }: MemoryPlace, key: string, bytes: Uint8Array): Promise<Uint8Array> {
  const fresh = randomBytes(32);
  const ciphertext = await sealAead(fresh, nonce, bytes, utf8(key));
  const recipients = [keys.partKey.publicKey, ownerKey];
  const wraps = recipients.map(async (recipient) => ({
    recipient,
    sealed: await sealTo(recipient, info, fresh, utf8(key)),
  }));
  return sealedPart.encode({ suite: 1, ciphertext, wraps: await Promise.all(wraps) });
}

/**
 * Bound to its own key in the store: an older one, or another reader's, does not open in its place.
 * @throws FogboundError `VERIFICATION_FAILED`, `FORMAT_INVALID`.
 */
export async function openMemory(reader: SealingKey, key: string, sealed: Uint8Array): Promise<Uint8Array> {
  const { ciphertext, wraps } = sealedPart.decode(sealed);
  const wrap = wraps.find(({ recipient }) => sameBytes(recipient, reader.publicKey));
  if (wrap === undefined) throw FogboundError.verificationFailed();
  return openAead(await openSealed(reader, info, wrap.sealed, utf8(key)), nonce, ciphertext, utf8(key));
}

function nullIfUnsound(error: unknown): null {
  const codes: readonly string[] = ["VERIFICATION_FAILED", "FORMAT_INVALID", "FORMAT_TOO_NEW"];
  if (FogboundError.isInstance(error) && codes.includes(error.code)) return null;
  throw error;
}
