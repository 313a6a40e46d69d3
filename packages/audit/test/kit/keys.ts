import { type SealingKey, type SigningKey, sealingKeyFromSecret, signingKeyFromSeed } from "@fogbound/crypto";

/** Keys that are the same in every run. */
function signingKey(number: number): SigningKey {
  return signingKeyFromSeed(new Uint8Array(32).fill(number));
}

export function sealingKey(number: number): Promise<SealingKey> {
  return sealingKeyFromSecret(new Uint8Array(32).fill(number));
}

export const root: SigningKey = signingKey(1);
export const publisher: SigningKey = signingKey(2);
export const hostKey: SigningKey = signingKey(3);
export const answerKey: SigningKey = signingKey(4);
export const journalKey: SigningKey = signingKey(5);
export const receiptKey: SigningKey = signingKey(6);
export const logKey: SigningKey = signingKey(7);
export const readerKey: SigningKey = signingKey(8);
export const stranger: SigningKey = signingKey(99);
