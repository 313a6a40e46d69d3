import {
  fromBase32,
  generateSealingKey,
  generateSigningKey,
  isSoundPublicKey,
  type SealingKey,
  type SigningKey,
  sealingKeyFromSecret,
  signingKeyFromSeed,
  toBase32,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import type { KeyKind } from "@fogbound/protocol";
import { type KeyRing, secretOf } from "./key-ring.js";

/** What an owner holds: signs manifests with *root*, opens with *read*; *recovery* are public keys. */
export interface OwnerKeys {
  readonly root: SigningKey;
  readonly read: SealingKey;
  readonly recovery: readonly Uint8Array[];
}

/** A reader's long-lived key: it signs sessions. */
export interface ReaderKeys {
  readonly signing: SigningKey;
}

export interface AuditorKeys {
  readonly read: SealingKey;
  readonly signing: SigningKey;
}

/** New keys for an owner, and the secret half of the recovery key, which is shown once and kept nowhere. */
export async function generateOwnerKeys(): Promise<{ readonly keys: OwnerKeys; readonly recovery: SealingKey }> {
  const recovery = await generateSealingKey();
  return {
    keys: { root: generateSigningKey(), read: await generateSealingKey(), recovery: [recovery.publicKey] },
    recovery,
  };
}

export function ownerSecrets(keys: OwnerKeys): Map<string, Uint8Array> {
  const secrets = new Map([
    ["root", keys.root.secretKey],
    ["read", keys.read.secretKey],
  ]);
  for (const [index, key] of keys.recovery.entries()) secrets.set(`recovery-public-${index}`, key);
  return secrets;
}

/** @throws FogboundError `KEY_WRONG` for the ring of somebody else, `FORMAT_INVALID` for keys that are not 32 bytes. */
export async function ownerKeysOf(ring: KeyRing): Promise<OwnerKeys> {
  const recovery = [...ring.secrets.keys()].filter((name) => name.startsWith("recovery-public-"));
  return {
    root: signingKeyFromSeed(keyOf(ring, "owner", "root")),
    read: await sealingKeyFromSecret(keyOf(ring, "owner", "read")),
    recovery: recovery.map((name) => keyOf(ring, "owner", name)),
  };
}

export function generateReaderRing(): KeyRing {
  return { kind: "reader", secrets: new Map([["signing", generateSigningKey().secretKey]]) };
}

/** @throws FogboundError `KEY_WRONG` for the ring of somebody else, `FORMAT_INVALID` for a key that is not 32 bytes. */
export function readerKeysOf(ring: KeyRing): ReaderKeys {
  return { signing: signingKeyFromSeed(keyOf(ring, "reader", "signing")) };
}

function keyOf(ring: KeyRing, kind: KeyKind, name: string): Uint8Array {
  const key = secretOf(ring, kind, name);
  if (key.length === 32) return key;
  throw new FogboundError("FORMAT_INVALID", `Expected 32 bytes of "${name}" in the key file, got ${key.length}.`);
}

/** Public keys as people type them: `rdr_` and 52 characters. @throws RangeError for bytes that are no Ed25519 public key. */
export function formatPublicKey(key: Uint8Array): string {
  if (isSoundPublicKey(key)) return `rdr_${toBase32(key)}`;
  throw new RangeError("Expected the 32 bytes of an Ed25519 public key of prime order, got others.");
}

/** @throws FogboundError `FORMAT_INVALID` when the text is not the one spelling of a reader's public key. */
export function parsePublicKey(text: string): Uint8Array {
  const key = /^rdr_[a-z2-7]{52}$/.test(text) ? fromBase32(text.slice(4)) : new Uint8Array();
  if (isSoundPublicKey(key)) return key;
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected a reader's public key, rdr_ and 52 characters of a-z and 2-7, got ${JSON.stringify(text.slice(0, 80))}.`,
  );
}
