import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { TargetElement } from "./ibe-group.js";
import { multiplyTargets } from "./ibe-target.js";

const { Fp12 } = bls12_381.fields;

/** |x|, the parameter of the curve: p = x modulo q, so that the Frobenius map raises the target group to the power x. */
const curveParameter = bls12_381.params.ateLoopSize;
const windowBits = 6;
const windowCount = 11;
const halfWindow = 1 << (windowBits - 1);

/**
 * Powers of one fixed element of the target group.
 *
 * An exponent is four digits to the base |x| (Galbraith, Lin and Scott, EUROCRYPT 2009), each in signed windows; an
 * inverse is a conjugate. So one table of 352 elements serves all four and a power costs 44 multiplications, where
 * squaring and multiplying would cost 380.
 */
export function createTargetPower(base: TargetElement): (scalar: bigint) => TargetElement {
  const table = buildTable(base);
  return (scalar) => {
    let rest = scalar;
    let product = Fp12.ONE;
    for (let digit = 0; digit < 4; digit++) {
      const power = applyFrobenius(powerBelowParameter(table, rest % curveParameter), digit);
      product = multiplyTargets(product, power);
      rest /= curveParameter;
    }
    return product;
  };
}

/** Row w holds the powers 1 to 32 of base^(2^(6w)). */
function buildTable(base: TargetElement): TargetElement[][] {
  const table: TargetElement[][] = [];
  let first = base;
  for (let window = 0; window < windowCount; window++) {
    const row = [first];
    let last = first;
    while (row.length < halfWindow) {
      last = multiplyTargets(last, first);
      row.push(last);
    }
    table.push(row);
    first = multiplyTargets(last, last);
  }
  return table;
}

function powerBelowParameter(table: readonly (readonly TargetElement[])[], exponent: bigint): TargetElement {
  let product = Fp12.ONE;
  let carry = 0;
  table.forEach((row, window) => {
    const bits = Number((exponent >> BigInt(window * windowBits)) & 63n) + carry;
    carry = bits > halfWindow ? 1 : 0;
    const entry = row[Math.abs(bits - 64 * carry) - 1];
    if (entry !== undefined) product = multiplyTargets(product, carry === 1 ? Fp12.conjugate(entry) : entry);
  });
  return product;
}

/** element^(|x|^digit): the Frobenius map raises to x, which is negative, so odd digits are conjugated. */
function applyFrobenius(element: TargetElement, digit: number): TargetElement {
  const mapped = Fp12.frobeniusMap(element, digit);
  return digit % 2 === 1 ? Fp12.conjugate(mapped) : mapped;
}
