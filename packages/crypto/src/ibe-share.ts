import { FogboundError } from "@fogbound/errors";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { decryptFullIdent, splitCiphertext } from "./ibe-full-ident.js";
import { decodePoint, decodeScalar, decodeTarget, encodeTarget, hashIdentity } from "./ibe-group.js";
import type { AuthorityShare } from "./ibe-master.js";
import { type PairingLines, pairWithLines, prepareLines } from "./ibe-pairing.js";
import { areShareIndexes, lagrangeCoefficient } from "./ibe-polynomial.js";
import { fogboundSuite } from "./ibe-suite.js";
import { multiplyTargets } from "./ibe-target.js";

/**
 * What one authority needs to release shares under one identity within one set of authorities: λ_i*s_i*Q, worked up
 * for pairing. It is as secret as the share itself and never leaves the authority; it cannot be printed or copied.
 * Made by `createShareKey`.
 */
export class ShareKey {
  readonly #lines: PairingLines;

  constructor(lines: PairingLines) {
    this.#lines = lines;
  }

  /** e(U, λ_i*s_i*Q) for the U of a wrap. See `releaseShare`. */
  release(wrap: Uint8Array): Uint8Array {
    const [pointBytes] = splitCiphertext(fogboundSuite, wrap);
    return encodeTarget(pairWithLines(decodePoint(pointBytes), this.#lines));
  }
}

/**
 * The key by which an authority releases shares. Costs several times what a release does: keep it while the capsule is
 * asked for.
 *
 * @param share - The authority's own index and secret.
 * @param indexes - The authorities whose shares will be combined, in any order, this one among them. That there are as
 *   many as the manifest's threshold, and that all stand in it, is for the caller to check.
 * @param identity - The same bytes as were given to `createWrapper`.
 * @throws RangeError if the secret is not 32 bytes of a scalar from 1 to q - 1.
 * @throws FogboundError `FORMAT_INVALID` if `indexes`, which a host names, are not distinct whole numbers from 1 to 255
 *   with the authority's own among them.
 */
export function createShareKey(
  share: Pick<AuthorityShare, "index" | "secret">,
  indexes: readonly number[],
  identity: Uint8Array,
): ShareKey {
  if (!areShareIndexes(indexes) || !indexes.includes(share.index)) {
    throw new FogboundError(
      "FORMAT_INVALID",
      `Expected distinct indexes of authorities from 1 to 255, ${share.index} among them, got [${indexes.join(", ")}].`,
    );
  }
  const weight = lagrangeCoefficient(indexes, share.index, 0);
  const scalar = bls12_381.fields.Fr.mul(weight, decodeScalar(share.secret));
  return new ShareKey(prepareLines(hashIdentity(identity, fogboundSuite.identityTag).multiply(scalar)));
}

/**
 * One authority's decryption share of one wrap: 576 bytes, good for that wrap and that set of authorities only.
 *
 * Whether the wrap stands in a manifest in force is for the caller to check first. A share carries no proof that it
 * is right, and pairings alone cannot check it against the authority's commitment (that would take a proof of equal
 * logarithms). `unwrapKey` tells whether all shares together were right, not which was wrong.
 *
 * @throws FogboundError `VERIFICATION_FAILED` if the wrap is not 112 bytes, or its U is not the one encoding of a point
 *   of order q in G1.
 */
export function releaseShare(shareKey: ShareKey, wrap: Uint8Array): Uint8Array {
  return shareKey.release(wrap);
}

/**
 * The product of the shares of one wrap, 576 bytes: e(U, identity key) if they are the shares of exactly the
 * authorities that each was asked to combine with.
 *
 * @throws RangeError for no shares at all.
 * @throws FogboundError `VERIFICATION_FAILED` if one is not the one encoding of a field element other than zero.
 */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array {
  if (shares.length === 0) throw new RangeError("Expected the shares of at least one authority, got none.");
  return encodeTarget(shares.map(decodeTarget).reduce(multiplyTargets));
}

/**
 * The item key, 32 bytes, from its wrap and the combined shares.
 *
 * The FullIdent check at its end binds the result to the wrap: a wrong, missing or surplus share, another identity or
 * one flipped bit anywhere fails, and no choice of shares can lead to another key than the one that was wrapped.
 *
 * @throws FogboundError `VERIFICATION_FAILED` in all these cases, and for wrong lengths.
 */
export function unwrapKey(wrap: Uint8Array, combined: Uint8Array): Uint8Array {
  return decryptFullIdent(fogboundSuite, decodeTarget(combined), wrap);
}
