import { digestSha256, hashSha256, hkdf, hmac, type Sha256 } from "#platform";
import { concatBytes } from "./bytes.js";

export type { Sha256 };

/** SHA-256 (FIPS 180-4) over the parts one after another; their borders are not hashed. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return digestSha256(parts.length === 1 && only ? only : concatBytes(...parts));
}

/** SHA-256 piece by piece. After `digest` the object is used up: both methods throw. */
export function createSha256(): Sha256 {
  return hashSha256();
}

/** HMAC-SHA-256 (RFC 2104) over the parts one after another. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac(key, parts);
}

/**
 * HKDF-SHA-256 (RFC 5869), both steps. An empty salt is the RFC's salt of zeros.
 *
 * @throws RangeError for more than 8160 bytes, the most the RFC allows.
 */
export function hkdfSha256(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 1 || length > 255 * 32) {
    throw new RangeError(`Expected 1 to 8160 bytes of key material to derive, got ${length}.`);
  }
  return hkdf(key, salt, info, length);
}
