import { wrongUsage } from "./failure.js";

/** 18211 as "18,211", the same on every machine. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes for a person, with one digit behind the point from KiB on. */
export function byteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** "1 access", "2 accesses". */
export function counted(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A whole number as typed. @throws CommandFailure, exit 2, for "3.0", "1e3", " 3" and everything out of bounds. */
export function wholeNumber(
  text: string,
  flag: string,
  bounds: { readonly least: number; readonly most: number },
): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.least && value <= bounds.most) return value;
  throw wrongUsage(
    `Expected a whole number from ${bounds.least} to ${bounds.most} for ${flag}, got ${JSON.stringify(text)}.`,
  );
}
