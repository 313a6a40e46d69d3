import { FogboundError } from "@fogbound/errors";
import { equalBytes } from "./bytes.js";
import { decodePoint, encodePoint, encodeScalar, type G1Point, multiplyGenerator, randomScalar } from "./ibe-group.js";
import { areShareIndexes, evaluatePolynomial, lagrangeCoefficient, mostShares } from "./ibe-polynomial.js";

/** What the manifest says in public about one authority's share. */
export interface ShareCommitment {
  /** From 1. */
  readonly index: number;
  /** s_i*P, 48 bytes. */
  readonly commitment: Uint8Array;
}

/** One authority's part of the master secret. `secret` is to be kept by that authority and by nobody else. */
export interface AuthorityShare extends ShareCommitment {
  /** s_i, 32 bytes, big-endian, from 1 to q - 1. */
  readonly secret: Uint8Array;
}

/** A master public key and the shares of the master secret, which itself is nowhere. */
export interface Master {
  /** s*P, 48 bytes. */
  readonly publicKey: Uint8Array;
  /** Indexes 1 to `count`, in order. */
  readonly shares: readonly AuthorityShare[];
}

/**
 * A fresh master key, shared so that any `threshold` of `count` authorities can release a key together and fewer learn
 * nothing (Shamir, 1979). One authority alone is threshold 1 of 1.
 *
 * Whoever runs this has seen the whole secret. It leaves only the shares behind, but JavaScript cannot promise to wipe it.
 *
 * @throws RangeError unless 1 <= threshold <= count <= 255.
 */
export function generateMaster(threshold: number, count: number): Master {
  requireThreshold(threshold, count);
  const coefficients = Array.from({ length: threshold }, randomScalar);
  const shares = Array.from({ length: count }, (_, at) => shareAt(coefficients, at + 1));
  return { publicKey: commitTo(evaluatePolynomial(coefficients, 0)), shares };
}

/**
 * The master public key that these commitments belong to.
 *
 * @param commitments - Of all authorities, or of `threshold` of them at least.
 * @throws RangeError unless `threshold` is a whole number from 1 to 255.
 * @throws FogboundError `VERIFICATION_FAILED` if there are fewer than `threshold`, an index is doubled or not from 1 to
 *   255, a commitment is not a point of order q, or they do not all belong to one polynomial.
 */
export function publicKeyFromCommitments(threshold: number, commitments: readonly ShareCommitment[]): Uint8Array {
  requireThreshold(threshold, mostShares);
  const points = decodeCommitments(threshold, commitments);
  const basis = points.slice(0, threshold);
  const others = points.slice(threshold);
  if (!others.every(({ index, point }) => interpolate(basis, index).equals(point)))
    throw FogboundError.verificationFailed();
  return encodePoint(requireNotZero(interpolate(basis, 0)));
}

/**
 * Whether the commitments lie on one polynomial of degree below `threshold` whose value at 0 is the public key:
 * whether any `threshold` of these authorities can open what is sealed to that key. Check it before sealing.
 *
 * @throws RangeError unless `threshold` is a whole number from 1 to 255.
 */
export function verifyCommitments(
  publicKey: Uint8Array,
  threshold: number,
  commitments: readonly ShareCommitment[],
): boolean {
  try {
    return equalBytes(publicKeyFromCommitments(threshold, commitments), publicKey);
  } catch (error) {
    if (FogboundError.isInstance(error) && error.code === "VERIFICATION_FAILED") return false;
    throw error;
  }
}

interface CommittedPoint {
  readonly index: number;
  readonly point: G1Point;
}

function decodeCommitments(threshold: number, commitments: readonly ShareCommitment[]): CommittedPoint[] {
  if (commitments.length < threshold || !areShareIndexes(commitments.map(({ index }) => index))) {
    throw FogboundError.verificationFailed();
  }
  return commitments.map(({ index, commitment }) => ({ index, point: decodePoint(commitment) }));
}

function interpolate(basis: readonly CommittedPoint[], at: number): G1Point {
  const indexes = basis.map(({ index }) => index);
  return basis
    .map(({ index, point }) => point.multiplyUnsafe(lagrangeCoefficient(indexes, index, at)))
    .reduce((sum, term) => sum.add(term));
}

function requireNotZero(point: G1Point): G1Point {
  if (point.is0()) throw FogboundError.verificationFailed();
  return point;
}

function shareAt(coefficients: readonly bigint[], index: number): AuthorityShare {
  const secret = evaluatePolynomial(coefficients, index);
  return { index, secret: encodeScalar(secret), commitment: commitTo(secret) };
}

function commitTo(scalar: bigint): Uint8Array {
  return encodePoint(multiplyGenerator(scalar));
}

function requireThreshold(threshold: number, count: number): void {
  const valid = Number.isInteger(threshold) && Number.isInteger(count) && threshold >= 1 && threshold <= count;
  if (!valid || count > mostShares) {
    throw new RangeError(`Expected 1 <= threshold <= count <= ${mostShares}, got threshold ${threshold} of ${count}.`);
  }
}
