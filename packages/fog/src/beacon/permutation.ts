import { FF1 } from "@noble/ciphers/ff1.js";

/** A keyed bijection of the numbers from 0 to below its domain; each tweak is another one. */
export interface Permutation {
  forward(value: bigint, tweak: Uint8Array): bigint;
  backward(value: bigint, tweak: Uint8Array): bigint;
}

/** FF1 is not to be used on fewer values (NIST SP 800-38G revision 1, section 5.1). */
const fewestForFf1 = 1_000_000n;

const largestRadix = 65_535n;

/**
 * FF1 with AES-256 (NIST SP 800-38G revision 1) over numerals of the radix that fits the domain best. Where it does not
 * fit to the unit, the cipher walks on until the value lies in the domain: a handful of steps at the very most.
 *
 * @param key 32 bytes, used for this domain alone
 */
export function permutation(key: Uint8Array, domain: bigint): Permutation {
  const { radix, length } = numerals(domain < fewestForFf1 ? fewestForFf1 : domain);
  const walk = (value: bigint, step: (numerals: number[]) => number[]): bigint => {
    let at = value;
    do at = fromNumerals(step(toNumerals(at, radix, length)), radix);
    while (at >= domain);
    return at;
  };
  return {
    forward: (value, tweak) => walk(value, FF1(Number(radix), key, tweak).encrypt),
    backward: (value, tweak) => walk(value, FF1(Number(radix), key, tweak).decrypt),
  };
}

function numerals(domain: bigint): { readonly radix: bigint; readonly length: number } {
  for (let length = 2; ; length++) {
    const radix = rootUp(domain, length);
    if (radix <= largestRadix) return { radix, length };
  }
}

/** The smallest whole number whose power is at least the value. */
function rootUp(value: bigint, power: number): bigint {
  let low = 2n;
  let high = 1n << BigInt(Math.ceil(value.toString(2).length / power) + 1);
  while (low < high) {
    const middle = (low + high) / 2n;
    if (middle ** BigInt(power) >= value) high = middle;
    else low = middle + 1n;
  }
  return low;
}

function toNumerals(value: bigint, radix: bigint, length: number): number[] {
  const result = new Array<number>(length).fill(0);
  let rest = value;
  for (let at = length - 1; at >= 0; at--) {
    result[at] = Number(rest % radix);
    rest /= radix;
  }
  return result;
}

function fromNumerals(values: readonly number[], radix: bigint): bigint {
  return values.reduce((sum, value) => sum * radix + BigInt(value), 0n);
}
