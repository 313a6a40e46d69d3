/** x^8 + x^4 + x^3 + x^2 + 1: the field of JavaReedSolomon and of nearly every other erasure code. */
const fieldPolynomial = 0x11d;
/** How many elements are not zero. 2 generates them all. */
const order = 255;

const field = /* @__PURE__ */ tables();

function tables(): { powers: Uint8Array; logarithms: Uint8Array } {
  const powers = new Uint8Array(order);
  const logarithms = new Uint8Array(order + 1);
  let value = 1;
  for (let exponent = 0; exponent < order; exponent++) {
    powers[exponent] = value;
    logarithms[value] = exponent;
    value = value < 128 ? value << 1 : (value << 1) ^ fieldPolynomial;
  }
  return { powers, logarithms };
}

/** The product in GF(2^8); the sum is `^`. */
export function multiply(left: number, right: number): number {
  return left === 0 || right === 0 ? 0 : power(logarithm(left) + logarithm(right));
}

/**
 * A row for each target: what to multiply the values at `points` with, so that the sum is the value at the target of
 * the one polynomial through them (Lagrange). The points differ from one another and from the targets.
 */
export function weightsAt(targets: readonly number[], points: readonly number[]): number[][] {
  const fromOthers = points.map((point) => distance(point, points));
  return targets.map((target) => {
    const whole = distance(target, points);
    return points.map((point, at) => power(whole - logarithm(target ^ point) - (fromOthers[at] ?? 0)));
  });
}

/** The logarithm of the product of the differences between a value and each of the points that is another. */
function distance(value: number, points: readonly number[]): number {
  let sum = 0;
  for (const point of points) if (point !== value) sum += logarithm(value ^ point);
  return sum;
}

function power(exponent: number): number {
  const remainder = exponent % order;
  return field.powers[remainder < 0 ? remainder + order : remainder] ?? 0;
}

function logarithm(value: number): number {
  return field.logarithms[value] ?? 0;
}
