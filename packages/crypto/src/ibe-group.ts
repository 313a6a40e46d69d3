import { FogboundError } from "@fogbound/errors";
import type { Fp2, Fp6, Fp12 } from "@noble/curves/abstract/tower.js";
import type { WeierstrassPoint } from "@noble/curves/abstract/weierstrass.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import { concatBytes, equalBytes } from "./bytes.js";
import { randomBytes } from "./random.js";

export type G1Point = WeierstrassPoint<bigint>;
export type G2Point = WeierstrassPoint<Fp2>;

/** A value of the pairing: an element of order q in Fp12. */
export type TargetElement = Fp12;

/** q, the prime order of G1, G2 and the target group. */
export const groupOrder: bigint = bls12_381.fields.Fr.ORDER;
const scalarLength = 32;
export const pointLength = 48;
export const targetLength = 576;

const { Fp } = bls12_381.fields;

// A copy of its own, so that the wider window (26 ms once, then half the time) is not set on the library's generator.
const generator = bls12_381.G1.Point.fromAffine(bls12_381.G1.Point.BASE.toAffine()).precompute(6);

/** scalar*P for the generator P of G1. @param scalar - From 1 to q - 1. */
export function multiplyGenerator(scalar: bigint): G1Point {
  return generator.multiply(scalar);
}

/**
 * Compressed, 48 bytes, as in draft-irtf-cfrg-pairing-friendly-curves appendix C (from ZCash): x, with the bit for
 * *compressed* and the bit that says whether y is the larger root. The library's own encoder checks the subgroup each
 * time, which costs more than the multiplication before it.
 *
 * @param point - Of order q; not the identity.
 */
export function encodePoint(point: G1Point): Uint8Array {
  const { x, y } = point.toAffine();
  const bytes = numberToBytesBE(x, pointLength);
  bytes[0] = (bytes[0] ?? 0) | (2n * y > Fp.ORDER ? 0xa0 : 0x80);
  return bytes;
}

/**
 * A point of G1 other than the identity.
 *
 * The subgroup check is not optional: a point of small order would make a pairing with a secret an oracle for the
 * secret modulo that order.
 *
 * @throws FogboundError `VERIFICATION_FAILED` unless the bytes are the one encoding of a point of order q.
 */
export function decodePoint(bytes: Uint8Array): G1Point {
  if (bytes.length !== pointLength) throw FogboundError.verificationFailed();
  const point = parsePoint(bytes);
  if (point.is0() || !equalBytes(encodePoint(point), bytes)) throw FogboundError.verificationFailed();
  return point;
}

function parsePoint(bytes: Uint8Array): G1Point {
  try {
    const point = bls12_381.G1.Point.fromBytes(bytes);
    // On the curve and of order q or 1. `fromBytes` has checked it too and the result is kept: this costs nothing, and
    // does not rest on a promise that is only in the library's source.
    point.assertValidity();
    return point;
  } catch (cause) {
    throw FogboundError.verificationFailed(cause);
  }
}

/** H1: an identity to its point in G2, by RFC 9380 `hash_to_curve`. */
export function hashIdentity(identity: Uint8Array, tag: Uint8Array): G2Point {
  return bls12_381.G2.hashToCurve(identity, { DST: tag });
}

/** 32 bytes, big-endian. */
export function encodeScalar(scalar: bigint): Uint8Array {
  return numberToBytesBE(scalar, scalarLength);
}

/** @throws RangeError unless the bytes are a scalar from 1 to q - 1: a share is a secret of the caller's own. */
export function decodeScalar(bytes: Uint8Array): bigint {
  const scalar = bytes.length === scalarLength ? bytesToNumberBE(bytes) : 0n;
  if (scalar < 1n || scalar >= groupOrder) {
    throw new RangeError(
      `Expected a secret of 32 bytes from 1 to q - 1, got ${bytes.length} bytes outside that range.`,
    );
  }
  return scalar;
}

/** Uniform over 1 to q - 1 to within 2^-128. */
export function randomScalar(): bigint {
  return (bytesToNumberBE(randomBytes(48)) % (groupOrder - 1n)) + 1n;
}

/** 576 bytes: the twelve coefficients, highest degree first at every level of the tower, as the encoding of G2 has it. */
export function encodeTarget({ c0, c1 }: TargetElement): Uint8Array {
  return concatBytes(...[c1, c0].flatMap(coefficients).map((value) => Fp.toBytes(value)));
}

function coefficients({ c0, c1, c2 }: Fp6): bigint[] {
  return [c2, c1, c0].flatMap((value) => [value.c1, value.c0]);
}

/**
 * The field element that 576 bytes stand for. It need not be of order q: whoever decodes a share holds no secret that
 * a wrong element could draw out, and the FullIdent check finds every wrong product.
 *
 * @throws FogboundError `VERIFICATION_FAILED` for another length, a coefficient that is not below p, or zero.
 */
export function decodeTarget(bytes: Uint8Array): TargetElement {
  if (bytes.length !== targetLength) throw FogboundError.verificationFailed();
  const half = targetLength / 2;
  const element = { c0: decodeFp6(bytes.subarray(half)), c1: decodeFp6(bytes.subarray(0, half)) };
  if (bls12_381.fields.Fp12.is0(element)) throw FogboundError.verificationFailed();
  return element;
}

function decodeFp6(bytes: Uint8Array): Fp6 {
  return {
    c0: decodeFp2(bytes.subarray(192)),
    c1: decodeFp2(bytes.subarray(96, 192)),
    c2: decodeFp2(bytes.subarray(0, 96)),
  };
}

function decodeFp2(bytes: Uint8Array): Fp2 {
  return { c0: decodeFp(bytes.subarray(48)), c1: decodeFp(bytes.subarray(0, 48)) };
}

function decodeFp(bytes: Uint8Array): bigint {
  const value = bytesToNumberBE(bytes);
  if (value >= Fp.ORDER) throw FogboundError.verificationFailed();
  return value;
}
