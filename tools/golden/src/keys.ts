import {
  type SealingKey,
  type SigningKey,
  sealingKeyFromSecret,
  sha256,
  signingKeyFromSeed,
  utf8,
} from "../../../packages/crypto/src/index.js";

/** The fixed 32 bytes of this name: a seed, a secret, a nonce or a hash, as the place needs. */
export function fixed(name: string): Uint8Array {
  return sha256(utf8(`fogbound golden v1: ${name}`));
}

export const signingNames = [
  "root",
  "publisher",
  "host",
  "instance",
  "session",
  "reader",
  "receipt",
  "log",
  "answer",
  "journal",
  "auditor-signing",
] as const;

export const sealingNames = ["read", "recovery", "part", "auditor-read", "registration", "one-answer"] as const;

export type SigningName = (typeof signingNames)[number];
export type SealingName = (typeof sealingNames)[number];

export function signingKey(name: SigningName): SigningKey {
  return signingKeyFromSeed(fixed(name));
}

export function sealingKey(name: SealingName): Promise<SealingKey> {
  return sealingKeyFromSecret(fixed(name));
}
