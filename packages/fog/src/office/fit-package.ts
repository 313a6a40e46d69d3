import { concatBytes, utf8 } from "@fogbound/crypto";
import type { Part } from "./office-model.js";
import { canPad, padding } from "./padding.js";
import { type PackedEntry, packed, writeZip, zipLength } from "./zip-writer.js";

/** What fills a decoy: row after row, paragraph after paragraph. */
export interface Filling {
  readonly parts: readonly Part[];
  /** Units that the decoy is expected to have. */
  readonly expected: number;
  /** The XML of each part with the first `units` units in it; a share of the next one, where it can be cut. */
  render(units: number, share: number): readonly string[];
  /** Pieces that the unit behind the first `units` can be cut into; 0 for one that cannot be cut. */
  pieces(units: number): number;
  /** Milliseconds since 1970, of the archive's entries. */
  readonly time: number;
}

interface Candidate {
  readonly entries: readonly PackedEntry[];
  readonly length: number;
}

/**
 * A package of exactly `length` bytes: as many units as fit, as much of the next as fits, and what is then left over, a few
 * bytes, as blocks of deflate with nothing in them. Too short for a package, it is the beginning of one.
 */
export function fittedPackage(filling: Filling, length: number): Uint8Array {
  const packer = new Packer(filling);
  const empty = packer.candidate(0, 0);
  if (empty.length > length || !canPad(length - empty.length)) {
    return concatBytes(writeZip(empty.entries, filling.time), new Uint8Array(length)).slice(0, length);
  }
  let best = { units: 0, candidate: empty };
  const units = mostUnits(packer, length, empty.length);
  for (let less = 0; less < 8 && units - less > 0; less++) {
    const candidate = packer.candidate(units - less, 0);
    if (candidate.length > length || !canPad(length - candidate.length)) continue;
    best = { units: units - less, candidate };
    break;
  }
  const finer = cutUnit(packer, best.units, length) ?? best.candidate;
  return writeZip(padded(finer, length), filling.time);
}

class Packer {
  readonly filling: Filling;
  readonly #known = new Map<string, { readonly xml: string; readonly entry: PackedEntry }>();

  constructor(filling: Filling) {
    this.filling = filling;
  }

  /** Parts that did not change since the last time are not deflated again. */
  candidate(units: number, share: number): Candidate {
    const xml = this.filling.render(units, share);
    const entries = this.filling.parts.map(({ name, look }, at) => {
      const text = xml[at] ?? "";
      const known = this.#known.get(name);
      if (known?.xml === text) return known.entry;
      const entry = packed(name, look, utf8(text));
      this.#known.set(name, { xml: text, entry });
      return entry;
    });
    return { entries, length: zipLength(entries) };
  }
}

/** Rows that are all alike deflate to nothing: there is an end to how many a decoy has. */
const mostOfExpected = 8;
const fewestTried = 64;

/** The most units that fit, or nearly: each step guesses from the bytes of the last, and halves where that does not help. */
function mostUnits(packer: Packer, length: number, empty: number): number {
  let low = 0;
  let high = mostOfExpected * packer.filling.expected + fewestTried;
  let lowLength = empty;
  let guess = Math.max(1, packer.filling.expected);
  for (let step = 0; step < 32 && high - low > 1; step++) {
    const units = Math.min(high - 1, Math.max(low + 1, guess));
    const made = packer.candidate(units, 0).length;
    const perUnit = Math.max(0.01, (made - lowLength) / (units - low));
    if (made > length) high = units;
    else {
      low = units;
      lowLength = made;
    }
    guess = step % 4 === 3 ? (low + high) >> 1 : low + Math.round((length - lowLength) / perUnit);
  }
  return low;
}

/** The most of the next unit that fits and leaves what can be padded; `null` where it cannot be cut. */
function cutUnit(packer: Packer, units: number, length: number): Candidate | null {
  const pieces = packer.filling.pieces(units);
  let low = 0;
  let high = pieces + 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (packer.candidate(units, middle).length <= length) low = middle;
    else high = middle;
  }
  for (let share = low; share > 0; share--) {
    const candidate = packer.candidate(units, share);
    if (candidate.length <= length && canPad(length - candidate.length)) return candidate;
  }
  return null;
}

function padded({ entries, length }: Candidate, wished: number): readonly PackedEntry[] {
  const deflatedOnes = entries.filter(({ look }) => !look.isStored);
  const largest = deflatedOnes.reduce(
    (best, one) => (one.data.length > (best?.data.length ?? 0) ? one : best),
    deflatedOnes[0],
  );
  return entries.map((entry) =>
    entry === largest ? { ...entry, data: concatBytes(padding(wished - length), entry.data) } : entry,
  );
}
