import { FogboundError } from "@fogbound/errors";
import { decrypter, encrypter } from "#platform";

/** Bytes by which a sealed message is longer than its plaintext. */
const tagLength = 16;

/**
 * AES-256-GCM (NIST SP 800-38D). The 16-byte tag stands at the end of what comes back.
 * A pair of key and nonce must never be used twice: the second use gives away both plaintexts and the tag key.
 *
 * @throws RangeError unless the key has 32 bytes and the nonce 12.
 */
export async function sealAead(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  additional: Uint8Array,
): Promise<Uint8Array> {
  requireLengths(key, nonce);
  const encrypt = await encrypter(key);
  return encrypt(nonce, plaintext, additional);
}

/**
 * GCM does not commit to its key: one sealed message may open under two keys. Where a stranger chose the bytes and it
 * matters which key opened them, compare a commitment first, as the content stream does.
 *
 * @throws FogboundError `VERIFICATION_FAILED` for another key, nonce, additional data, or changed bytes.
 * @throws RangeError unless the key has 32 bytes and the nonce 12.
 */
export async function openAead(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  additional: Uint8Array,
): Promise<Uint8Array> {
  requireLengths(key, nonce);
  if (sealed.length < tagLength) throw FogboundError.verificationFailed();
  const decrypt = await decrypter(key);
  const plaintext = await decrypt(nonce, sealed, additional);
  if (plaintext === null) throw FogboundError.verificationFailed();
  return plaintext;
}

function requireLengths(key: Uint8Array, nonce: Uint8Array): void {
  if (key.length !== 32) throw new RangeError(`Expected an AES-256 key of 32 bytes, got ${key.length}.`);
  if (nonce.length !== 12) throw new RangeError(`Expected a nonce of 12 bytes, got ${nonce.length}.`);
}
