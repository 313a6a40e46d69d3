import type { Fp2, Fp6 } from "@noble/curves/abstract/tower.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";

// Coefficients are plain integers here, of any size and sign; only reduce2 and reduce6 bring them to 0 to p - 1.

const fieldOrder = bls12_381.fields.Fp.ORDER;

export function multiply6(left: Fp6, right: Fp6): Fp6 {
  const first = multiply2(left.c0, right.c0);
  const second = multiply2(left.c1, right.c1);
  const third = multiply2(left.c2, right.c2);
  const secondThird = multiply2(add2(left.c1, left.c2), add2(right.c1, right.c2));
  const firstSecond = multiply2(add2(left.c0, left.c1), add2(right.c0, right.c1));
  const firstThird = multiply2(add2(left.c0, left.c2), add2(right.c0, right.c2));
  return {
    c0: add2(first, timesNonResidue(subtract2(secondThird, add2(second, third)))),
    c1: add2(subtract2(firstSecond, add2(first, second)), timesNonResidue(third)),
    c2: add2(subtract2(firstThird, add2(first, third)), second),
  };
}

export function multiply2(left: Fp2, right: Fp2): Fp2 {
  const first = left.c0 * right.c0;
  const second = left.c1 * right.c1;
  return { c0: first - second, c1: (left.c0 + left.c1) * (right.c0 + right.c1) - first - second };
}

export function square2({ c0, c1 }: Fp2): Fp2 {
  return { c0: (c0 + c1) * (c0 - c1), c1: 2n * c0 * c1 };
}

/** Times 1 + u. */
export function timesNonResidue({ c0, c1 }: Fp2): Fp2 {
  return { c0: c0 - c1, c1: c0 + c1 };
}

/** Times v, whose cube is 1 + u. */
export function timesV({ c0, c1, c2 }: Fp6): Fp6 {
  return { c0: timesNonResidue(c2), c1: c0, c2: c1 };
}

export function add6(left: Fp6, right: Fp6): Fp6 {
  return { c0: add2(left.c0, right.c0), c1: add2(left.c1, right.c1), c2: add2(left.c2, right.c2) };
}

export function subtract6(left: Fp6, right: Fp6): Fp6 {
  return { c0: subtract2(left.c0, right.c0), c1: subtract2(left.c1, right.c1), c2: subtract2(left.c2, right.c2) };
}

export function add2(left: Fp2, right: Fp2): Fp2 {
  return { c0: left.c0 + right.c0, c1: left.c1 + right.c1 };
}

export function subtract2(left: Fp2, right: Fp2): Fp2 {
  return { c0: left.c0 - right.c0, c1: left.c1 - right.c1 };
}

export function reduce6({ c0, c1, c2 }: Fp6): Fp6 {
  return { c0: reduce2(c0), c1: reduce2(c1), c2: reduce2(c2) };
}

export function reduce2({ c0, c1 }: Fp2): Fp2 {
  return { c0: reduce(c0), c1: reduce(c1) };
}

function reduce(value: bigint): bigint {
  const rest = value % fieldOrder;
  return rest < 0n ? rest + fieldOrder : rest;
}
