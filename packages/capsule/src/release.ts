import { generateSealingKey, label, openSealed, type SealingKey, sha256, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type InstanceId, sameBytes } from "@fogbound/protocol";

/** A key made for the shares of one answer, and forgotten with it. */
export class ShareRecipient {
  readonly publicKey: Uint8Array;
  readonly #key: SealingKey;

  private constructor(key: SealingKey) {
    this.publicKey = key.publicKey;
    this.#key = key;
  }

  static async generate(): Promise<ShareRecipient> {
    return new ShareRecipient(await generateSealingKey());
  }

  /**
   * The decryption share an authority sealed to this key.
   * @param expected its SHA-256, from the signed answer
   * @throws FogboundError `VERIFICATION_FAILED`.
   */
  async open(sealed: Uint8Array, requestHash: Uint8Array, expected: Uint8Array): Promise<Uint8Array> {
    const share = await openSealed(this.#key, label("share"), sealed, requestHash);
    if (!sameBytes(sha256(share), expected)) throw FogboundError.verificationFailed();
    return share;
  }
}

/** The item key, once shares of enough authorities are there. @throws FogboundError `VERIFICATION_FAILED` when one was wrong. */
export async function unwrapItemKey(wrap: Uint8Array, shares: readonly Uint8Array[]): Promise<Uint8Array> {
  const { combineShares, unwrapKey } = await import("@fogbound/crypto/ibe");
  return unwrapKey(wrap, combineShares(shares));
}

/** The host part's key, as an authority released it to an instance. @throws FogboundError `VERIFICATION_FAILED`. */
export function openHostPartKey(sealed: Uint8Array, recipient: SealingKey, instance: InstanceId): Promise<Uint8Array> {
  return openSealed(recipient, label("host-part-key"), sealed, utf8(instance));
}
