import type { Fp2, Fp6, Fp12 } from "@noble/curves/abstract/tower.js";
import {
  add2,
  add6,
  multiply2,
  multiply6,
  reduce2,
  reduce6,
  square2,
  subtract2,
  subtract6,
  timesNonResidue,
  timesV,
} from "./ibe-tower.js";

/**
 * The product of two elements of Fp12, reduced.
 *
 * The same Karatsuba products as in @noble/curves, but a coefficient is reduced once, at the end, and not after every
 * step (lazy reduction: Aranha and others, EUROCRYPT 2011): 12 divisions of big integers in place of 54.
 */
export function multiplyTargets(left: Fp12, right: Fp12): Fp12 {
  const low = multiply6(left.c0, right.c0);
  const high = multiply6(left.c1, right.c1);
  const cross = multiply6(add6(left.c0, left.c1), add6(right.c0, right.c1));
  return {
    c0: {
      c0: reduce2(add2(low.c0, timesNonResidue(high.c2))),
      c1: reduce2(add2(low.c1, high.c0)),
      c2: reduce2(add2(low.c2, high.c1)),
    },
    c1: reduce6(subtract6(cross, add6(low, high))),
  };
}

/** The square of an element of order dividing Φ12(p), by Granger and Scott (PKC 2010, section 3.2), reduced. */
export function squareCyclotomic({ c0: even, c1: odd }: Fp12): Fp12 {
  const first = square4(even.c0, odd.c1);
  const second = square4(odd.c0, even.c2);
  const third = square4(even.c1, odd.c2);
  return {
    c0: {
      c0: reduce2(tripleMinusDouble(first.c0, even.c0)),
      c1: reduce2(tripleMinusDouble(second.c0, even.c1)),
      c2: reduce2(tripleMinusDouble(third.c0, even.c2)),
    },
    c1: {
      c0: reduce2(triplePlusDouble(timesNonResidue(third.c1), odd.c0)),
      c1: reduce2(triplePlusDouble(first.c1, odd.c1)),
      c2: reduce2(triplePlusDouble(second.c1, odd.c2)),
    },
  };
}

/** The square of any element of Fp12, reduced. */
export function squareTarget({ c0, c1 }: Fp12): Fp12 {
  const cross = reduce6(multiply6(c0, c1));
  const product = multiply6(add6(c0, c1), add6(c0, timesV(c1)));
  return {
    c0: reduce6(subtract6(product, add6(cross, timesV(cross)))),
    c1: reduce6(add6(cross, cross)),
  };
}

/** Times the sparse element a + b*v + c*v*w, which is what a line of the Miller loop comes to. */
export function multiplyByLine({ c0: even, c1: odd }: Fp12, a: Fp2, b: Fp2, c: Fp2): Fp12 {
  const low = multiplySparse(even, a, b);
  const high = timesV({
    c0: multiply2(odd.c0, c),
    c1: multiply2(odd.c1, c),
    c2: multiply2(odd.c2, c),
  });
  const cross = multiplySparse(add6(even, odd), a, add2(b, c));
  return { c0: reduce6(add6(low, timesV(high))), c1: reduce6(subtract6(cross, add6(low, high))) };
}

/** Times a + b*v. */
function multiplySparse({ c0, c1, c2 }: Fp6, a: Fp2, b: Fp2): Fp6 {
  const first = multiply2(c0, a);
  const second = multiply2(c1, b);
  return {
    c0: add2(first, timesNonResidue(multiply2(c2, b))),
    c1: subtract2(multiply2(add2(c0, c1), add2(a, b)), add2(first, second)),
    c2: add2(second, multiply2(c2, a)),
  };
}

/** The square of a + b*t in Fp4 = Fp2[t]/(t^2 - (1 + u)). */
function square4(a: Fp2, b: Fp2): { c0: Fp2; c1: Fp2 } {
  const first = square2(a);
  const second = square2(b);
  return {
    c0: add2(first, timesNonResidue(second)),
    c1: subtract2(square2(add2(a, b)), add2(first, second)),
  };
}

function tripleMinusDouble(triple: Fp2, double: Fp2): Fp2 {
  return { c0: 3n * triple.c0 - 2n * double.c0, c1: 3n * triple.c1 - 2n * double.c1 };
}

function triplePlusDouble(triple: Fp2, double: Fp2): Fp2 {
  return { c0: 3n * triple.c0 + 2n * double.c0, c1: 3n * triple.c1 + 2n * double.c1 };
}
