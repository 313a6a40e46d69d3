import { FogboundError } from "@fogbound/errors";
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { x25519 } from "@noble/curves/ed25519.js";
import { concatBytes } from "./bytes.js";
import { randomBytes } from "./random.js";

/** An X25519 key pair (RFC 7748), 32 bytes each. It opens what is sealed to it and does nothing else. */
export interface SealingKey {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

const keyLength = 32;
const nothing: Uint8Array = new Uint8Array(0);

export function generateSealingKey(): Promise<SealingKey> {
  return sealingKeyFromSecret(randomBytes(keyLength));
}

/** Keeps a copy of the secret. @throws RangeError unless it has 32 bytes. */
export async function sealingKeyFromSecret(secretKey: Uint8Array): Promise<SealingKey> {
  if (secretKey.length !== keyLength) throw new RangeError(`Expected a secret of 32 bytes, got ${secretKey.length}.`);
  return { publicKey: x25519.getPublicKey(secretKey), secretKey: secretKey.slice() };
}

/**
 * HPKE (RFC 9180) base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Gives the 32-byte
 * encapsulated key and then the ciphertext. Nobody is authenticated by it: who sealed is shown by a signature around it.
 *
 * @throws FogboundError `KEY_WRONG` when the public key is not 32 bytes or of small order, with which everybody could
 * open.
 */
export async function sealTo(
  publicKey: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
  additional: Uint8Array = nothing,
): Promise<Uint8Array> {
  const suite = newSuite();
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
    const sender = await suite.createSenderContext({ recipientPublicKey, info });
    const sealed = await sender.seal(plaintext, additional);
    return concatBytes(new Uint8Array(sender.enc), new Uint8Array(sealed));
  } catch (cause) {
    const message = "Expected an X25519 public key that can be sealed to, got one of another length or of small order.";
    throw new FogboundError("KEY_WRONG", message, { cause });
  }
}

/** @throws FogboundError `VERIFICATION_FAILED` for another key, info or additional data, or changed bytes. */
export async function openSealed(
  key: SealingKey,
  info: Uint8Array,
  sealed: Uint8Array,
  additional: Uint8Array = nothing,
): Promise<Uint8Array> {
  const suite = newSuite();
  try {
    const recipientKey = {
      publicKey: await suite.kem.deserializePublicKey(key.publicKey),
      privateKey: await suite.kem.deserializePrivateKey(key.secretKey),
    };
    const enc = sealed.slice(0, keyLength);
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info });
    return new Uint8Array(await recipient.open(sealed.slice(keyLength), additional));
  } catch (cause) {
    throw FogboundError.verificationFailed(cause);
  }
}

function newSuite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}
