import {
  fromBase32,
  generateSealingKey,
  generateSigningKey,
  type SealingKey,
  type SigningKey,
  sealingKeyFromSecret,
  signingKeyFromSeed,
  toBase32,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
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

/** @throws FogboundError `KEY_WRONG` for the ring of somebody else. */
export async function ownerKeysOf(ring: KeyRing): Promise<OwnerKeys> {
  const recovery = [...ring.secrets].filter(([name]) => name.startsWith("recovery-public-")).map(([, key]) => key);
  return {
    root: signingKeyFromSeed(secretOf(ring, "owner", "root")),
    read: await sealingKeyFromSecret(secretOf(ring, "owner", "read")),
    recovery,
  };
}

export function generateReaderRing(): KeyRing {
  return { kind: "reader", secrets: new Map([["signing", generateSigningKey().secretKey]]) };
}

/** @throws FogboundError `KEY_WRONG` for the ring of somebody else. */
export function readerKeysOf(ring: KeyRing): ReaderKeys {
  return { signing: signingKeyFromSeed(secretOf(ring, "reader", "signing")) };
}

/** Public keys as people type them: `rdr_` and 52 characters. */
export function formatPublicKey(key: Uint8Array): string {
  return `rdr_${toBase32(key)}`;
}

/** @throws FogboundError `FORMAT_INVALID` when the text is not a reader's public key. */
export function parsePublicKey(text: string): Uint8Array {
  if (/^rdr_[a-z2-7]{52}$/.test(text)) return fromBase32(text.slice(4));
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected a reader's public key, rdr_ and 52 characters of a-z and 2-7, got ${JSON.stringify(text.slice(0, 80))}.`,
  );
}
