import { concatBytes } from "@fogbound/crypto";

/** What a decoy has beside its content, so that it is as long as it should be. */
export interface Spare {
  /** Of the content of each page, which part is in it. */
  readonly share: number;
  /** Blanks at the end of the XMP. */
  readonly padding: number;
  /** Data that nothing names; none for nothing. */
  readonly leftOver: Uint8Array;
}

export interface FitOptions {
  readonly length: number;
  /** Whether there is XMP. */
  readonly hasPacket: boolean;
  random(count: number): Uint8Array;
}

/** What packets of XMP have by custom: ISO 16684-1 speaks of 2 to 4 KiB. */
const mostPadding = 4096;
/** An object is no smaller. */
const smallest = 160;
const line = 0x0a;

/**
 * A file of exactly `length` bytes: as much of each page as fits, which is nearly always all; blanks in the XMP first, then data that nothing names, and for the last bytes ends of
 * lines behind it. Too short for a file, it is the beginning of one.
 */
export function fittedFile(write: (spare: Spare) => Uint8Array, { length, hasPacket, random }: FitOptions): Uint8Array {
  const none = new Uint8Array();
  const share = mostShare((tried) => write({ share: tried, padding: 0, leftOver: none }).length, length);
  const bare = write({ share, padding: 0, leftOver: none });
  const missing = length - bare.length;
  if (missing <= 0) return bare.slice(0, length);
  const padding = hasPacket ? Math.min(mostPadding, missing) : 0;
  const data = missing - padding > smallest ? random(missing - padding) : none;
  let best = bare;
  let [blanks, count] = [padding, data.length];
  for (let tries = 0; tries < 6 && best.length !== length; tries++) {
    const made = write({ share, padding: blanks, leftOver: data.subarray(0, count) });
    const over = made.length - length;
    if (over <= 0 && made.length > best.length) best = made;
    // Numbers that grow by a digit can make one byte unreachable.
    if (count > 0) count = Math.min(data.length, Math.max(1, count - over));
    else blanks = Math.max(0, blanks - over);
  }
  return concatBytes(best, new Uint8Array(length - best.length).fill(line));
}

/** The share, by sixty-fourths, of which a file is no longer than `length`; 0 when none is. */
function mostShare(lengthOf: (share: number) => number, length: number): number {
  if (lengthOf(1) <= length) return 1;
  let low = 0;
  let high = 64;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (lengthOf(middle / 64) <= length) low = middle;
    else high = middle;
  }
  return low / 64;
}
