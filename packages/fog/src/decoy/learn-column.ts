import { codesOf } from "./codes.js";
import { datePatternOf, learnDates } from "./dates.js";
import { fakeOf, lettersOf } from "./fakes.js";
import { identifiersOf } from "./identifiers.js";
import { knotsOf } from "./knots.js";
import { learnNumbers, type NumberStyle, numberStyleOf, readNumber, usualPlaces } from "./numbers.js";
import { learnProse } from "./prose.js";
import { common, counted, rarity } from "./rarity.js";
import { tokensOf } from "./symbols.js";
import type { Column, Common, Detail, Values } from "./table-model.js";

/** A column learnt by itself, and what its cells are compared by. */
export interface LearntColumn {
  readonly column: Column;
  /** By row: a place in the distribution's order, and the number that stands there. */
  readonly keys: readonly number[];
  readonly numbers: readonly (number | null)[];
}

/** @param cells - From top to bottom, empty ones included. */
export function learnColumn(cells: readonly string[], label: string, detail: Detail, quoted: boolean): LearntColumn {
  const counts = counted(cells);
  const frequent = common(counts, detail.mostCommon);
  const distinct = counts.size - (counts.has("") ? 1 : 0);
  const covered = frequent.reduce((sum, [, count]) => sum + count, 0);
  const isCategory = covered >= 0.97 * cells.length && frequent.length > 0;
  const shared = new Set(frequent.map(([text]) => text));
  const rest = cells.filter((cell) => cell !== "" && !shared.has(cell));
  const reading = readingOf(cells, shared, detail);
  const read = reading?.read ?? (() => null);
  const readable = cells.filter((cell) => cell !== "" && read(cell) !== null && !(isCategory && shared.has(cell)));
  const values = rest.length === 0 && isCategory ? nothing : valuesOf(readable, rest, reading, label, detail);
  const kept = frequent.filter(([text]) => isCategory || text === "" || read(text) === null || reading === null);
  return assembled({ cells, label, quoted, counts, kept, values, read, distinct });
}

const nothing: Values = { kind: "none" };

function valuesOf(
  readable: readonly string[],
  rest: readonly string[],
  reading: Reading | null,
  label: string,
  detail: Detail,
): Values {
  if (reading !== null && readable.length > 0) return reading.learn(readable);
  return rest.length === 0 ? nothing : textValues(rest, label, detail);
}

interface Parts {
  readonly cells: readonly string[];
  readonly label: string;
  readonly quoted: boolean;
  readonly counts: ReadonlyMap<string, number>;
  readonly kept: readonly (readonly [string, number])[];
  readonly values: Values;
  readonly read: (text: string) => number | null;
  readonly distinct: number;
}

function assembled(parts: Parts): LearntColumn {
  const { cells, counts, values, read } = parts;
  const empty = counts.get("") ?? 0;
  const kept =
    empty > 0 && !parts.kept.some(([text]) => text === "") ? [["", empty] as const, ...parts.kept] : parts.kept;
  const shared = sortedCommon(kept, cells, read);
  const places = new Map(shared.map(({ text }, index) => [text, index]));
  const numbers = cells.map((cell) => read(cell));
  const keys = cells.map((cell, row) => places.get(cell) ?? shared.length + squeezed(numbers[row] ?? 0));
  const filled = cells.flatMap((cell, row) =>
    cell === "" ? [] : [{ cell, number: numbers[row] ?? null, place: places.get(cell) }],
  );
  const others = cells.filter((cell) => !places.has(cell)).length;
  const column: Column = {
    label: parts.label,
    quoted: parts.quoted,
    common: shared,
    values: others === 0 ? { kind: "none" } : values,
    others,
    order: orderOf(filled, others === 0),
    unique: parts.distinct >= 8 && filled.length === parts.distinct,
    link: { kind: "none" },
  };
  return { column, keys, numbers };
}

/** How a column of numbers or dates is read, and learnt. */
interface Reading {
  readonly read: (text: string) => number | null;
  readonly learn: (texts: readonly string[]) => Values;
}

/** For numbers and dates, whose common values are part of one distribution; `null` for texts. */
function readingOf(cells: readonly string[], shared: ReadonlySet<string>, detail: Detail): Reading | null {
  const candidates = cells.filter((cell) => cell !== "" && (!shared.has(cell) || /\d/.test(cell)));
  if (candidates.length === 0) return null;
  const date = datePatternOf(candidates);
  if (date !== null && !/^\d+$/.test(candidates[0] ?? "")) {
    return { read: (text) => date.read(text), learn: (texts) => learnDates(texts, date, detail.mostKnots) };
  }
  const style = numberStyleOf(candidates);
  if (style === null || isSparse(candidates, style)) return null;
  return { read: (text) => readNumber(text, style), learn: (texts) => numberValues(texts, style, detail) };
}

/** Numbers that grow by more from row to row count nothing. */
const largestStep = 1000;

function numberValues(texts: readonly string[], style: NumberStyle, detail: Detail): Values {
  const values = learnNumbers(texts, style, detail.mostKnots);
  const numbers = texts.map((text) => readNumber(text, style));
  const [start, second] = numbers;
  if (start === null || start === undefined || second === null || second === undefined) return values;
  const step = second - start;
  const counts =
    step !== 0 &&
    numbers.length >= rarity &&
    Number.isInteger(start) &&
    Number.isInteger(step) &&
    Math.abs(step) <= largestStep;
  const steady = counts && numbers.every((number, row) => number === start + row * step);
  return steady && usualPlaces(values) === 0 ? { kind: "counting", style, start, step } : values;
}

/** Long numbers of one length, nearly all different and far apart, are names and not quantities; so are ones that letters lead. */
function isSparse(texts: readonly string[], style: NumberStyle): boolean {
  const filled = texts.some((text) => /^0\d/.test(text)) && style.width === 0 && style.grouping === "";
  const named = /\p{L}/u.test(style.prefix);
  const digits = texts.map((text) => text.slice(style.prefix.length));
  const length = digits[0]?.length ?? 0;
  if (length < (named ? 4 : 7) || !digits.every((text) => /^\d+$/.test(text) && text.length === length)) return filled;
  const distinct = new Set(digits).size;
  const numbers = digits.map(Number);
  const range =
    numbers.reduce((most, one) => Math.max(most, one), 0) - numbers.reduce((least, one) => Math.min(least, one));
  return range > 4 * distinct && (named || distinct > 0.5 * texts.length || range > 100 * texts.length);
}

/** What is left of a column of texts when the common ones are taken out. */
function textValues(texts: readonly string[], label: string, detail: Detail): Values {
  const distinct = new Set(texts).size;
  const identifiers = distinct > 0.02 * texts.length ? identifiersOf(texts) : null;
  if (identifiers !== null) return identifiers;
  const of = fakeOf(texts, label);
  if (of !== null) {
    const lengths = knotsOf(
      texts.map((text) => text.length),
      12,
    ).map(Math.round);
    return { kind: "fake", of, letters: lettersOf(texts), lengths };
  }
  const codes = codesOf(texts);
  if (codes !== null) return codes;
  const most = texts.reduce((longest, text) => Math.max(longest, tokensOf(text).length), 1);
  const limits = { mostSymbols: Math.ceil(detail.mostSymbols / 4), mostPairs: Math.ceil(detail.mostPairs / 4) };
  return { kind: "prose", prose: learnProse(texts, limits), most: Math.min(most, 1000) };
}

/** Numbers by size; texts in runs by where they first stand; other texts by alphabet. The empty cell is always first. */
function sortedCommon(
  kept: readonly (readonly [string, number])[],
  cells: readonly string[],
  read: (text: string) => number | null,
): Common[] {
  const first = new Map<string, number>();
  let runs = 0;
  for (const [row, cell] of cells.entries()) {
    if (cell !== cells[row - 1]) runs += 1;
    if (!first.has(cell)) first.set(cell, row);
  }
  const inRuns = runs === first.size && runs < 0.7 * cells.length;
  const rank = (text: string): number => (text === "" ? -1 : inRuns ? (first.get(text) ?? 0) : 0);
  const sorted = [...kept].sort(([left], [right]) => {
    const byRank = rank(left) - rank(right);
    if (byRank !== 0) return byRank;
    const byNumber = (read(left) ?? Number.NEGATIVE_INFINITY) - (read(right) ?? Number.NEGATIVE_INFINITY);
    if (!Number.isNaN(byNumber) && byNumber !== 0) return byNumber;
    return left < right ? -1 : 1;
  });
  return sorted.map(([text, count]) => ({ text, count }));
}

interface Filled {
  readonly cell: string;
  readonly number: number | null;
  readonly place: number | undefined;
}

function orderOf(filled: readonly Filled[], isCategory: boolean): Column["order"] {
  if (filled.length < 8) return "none";
  const numeric = filled.every(({ number }) => number !== null);
  const compare = (left: Filled, right: Filled): number => {
    if (numeric) return (left.number ?? 0) - (right.number ?? 0);
    if (isCategory) return (left.place ?? 0) - (right.place ?? 0);
    return left.cell.toLowerCase() < right.cell.toLowerCase() ? -1 : Number(left.cell !== right.cell);
  };
  let rising = 0;
  let falling = 0;
  for (const [row, one] of filled.entries()) {
    const before = filled[row - 1];
    if (before === undefined) continue;
    const sign = Math.sign(compare(before, one));
    if (sign < 0) rising += 1;
    if (sign > 0) falling += 1;
  }
  const enough = isCategory ? 1 : 7;
  if (rising >= enough && falling <= rising / 1000) return "rising";
  return falling >= enough && rising <= falling / 1000 ? "falling" : "none";
}

/** Any number between 0 and 1, in the same order. */
function squeezed(value: number): number {
  return 0.5 + Math.atan(Math.sign(value) * Math.log1p(Math.abs(value))) / Math.PI;
}
