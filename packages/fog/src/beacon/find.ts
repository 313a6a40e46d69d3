import { sha256, toHex } from "@fogbound/crypto";
import type { CompiledShape } from "./compile.js";
import { plainText } from "./markup.js";
import type { Reading } from "./read-write.js";
import { type IdentifierShape, identifierShape } from "./shape.js";
import { shapeCipher } from "./shape-cipher.js";
import { Tally } from "./tally.js";
import { type BeaconReport, type IssuedEpisode, reportOf } from "./verdict.js";
import { type Window, windowsOf } from "./windows.js";

export interface FindBeaconsOptions {
  /** Those of the capsule's decoys; at least one. One that comes several times counts once. */
  readonly shapes: readonly IdentifierShape[];
  /** The episodes decoys were made for. Without it any could be, and it takes more identifiers to name one. */
  readonly issued?: readonly IssuedEpisode[];
  /** What is less likely by chance than this is named. Default: one in a million. */
  readonly chance?: number;
}

const namedBelow = 1e-6;

/**
 * Names the episodes whose decoys a fragment was copied from. Identifiers may have been put into another order, other
 * columns taken away, separators, case and quotes changed, lines broken and quoted; each must still have its own letters
 * and digits in a row. Time grows with the fragment and the number of shapes, memory does not grow with it.
 *
 * @param beaconKey of the capsule: 32 bytes
 * @param fragment UTF-8, UTF-16 or an eight-bit encoding; what is compressed or in base64 must be unpacked before
 * @throws RangeError for another key, no shape, a shape that cannot carry marks, or a chance that is not from 0 to 1
 */
export async function findBeacons(
  beaconKey: Uint8Array,
  fragment: AsyncIterable<Uint8Array> | string,
  options: FindBeaconsOptions,
): Promise<BeaconReport> {
  const { shapes, issued = null, chance = namedBelow } = options;
  if (shapes.length === 0) throw new RangeError("Expected at least one shape to look for, got none.");
  if (!(chance >= 0 && chance <= 1)) throw new RangeError(`Expected a chance from 0 to 1, got ${chance}.`);
  const ciphers = withoutDoubles(shapes).map((shape) => shapeCipher(beaconKey, shape));
  const tally = new Tally(ciphers, issued);
  const longest = Math.max(...ciphers.map(({ compiled }) => compiled.longest));
  for await (const window of windowsOf(plainText(fragment), longest)) {
    for (const start of window.starts) {
      for (const [at, { compiled }] of ciphers.entries()) {
        for (const reading of readingsAt(compiled, window, start)) tally.add(at, reading);
      }
    }
  }
  return reportOf(tally, ciphers, issued, chance);
}

/** An identifier that counted once for each item of its shape would be proof of anything. */
function withoutDoubles(shapes: readonly IdentifierShape[]): readonly IdentifierShape[] {
  return [...new Map(shapes.map((shape) => [toHex(sha256(identifierShape.encode(shape))), shape])).values()];
}

function* readingsAt(shape: CompiledShape, window: Window, start: number): Generator<Reading> {
  for (const reading of shape.read(window.text, start)) if (window.isEnd(reading.end)) yield reading;
  for (const zeros of shape.zerosLost) {
    const text = "0".repeat(zeros) + window.text.slice(start, start + shape.longest);
    for (const reading of shape.read(text, 0)) if (window.isEnd(start + reading.end - zeros)) yield reading;
  }
}
