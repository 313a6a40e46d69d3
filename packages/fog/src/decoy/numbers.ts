import { knotsOf, valueAt } from "./knots.js";
import { common, counted } from "./rarity.js";

/** How the numbers of a column are written. */
export interface NumberStyle {
  readonly prefix: string;
  readonly suffix: string;
  readonly point: "." | ",";
  readonly grouping: "" | "," | "." | " " | "'";
  /** Digits that a whole number is filled up to with zeros; 0 for none. */
  readonly width: number;
}

export interface Precision {
  /** Decimal places; below 0, zeros that a whole number ends with. */
  readonly places: number;
  readonly count: number;
}

export interface NumberValues {
  readonly kind: "number";
  readonly style: NumberStyle;
  readonly precision: readonly Precision[];
  readonly knots: readonly number[];
}

/** Numbers that count rows. */
export interface CountingValues {
  readonly kind: "counting";
  readonly style: NumberStyle;
  readonly start: number;
  readonly step: number;
}

const shape = /^([^\d.,+-]{0,6})([-+]?)(\d[\d.,' \u00a0]*|[.,]\d+)([^\d.,]{0,6})$/u;
const plain: NumberStyle = { prefix: "", suffix: "", point: ".", grouping: "", width: 0 };
const mostPlaces = 18;

/** The style that at least nine in ten of `texts` are numbers in; `null` when there is none. */
export function numberStyleOf(texts: readonly string[]): NumberStyle | null {
  const parts = texts.map((text) => shape.exec(text)).filter((match) => match !== null);
  if (parts.length < 0.9 * texts.length || parts.length === 0) return null;
  const letters = mostFrequent(parts.map((match) => match[1] ?? ""));
  const hyphened = letters !== "" && parts.every((match) => match[2] === "-");
  const prefix = hyphened && /\p{L}/u.test(letters) ? `${letters}-` : letters;
  const suffix = mostFrequent(parts.map((match) => match[4] ?? ""));
  const digits = parts.map((match) => (match[3] ?? "").trimEnd());
  const style = { ...plain, prefix, suffix, ...separatorsOf(digits), width: widthOf(digits) };
  const read = texts.filter((text) => readNumber(text, style) !== null);
  return read.length >= 0.9 * texts.length ? style : null;
}

export function readNumber(text: string, style: NumberStyle): number | null {
  if (!text.startsWith(style.prefix) || !text.endsWith(style.suffix)) return null;
  const inner = text.slice(style.prefix.length, text.length - style.suffix.length);
  const bare = style.grouping === "" ? inner : inner.replaceAll(style.grouping, "");
  const pointed = style.point === "." ? bare : bare.replace(",", ".");
  if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(pointed)) return null;
  const value = Number(pointed);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
}

export function writeNumber(value: number, places: number, style: NumberStyle): string {
  const fixed = Math.abs(value).toFixed(Math.min(mostPlaces, Math.max(0, places)));
  const [whole = "0", decimals] = fixed.split(".");
  const filled = whole.padStart(style.width, "0");
  const grouped = style.grouping === "" ? filled : filled.replace(/\B(?=(\d{3})+$)/g, style.grouping);
  const sign = value < 0 && Number(fixed) !== 0 ? "-" : "";
  const digits = decimals === undefined ? grouped : `${grouped}${style.point}${decimals}`;
  return `${style.prefix}${sign}${digits}${style.suffix}`;
}

export function learnNumbers(texts: readonly string[], style: NumberStyle, mostKnots: number): NumberValues {
  const read = texts.flatMap((text) => {
    const value = readNumber(text, style);
    return value === null ? [] : [{ value, places: placesOf(text, style) }];
  });
  const places = [...counted(read.map((one) => one.places))].map(([place, count]) => ({ places: place, count }));
  const knots = knotsOf(
    read.map(({ value }) => value),
    mostKnots,
  );
  const digits = 6 + Math.max(0, ...places.filter(({ places: one }) => one <= 6).map(({ places: one }) => one));
  return {
    kind: "number",
    style,
    precision: natural(places) ? [{ places: 0, count: 1 }] : places.sort((left, right) => left.places - right.places),
    knots: knots.map((knot) => Number(knot.toPrecision(Math.min(15, digits)))),
  };
}

/** The number at a share of the distribution, rounded as `roll`, a number from 0 to 1, says. */
export function numberAt(values: NumberValues, share: number, roll: number): { value: number; text: string } {
  const exact = valueAt(values.knots, share);
  let left = roll * values.precision.reduce((sum, { count }) => sum + count, 0);
  const drawn = values.precision.find(({ count }) => {
    left -= count;
    return left < 0;
  });
  let places = drawn?.places ?? 0;
  while (places < 0 && 10 ** -places > Math.abs(exact)) places += 1;
  const unit = 10 ** Math.abs(places);
  const rounded = places < 0 ? Math.round(exact / unit) * unit : Number(exact.toFixed(places));
  return { value: rounded, text: writeNumber(rounded, places, values.style) };
}

/** Decimal places of the column, as most values have it. */
export function usualPlaces(values: NumberValues): number {
  return Math.max(0, values.precision.reduce((best, one) => (one.count > best.count ? one : best)).places);
}

function placesOf(text: string, style: NumberStyle): number {
  const inner = text.slice(style.prefix.length, text.length - style.suffix.length);
  const at = inner.indexOf(style.point);
  if (at >= 0 && style.point !== style.grouping) return Math.min(mostPlaces, inner.length - at - 1);
  const zeros = /[1-9](0+)$/.exec(style.grouping === "" ? inner : inner.replaceAll(style.grouping, ""));
  return -Math.min(9, zeros?.[1]?.length ?? 0);
}

/** Whether whole numbers end in zeros no more often than any numbers do. */
function natural(places: readonly Precision[]): boolean {
  const all = places.reduce((sum, { count }) => sum + count, 0);
  const round = places.filter((one) => one.places < 0).reduce((sum, { count }) => sum + count, 0);
  return places.every((one) => one.places <= 0) && round < 0.2 * all;
}

function mostFrequent(texts: readonly string[]): string {
  const counts = [...counted(texts)].sort(([, left], [, right]) => right - left);
  const [best] = common(new Map(counts), 1);
  return best?.[0] ?? (counts.length === 1 ? (counts[0]?.[0] ?? "") : "");
}

function separatorsOf(digits: readonly string[]): Pick<NumberStyle, "point" | "grouping"> {
  const some = (pattern: RegExp): boolean => digits.some((text) => pattern.test(text));
  const thousands = /^\d{1,3}([,.' \u00a0])\d{3}(\1\d{3})*([.,]\d+)?$/;
  const grouped = digits.map((text) => thousands.exec(text)?.[1]).filter((one) => one !== undefined);
  const [separator] = grouped;
  if (separator === "," && !some(/^\d*,\d{1,2}$/) && !some(/\d{4},/)) return { point: ".", grouping: "," };
  if (separator === "." && some(/,\d+$|\.\d{3}\.\d{3}/)) return { point: ",", grouping: "." };
  if (separator === "'" || separator === " ") return { point: some(/,\d+$/) ? "," : ".", grouping: separator };
  return { point: !some(/\./) && some(/^\d*,\d+$/) ? "," : ".", grouping: "" };
}

function widthOf(digits: readonly string[]): number {
  const [[length] = [0]] = [...counted(digits.map((text) => text.length))].sort(([, left], [, right]) => right - left);
  const filled = digits.filter((text) => text.length === length && /^\d+$/.test(text));
  return filled.length > 0.95 * digits.length && filled.some((text) => /^0\d/.test(text)) ? length : 0;
}
