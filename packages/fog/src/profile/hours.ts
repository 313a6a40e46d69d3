import { unitsPerAccess } from "./defaults.js";

const hour = 3_600_000;
const hoursOfDay = 24;
const daysOfWeek = 7;
/** Accesses' worth of "any hour is as good as any other". */
const prior = 30;
const ignored = 1;
const most = 3;
const fullest = 60_000;

/** 24 counts of hours, then 7 of days, Sunday first, in the reader's own zone. */
export function emptyHours(): Uint16Array {
  return new Uint16Array(hoursOfDay + daysOfWeek);
}

export interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
  /** Days since 1970-01-01 in that zone. */
  readonly day: number;
}

export function clockOf(time: number, zoneMinutes: number | null): Clock {
  const local = Math.max(0, time + (zoneMinutes ?? 0) * 60_000);
  const day = Math.floor(local / (hoursOfDay * hour));
  return {
    hour: Math.floor(local / hour) % hoursOfDay,
    minute: Math.floor(local / 60_000) % 60,
    weekday: (day + 4) % daysOfWeek,
    day,
  };
}

/** Nats beyond what an ordinary odd hour gives. Neighbouring hours count, so that summer time surprises nobody. */
export function hourSurprise(hours: Uint16Array, clock: Clock): number {
  const ofDay = rarity(hours.subarray(0, hoursOfDay), clock.hour);
  const ofWeek = rarity(hours.subarray(hoursOfDay), clock.weekday);
  return Math.max(0, Math.min(most, ofDay + ofWeek / 2 - ignored));
}

export function learnHour(hours: Uint16Array, clock: Clock, units: number): void {
  for (const at of [clock.hour, hoursOfDay + clock.weekday]) {
    if ((hours[at] as number) + units > fullest) hours.set(hours.map((count) => count >>> 1));
    hours[at] = (hours[at] as number) + units;
  }
}

/** -log of how much likelier than by chance it is to be there, from the place itself and half of both neighbours. */
function rarity(counts: Uint16Array, at: number): number {
  const size = counts.length;
  const total = counts.reduce((sum, count) => sum + count, 0) / unitsPerAccess;
  const count = (index: number): number => (counts[(index + size) % size] as number) / unitsPerAccess;
  const near = (count(at) + (count(at - 1) + count(at + 1)) / 2) / 2;
  return -Math.log((near * size + prior) / (total + prior));
}
