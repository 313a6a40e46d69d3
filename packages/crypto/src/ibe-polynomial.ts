import { bls12_381 } from "@noble/curves/bls12-381.js";

const { Fr } = bls12_381.fields;

/** Most authorities one public key can be shared among, and the highest index of a share. */
export const mostShares = 255;

/** The value at `at` of the polynomial with these coefficients, lowest degree first, over Z_q. */
export function evaluatePolynomial(coefficients: readonly bigint[], at: number): bigint {
  return coefficients.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, BigInt(at)), coefficient), Fr.ZERO);
}

/**
 * The weight of the value at `own` when the polynomial through the values at `indexes` is read at `at`.
 *
 * @param indexes - Distinct, with `own` among them.
 * @param at - 0 for the shared secret itself.
 */
export function lagrangeCoefficient(indexes: readonly number[], own: number, at: number): bigint {
  let numerator = Fr.ONE;
  let denominator = Fr.ONE;
  for (const other of indexes) {
    if (other === own) continue;
    numerator = Fr.mul(numerator, Fr.create(BigInt(at - other)));
    denominator = Fr.mul(denominator, Fr.create(BigInt(own - other)));
  }
  return Fr.div(numerator, denominator);
}

/** Whether these are one or more distinct indexes of shares. */
export function areShareIndexes(indexes: readonly number[]): boolean {
  const each = indexes.every((index) => Number.isInteger(index) && index >= 1 && index <= mostShares);
  return each && indexes.length > 0 && new Set(indexes).size === indexes.length;
}
