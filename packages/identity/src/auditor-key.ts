import {
  fromBase32,
  generateSealingKey,
  generateSigningKey,
  isSoundPublicKey,
  sealingKeyFromSecret,
  signingKeyFromSeed,
  toBase32,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import type { AuditorEntry } from "@fogbound/protocol";
import type { AuditorKeys } from "./key-pair.js";
import { type KeyRing, secretOf } from "./key-ring.js";

/**
 * Keys for an auditor: one to read with, one to acknowledge with. Best made anew for every term: who takes them reads
 * the epochs that were wrapped to them, and no others.
 */
export async function generateAuditorRing(): Promise<KeyRing> {
  const read = (await generateSealingKey()).secretKey;
  return {
    kind: "auditor",
    secrets: new Map([
      ["read", read],
      ["signing", generateSigningKey().secretKey],
    ]),
  };
}

/** @throws FogboundError `KEY_WRONG` for the ring of somebody else, `FORMAT_INVALID` for keys that are not 32 bytes. */
export async function auditorKeysOf(ring: KeyRing): Promise<AuditorKeys> {
  const [read, signing] = [secretOf(ring, "auditor", "read"), secretOf(ring, "auditor", "signing")];
  if (read.length !== 32 || signing.length !== 32)
    throw new FogboundError("FORMAT_INVALID", "Expected an auditor's key file with two keys of 32 bytes, got others.");
  return { read: await sealingKeyFromSecret(read), signing: signingKeyFromSeed(signing) };
}

/** What a manifest says of an auditor: the public halves. */
export function auditorEntryOf({ read, signing }: AuditorKeys): AuditorEntry {
  return { readKey: read.publicKey, signingKey: signing.publicKey };
}

/** An auditor's public keys as people type them: `aud_` and 103 characters. @throws RangeError for what is no such pair. */
export function formatAuditorKey({ readKey, signingKey }: AuditorEntry): string {
  if (readKey.length === 32 && isSoundPublicKey(signingKey))
    return `aud_${toBase32(new Uint8Array([...readKey, ...signingKey]))}`;
  throw new RangeError("Expected an X25519 and an Ed25519 public key of 32 bytes each, got others.");
}

/** @throws FogboundError `FORMAT_INVALID` when the text is not the one spelling of an auditor's public keys. */
export function parseAuditorKey(text: string): AuditorEntry {
  const bytes = /^aud_[a-z2-7]{103}$/.test(text) ? decode(text.slice(4)) : new Uint8Array();
  const entry = { readKey: bytes.slice(0, 32), signingKey: bytes.slice(32) };
  if (bytes.length === 64 && isSoundPublicKey(entry.signingKey)) return entry;
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected an auditor's public key, aud_ and 103 characters of a-z and 2-7, got ${JSON.stringify(text.slice(0, 80))}.`,
  );
}

function decode(digits: string): Uint8Array {
  try {
    return fromBase32(digits);
  } catch {
    return new Uint8Array();
  }
}
