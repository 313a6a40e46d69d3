import type { Fp2 } from "@noble/curves/abstract/tower.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { G1Point, G2Point, TargetElement } from "./ibe-group.js";
import { multiplyByLine, multiplyTargets, squareCyclotomic, squareTarget } from "./ibe-target.js";

const { Fp, Fp12 } = bls12_381.fields;
const curveParameter = bls12_381.params.ateLoopSize;

/** The lines of the Miller loop of one point of G2: all of a pairing that does not depend on the other point. */
export type PairingLines = ReturnType<typeof bls12_381.utils.calcPairingPrecomputes>;

export function prepareLines(point: G2Point): PairingLines {
  return bls12_381.utils.calcPairingPrecomputes(point);
}

/**
 * The pairing of a point of G1 and the point of G2 that the lines belong to; the same value as @noble/curves gives.
 *
 * @param point - Of order q: neither the identity nor unchecked bytes.
 */
export function pairWithLines(point: G1Point, lines: PairingLines): TargetElement {
  const { x, y } = point.toAffine();
  let value = Fp12.ONE;
  for (const step of lines) {
    value = squareTarget(value);
    for (const [a, b, c] of step) value = multiplyByLine(value, a, scale(b, x), scale(c, y));
  }
  return exponentiate(Fp12.conjugate(value));
}

/**
 * To the power (p^12 - 1)/q times a constant prime to q that @noble/curves has too. The exponent of the hard part is
 * written in the curve's parameter x: (x - 1)^2 * (x + p) * (x^2 + p^2 - 1) + 3 (Hayashida, Hayasaka and Teruya,
 * eprint 2020/875).
 */
function exponentiate(value: TargetElement): TargetElement {
  const easy = Fp12.div(Fp12.conjugate(value), value);
  const base = multiplyTargets(Fp12.frobeniusMap(easy, 2), easy);
  const first = multiplyTargets(raiseToParameter(base), Fp12.conjugate(base));
  const second = multiplyTargets(raiseToParameter(first), Fp12.conjugate(first));
  const third = multiplyTargets(raiseToParameter(second), Fp12.frobeniusMap(second, 1));
  const fourth = raiseToParameter(raiseToParameter(third));
  const fifth = multiplyTargets(Fp12.frobeniusMap(third, 2), Fp12.conjugate(third));
  const cube = multiplyTargets(squareCyclotomic(base), base);
  return multiplyTargets(multiplyTargets(fourth, fifth), cube);
}

/** To the power x. The parameter is negative, and an inverse in the cyclotomic subgroup is a conjugate. */
function raiseToParameter(base: TargetElement): TargetElement {
  let power = base;
  for (const bit of parameterBits) {
    power = squareCyclotomic(power);
    if (bit === "1") power = multiplyTargets(power, base);
  }
  return Fp12.conjugate(power);
}

/** The bits of |x| below the highest. */
const parameterBits = curveParameter.toString(2).slice(1);

function scale({ c0, c1 }: Fp2, factor: bigint): Fp2 {
  return { c0: Fp.mul(c0, factor), c1: Fp.mul(c1, factor) };
}
