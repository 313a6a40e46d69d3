import { knotsOf, valueAt } from "./knots.js";

/** What {@link datePattern} knows: tokens of Unicode's date patterns (UTS 35), read as UTC. */
const tokens: ReadonlyMap<string, string> = new Map([
  ["yyyy", "(\\d{4})"],
  ["yy", "(\\d{2})"],
  ["MMMM", "(January|February|March|April|May|June|July|August|September|October|November|December)"],
  ["MMM", "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"],
  ["MM", "(0[1-9]|1[0-2])"],
  ["M", "([1-9]|1[0-2])"],
  ["dd", "(0[1-9]|[12]\\d|3[01])"],
  ["d", "([1-9]|[12]\\d|3[01])"],
  ["EEE", "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"],
  ["HH", "([01]\\d|2[0-3])"],
  ["H", "(1?\\d|2[0-3])"],
  ["h", "(1[0-2]|[1-9])"],
  ["hh", "(1[0-2]|0[1-9])"],
  ["mm", "([0-5]\\d)"],
  ["ss", "([0-5]\\d)"],
  ["SSS", "(\\d{3})"],
  ["a", "(AM|PM)"],
]);
const cut = /yyyy|yy|MMMM|MMM|MM|M|dd|d|EEE|HH|H|hh|h|mm|ss|SSS|a|'[^']*'|./g;
const months = ["January", "February", "March", "April", "May", "June", "July"];
months.push("August", "September", "October", "November", "December");
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const days = [
  ...[
    "yyyy-MM-dd",
    "yyyy-M-d",
    "yyyy/MM/dd",
    "yyyy/M/d",
    "yyyy.MM.dd",
    "MM/dd/yyyy",
    "M/d/yyyy",
    "dd/MM/yyyy",
    "d/M/yyyy",
  ],
  ...[
    "MM-dd-yyyy",
    "dd-MM-yyyy",
    "M/d/yy",
    "MM/dd/yy",
    "dd.MM.yyyy",
    "d.M.yyyy",
    "dd.MM.yy",
    "MMM d yyyy",
    "MMM dd yyyy",
  ],
  ...[
    "MMM d, yyyy",
    "MMM dd, yyyy",
    "MMMM d, yyyy",
    "d MMM yyyy",
    "dd MMM yyyy",
    "d MMMM yyyy",
    "dd-MMM-yy",
    "d-MMM-yy",
  ],
  ...["dd-MMM-yyyy", "yyyyMMdd", "EEE, dd MMM yyyy", "EEE, d MMM yyyy"],
];
const times = [
  "",
  " HH:mm",
  " HH:mm:ss",
  " H:mm",
  " H:mm:ss",
  " h:mm a",
  "'T'HH:mm:ss'Z'",
  "'T'HH:mm:ss",
  "'T'HH:mm:ss.SSS'Z'",
];
const patterns = [
  ...times.flatMap((time) => days.map((day) => `${day}${time}`)),
  ...["yyyy-MM", "MMM yyyy", "MMMM yyyy", "MMM-yy", "yyyy/MM", "EEE, dd MMM yyyy HH:mm:ss +0000"],
];

export interface DatePattern {
  readonly pattern: string;
  read(text: string): number | null;
  write(instant: number): string;
}

export interface DateValues {
  readonly kind: "date";
  readonly pattern: string;
  /** Seconds that all instants are multiples of; 0 for whole months. */
  readonly grain: number;
  /** Seconds since 1970. */
  readonly knots: readonly number[];
  /** 0, or the grains from each row to the next. */
  readonly step: number;
}

const compiled = new Map<string, DatePattern>();

export function datePattern(pattern: string): DatePattern {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const parts = pattern.match(cut) ?? [];
  const fields = parts.filter((part) => tokens.has(part));
  const source = parts.map((part) => tokens.get(part) ?? literal(part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${source.join("")}$`);
  const writers = parts.map((part) => forms.get(part) ?? (() => literal(part)));
  const made: DatePattern = {
    pattern,
    read: (text) => instantOf(expression.exec(text), fields),
    write: (instant) => {
      const date = new Date(instant * 1000);
      return writers.map((write) => write(date)).join("");
    },
  };
  compiled.set(pattern, made);
  return made;
}

/** The pattern that at least 95 in 100 of `texts` follow; of several, the first. */
export function datePatternOf(texts: readonly string[]): DatePattern | null {
  const some = texts.slice(0, 400);
  if (!some.some((text) => /\d/.test(text) && text.length >= 6 && text.length <= 40)) return null;
  for (const pattern of patterns) {
    const one = datePattern(pattern);
    if (one.read(some[0] ?? "") === null && one.read(some[1] ?? "") === null) continue;
    if (texts.filter((text) => one.read(text) !== null).length >= 0.95 * texts.length) return one;
  }
  return null;
}

export function learnDates(texts: readonly string[], pattern: DatePattern, mostKnots: number): DateValues {
  const instants = texts.map((text) => pattern.read(text)).filter((instant) => instant !== null);
  const grain = grainOf(instants);
  const counts = instants.map((instant) => toGrains(instant, grain));
  const step = (counts[1] ?? 0) - (counts[0] ?? 0);
  const steady = step !== 0 && counts.every((count, row) => row === 0 || count - (counts[row - 1] ?? 0) === step);
  const knots = steady ? [counts[0] ?? 0, counts.at(-1) ?? 0] : knotsOf(counts, mostKnots).map(Math.round);
  return { kind: "date", pattern: pattern.pattern, grain, knots, step: steady ? step : 0 };
}

/** The date at a share of the range, or of a row where dates follow one another in equal steps. */
export function dateAt(values: DateValues, share: number, row: number): { value: number; text: string } {
  const grains = values.step === 0 ? valueAt(values.knots, share) : (values.knots[0] ?? 0) + row * values.step;
  const value = fromGrains(Math.round(grains), values.grain);
  return { value, text: datePattern(values.pattern).write(value) };
}

function literal(part: string): string {
  return part.startsWith("'") && part.length > 1 ? part.slice(1, -1) : part;
}

function instantOf(match: RegExpExecArray | null, fields: readonly string[]): number | null {
  if (match === null) return null;
  const found = new Map(fields.map((field, index) => [field[0] ?? "", { field, text: match[index + 1] ?? "" }]));
  const number = (name: string, absent: number): number => Number(found.get(name)?.text ?? absent);
  const month = found.get("M");
  const monthNumber = month !== undefined && month.field.length > 2 ? monthOf(month.text) : number("M", 1);
  const year =
    found.get("y")?.field === "yy" ? 2000 + number("y", 0) - (number("y", 0) > 40 ? 100 : 0) : number("y", 1970);
  const half = found.get("a")?.text;
  const hour = half === undefined ? number("H", 0) : (number("h", 0) % 12) + (half === "PM" ? 12 : 0);
  const day = number("d", 1);
  const milliseconds = Date.UTC(year, monthNumber - 1, day, hour, number("m", 0), number("s", 0), number("S", 0));
  return new Date(milliseconds).getUTCDate() === day ? milliseconds / 1000 : null;
}

function monthOf(name: string): number {
  return 1 + months.findIndex((month) => month.startsWith(name));
}

const forms: ReadonlyMap<string, (date: Date) => string> = new Map<string, (date: Date) => string>([
  ["yyyy", (date) => String(date.getUTCFullYear()).padStart(4, "0")],
  ["yy", (date) => two(date.getUTCFullYear() % 100)],
  ["MMMM", (date) => months[date.getUTCMonth()] ?? ""],
  ["MMM", (date) => (months[date.getUTCMonth()] ?? "").slice(0, 3)],
  ["MM", (date) => two(date.getUTCMonth() + 1)],
  ["M", (date) => String(date.getUTCMonth() + 1)],
  ["dd", (date) => two(date.getUTCDate())],
  ["d", (date) => String(date.getUTCDate())],
  ["EEE", (date) => weekdays[date.getUTCDay()] ?? ""],
  ["HH", (date) => two(date.getUTCHours())],
  ["H", (date) => String(date.getUTCHours())],
  ["h", (date) => String(date.getUTCHours() % 12 || 12)],
  ["hh", (date) => two(date.getUTCHours() % 12 || 12)],
  ["mm", (date) => two(date.getUTCMinutes())],
  ["ss", (date) => two(date.getUTCSeconds())],
  ["SSS", (date) => String(date.getUTCMilliseconds()).padStart(3, "0")],
  ["a", (date) => (date.getUTCHours() < 12 ? "AM" : "PM")],
]);

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function grainOf(instants: readonly number[]): number {
  const fits = (seconds: number): boolean => instants.every((instant) => instant % seconds === 0);
  if (instants.every((instant) => instant % 86_400 === 0 && new Date(instant * 1000).getUTCDate() === 1)) return 0;
  return [86_400, 3600, 900, 300, 60, 1].find(fits) ?? 0.001;
}

function toGrains(instant: number, grain: number): number {
  if (grain !== 0) return Math.round(instant / grain);
  const date = new Date(instant * 1000);
  return 12 * date.getUTCFullYear() + date.getUTCMonth();
}

function fromGrains(grains: number, grain: number): number {
  if (grain !== 0) return Math.round(grains * grain * 1000) / 1000;
  return Date.UTC(Math.floor(grains / 12), ((grains % 12) + 12) % 12) / 1000;
}
