import type { IdentifierShape } from "./shape.js";
import { type ShapeCipher, shapeCipher } from "./shape-cipher.js";

/** What a decoy asks for its identifiers: one episode's, under one capsule's beacon key. */
export interface Marks {
  /**
   * The identifier of a row, counted from 0: always the same for the same shape and row, and different from that of every
   * other row and every other episode, within what `capacityOf(shape)` allows.
   *
   * @throws RangeError for a shape that cannot carry marks, or a row that is not a whole number from 0.
   */
  identifier(shape: IdentifierShape, row: number): string;
}

/**
 * The marks of one episode. Number the episodes of a capsule one after another: a shape of six digits has a thousand, and
 * a number above that gets the identifiers of an earlier one. Shapes are remembered by identity: pass the same object.
 *
 * @param beaconKey of the capsule: 32 bytes
 * @param episode a whole number from 0
 * @throws RangeError for another key or episode
 */
export function marksOf(beaconKey: Uint8Array, episode: number): Marks {
  refuseOdd("an episode", episode);
  const ciphers = new WeakMap<IdentifierShape, ShapeCipher>();
  return {
    identifier(shape, row) {
      refuseOdd("a row", row);
      const cipher = ciphers.get(shape) ?? shapeCipher(beaconKey, shape);
      ciphers.set(shape, cipher);
      return cipher.identifier({ episode: BigInt(episode), row });
    },
  };
}

function refuseOdd(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`Expected ${what} as a whole number from 0, got ${value}.`);
}
