import { fillRandom } from "#platform";

/** Fresh bytes of the system's cryptographic generator. @throws RangeError unless `length` is a whole number from 0. */
export function randomBytes(length: number): Uint8Array {
  return fillRandom(new Uint8Array(length));
}
