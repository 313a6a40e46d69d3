import { type CompiledPart, compilePart } from "./parts.js";
import { type Reading, readShape, writeShape } from "./read-write.js";
import type { IdentifierShape } from "./shape.js";

/** Fewer values make no identifier: too many of them would be needed to prove anything. */
const smallestDomain = 500_000n;

const largestDomain: bigint = 2n ** 128n;

/** So many times as many values as rows: then four identifiers of one episode are no chance (see `chanceOf`). */
const valuesPerRow = 128n;

/** A shape that was checked, ready to write identifiers and to read them. */
export interface CompiledShape {
  readonly shape: IdentifierShape;
  /** How many values its cipher permutes. */
  readonly domain: bigint;
  /** How many episodes get identifiers of their own; after that they come again. */
  readonly episodes: bigint;
  /** Of each weighted part, the weights of its options. */
  readonly weights: readonly (readonly number[])[];
  /** Length of the longest identifier, in canonical form. */
  readonly longest: number;
  /** How many zeros a spreadsheet may have taken from the front; never 0. */
  readonly zerosLost: readonly number[];
  write(value: bigint, options: readonly number[]): string;
  /** Every reading of the canonical text that begins at `at`. */
  read(text: string, at: number): readonly Reading[];
}

/**
 * @throws RangeError for a shape with fewer than 500 000 or more than 2^128 values, fewer than 128 values to a row, a word
 * that begins another, check digits where their standard has none, a lead that is not in front, or no row.
 */
export function compileShape(shape: IdentifierShape): CompiledShape {
  const parts = shape.parts.map((part) => compilePart(part, shape.check));
  const domain = parts.reduce((product, part) => product * part.size, 1n);
  refuseSize(domain, shape.rows);
  refuseOrder(shape, parts);
  const episodes = domain / BigInt(shape.rows);
  return {
    shape,
    domain,
    episodes: episodes < mostEpisodes ? episodes : mostEpisodes,
    weights: parts.flatMap(({ weights }) => (weights === null ? [] : [weights])),
    longest: parts.reduce((sum, part) => sum + part.longest, 0),
    zerosLost: zerosLost(parts),
    write: (value, options) => writeShape(shape.check, parts, value, options),
    read: (text, at) => readShape(shape.check, parts, text, at),
  };
}

const mostEpisodes = BigInt(Number.MAX_SAFE_INTEGER);

/** The most rows a shape of so many values may have. */
export function mostRows(domain: bigint): number {
  return Math.min(Number(domain / valuesPerRow), 2 ** 20);
}

function refuseSize(domain: bigint, rows: number): void {
  if (domain < smallestDomain || domain > largestDomain) {
    throw new RangeError(`Expected a shape of 500000 to 2^128 identifiers, got ${domain}. Mark another column.`);
  }
  if (Number.isInteger(rows) && rows >= 1 && rows <= mostRows(domain)) return;
  throw new RangeError(`Expected 1 to ${mostRows(domain)} rows for ${domain} identifiers, got ${rows}.`);
}

function refuseOrder({ check }: IdentifierShape, parts: readonly CompiledPart[]): void {
  if (parts.some(({ kind }, at) => kind === "lead" && (at > 0 || check !== "none"))) {
    throw new RangeError("Expected a lead in front of everything else, and no check digits over it.");
  }
  if (parts.filter(({ weights }) => weights !== null).length > mostWeighted) {
    throw new RangeError(`Expected at most ${mostWeighted} weighted parts.`);
  }
  const places = parts.flatMap(({ kind }, at) => (kind === "check" ? [at] : []));
  const sound =
    check === "none" ? places.length === 0 : places.length === 1 && standsRight(check, parts, places[0] ?? 0);
  if (!sound) throw new RangeError(`Expected the check digits where the standard for "${check}" has them.`);
}

/** Each takes six bytes of one HMAC. */
const mostWeighted = 4;

function standsRight(check: "luhn" | "ean" | "iban", parts: readonly CompiledPart[], place: number): boolean {
  if (check !== "iban") {
    return parts.every(({ isOfDigits }) => isOfDigits) && parts.slice(place + 1).every(({ longest }) => longest === 0);
  }
  const before = parts.slice(0, place);
  return before.every(({ kind }) => kind === "literal") && before.reduce((sum, { longest }) => sum + longest, 0) === 2;
}

function zerosLost(parts: readonly CompiledPart[]): readonly number[] {
  if (!parts.every(({ isOfDigits }) => isOfDigits)) return [];
  const first = parts.find(({ longest }) => longest > 0)?.texts ?? [];
  return [...new Set(first.map((text) => /^0*/.exec(text)?.[0].length ?? 0))].filter((count) => count > 0);
}
