import { readCose, type SigningKey, sha256, signCose, verifyCose, verifyRead } from "@fogbound/crypto";
import type { Format } from "./codec.js";

/**
 * A format under one COSE_Sign1 (RFC 9052) by an Ed25519 key. The context is the signature's `external_aad`: a
 * signature made for one purpose proves nothing for another (PROTOCOL section 7).
 */
export interface Signed<T> {
  readonly format: Format<T>;
  sign(value: T, key: SigningKey): Promise<Uint8Array>;
  /**
   * The value, once the signature by this very key holds.
   * @throws FogboundError `FORMAT_INVALID`, `FORMAT_TOO_NEW` or `VERIFICATION_FAILED`.
   */
  verify(bytes: Uint8Array, publicKey: Uint8Array): Promise<T>;
  /** What the bytes claim, and whose key they claim; nothing is proved yet. */
  read(bytes: Uint8Array): Claim<T>;
}

export interface Claim<T> {
  readonly value: T;
  /** The 32-byte public key named in the protected header. */
  readonly signer: Uint8Array;
  /**
   * As {@link Signed.verify}, of bytes that have been read already.
   * @throws FogboundError `VERIFICATION_FAILED`
   */
  verify(publicKey: Uint8Array): Promise<T>;
}

export function signed<T>(format: Format<T>): Signed<T> {
  const context = `fogbound/v1/${format.name}`;
  const contentType = `application/vnd.fogbound.${format.name}+cbor`;
  return {
    format,
    sign: (value, key) => signCose({ context, contentType, payload: format.encode(value), key }),
    verify: async (bytes, publicKey) => format.decode(await verifyCose({ context, contentType, bytes, publicKey })),
    read(bytes) {
      const cose = readCose(bytes);
      const value = format.decode(cose.payload);
      const verify = async (publicKey: Uint8Array): Promise<T> => {
        await verifyRead(cose, { context, contentType, publicKey });
        return value;
      };
      return { value, signer: cose.kid, verify };
    },
  };
}

/** The hash by which one signed object names another: SHA-256 over the whole signed bytes. */
export function hashOf(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}
