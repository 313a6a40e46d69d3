import { wrongUsage } from "./failure.js";

const day = /^(\d{4})-(\d{2})-(\d{2})$/;
const instant = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A date (midnight UTC, when the day begins) or an instant with its zone (RFC 3339). Nothing else: an instant without a
 * zone would mean another moment on another machine.
 * @throws CommandFailure, exit 2, also for days that no calendar has.
 */
export function parseDate(text: string, flag: string): Date {
  const parts = day.exec(text) ?? instant.exec(text);
  const date = new Date(text);
  if (parts !== null && !Number.isNaN(date.getTime()) && hasDay(parts)) return date;
  throw wrongUsage(
    `Expected a day such as 2027-01-31 (its midnight, UTC) or an instant such as 2027-01-31T18:00:00Z for ${flag}, got ${JSON.stringify(text)}.`,
  );
}

// JavaScript reads 2027-02-30 as 2 March; a policy would end on a day nobody wrote.
function hasDay([, year, month, date]: readonly string[]): boolean {
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(month) >= 1 && Number(month) <= 12 && Number(date) >= 1 && Number(date) <= lastDay;
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** "90s", "30m", "12h", "7d", "2w" in milliseconds. One number, one unit. @throws CommandFailure, exit 2. */
function parseDuration(text: string, flag: string): number {
  const match = /^([1-9]\d{0,5})([smhdw])$/.exec(text);
  const unit = seconds[match?.[2] ?? ""];
  if (match !== null && unit !== undefined) return Number(match[1]) * unit * 1000;
  throw wrongUsage(
    `Expected a duration such as 30m, 12h, 7d or 2w, or a day such as 2026-11-23, for ${flag}, got ${JSON.stringify(text)}.`,
  );
}

/** "7d" (so long before now), or a date as `parseDate` reads it. */
export function parseSince(text: string, flag: string, now: number): Date {
  if (/^\d{4}-/.test(text)) return parseDate(text, flag);
  return new Date(now - parseDuration(text, flag));
}

/** 2026-11-23 09:14:02Z */
export function shownTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")}Z`;
}
