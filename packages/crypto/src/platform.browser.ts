import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { hkdf as nobleHkdf } from "@noble/hashes/hkdf.js";
import { hmac as nobleHmac } from "@noble/hashes/hmac.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { sha256 as nobleSha256, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes } from "./bytes.js";
import type { Decrypt, Encrypt, ScryptCost, Sha256, SignEd25519, VerifyEd25519 } from "./platform.js";

export type { Decrypt, Encrypt, ScryptCost, Sha256, SignEd25519, VerifyEd25519 } from "./platform.js";

const mostRandomBytesAtOnce = 65536;

export function fillRandom(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  for (let at = 0; at < bytes.length; at += mostRandomBytesAtOnce) {
    crypto.getRandomValues(bytes.subarray(at, at + mostRandomBytesAtOnce));
  }
  return bytes;
}

export function digestSha256(data: Uint8Array): Uint8Array {
  return nobleSha256(data);
}

export function hashSha256(): Sha256 {
  const hash = nobleSha256.create();
  return {
    update(bytes: Uint8Array): Sha256 {
      hash.update(bytes);
      return this;
    },
    digest: () => hash.digest(),
  };
}

export function hmac(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const mac = nobleHmac.create(nobleSha256, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

export function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return nobleHkdf(nobleSha256, key, salt, info, length);
}

export async function encrypter(key: Uint8Array): Promise<Encrypt> {
  const secret = await crypto.subtle.importKey("raw", forWebCrypto(key), "AES-GCM", false, ["encrypt"]);
  return async (nonce, plaintext, additional) =>
    new Uint8Array(await crypto.subtle.encrypt(gcm(nonce, additional), secret, forWebCrypto(plaintext)));
}

export async function decrypter(key: Uint8Array): Promise<Decrypt> {
  const secret = await crypto.subtle.importKey("raw", forWebCrypto(key), "AES-GCM", false, ["decrypt"]);
  return async (nonce, sealed, additional) => {
    try {
      return new Uint8Array(await crypto.subtle.decrypt(gcm(nonce, additional), secret, forWebCrypto(sealed)));
    } catch (error) {
      if (error instanceof DOMException && error.name === "OperationError") return null;
      throw error;
    }
  };
}

export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

export function ed25519Sign(seed: Uint8Array): SignEd25519 {
  const secret = seed.slice();
  return async (message) => ed25519.sign(message, secret);
}

export function ed25519Verify(publicKey: Uint8Array): VerifyEd25519 {
  const { Point } = ed25519;
  const minusA = Point.fromBytes(publicKey, false).negate();
  const prefix = publicKey.slice();
  return async (message, signature) => {
    if (signature.length !== 64) return false;
    const R = signature.subarray(0, 32);
    const S = bytesToNumberLE(signature.subarray(32));
    if (S >= Point.Fn.ORDER) return false;
    const k = Point.Fn.create(bytesToNumberLE(sha512(concatBytes(R, prefix, message))));
    // R is compared as bytes, as OpenSSL does: noble's own `verify` multiplies by the cofactor and takes mixed orders.
    return equalBytes(Point.BASE.multiplyUnsafe(S).add(minusA.multiplyUnsafe(k)).toBytes(), R);
  };
}

export function scryptKey(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  const { cost: N, blockSize: r, parallelism: p } = cost;
  return scryptAsync(passphrase, salt, { N, r, p, dkLen: 32, maxmem: 128 * r * (N + p + 2) + 2 ** 20 });
}

function gcm(nonce: Uint8Array, additional: Uint8Array): AesGcmParams {
  return { name: "AES-GCM", iv: forWebCrypto(nonce), additionalData: forWebCrypto(additional), tagLength: 128 };
}

/** WebCrypto refuses views of shared memory, as another thread could change them under it. */
function forWebCrypto(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength) : bytes.slice();
}
