import { emptyDays } from "./calibration.js";
import { baselineBuckets, profileBuckets, recentAccesses } from "./defaults.js";
import type { Before } from "./features.js";
import { emptyHours } from "./hours.js";
import { emptyPace, gauges } from "./pace.js";
import { emptySketch, type Sketch } from "./sketch.js";

/**
 * What one reader usually does. Plain data of a fixed size, all of it whole numbers, so that a profile that was stored
 * judges exactly as one that was not. `observe` and `learn` change it in place.
 */
export interface Profile {
  readonly suite: 1;
  /** Items, folders, orders, actions, networks: how often each was learnt. */
  readonly sketch: Sketch;
  readonly recentItems: Uint32Array;
  readonly recentFolders: Uint32Array;
  /** Where the rings go on. */
  recentAt: number;
  readonly pace: Uint16Array;
  readonly hours: Uint16Array;
  readonly days: Uint16Array;
  /** Mean and variance of the smoothed surprise of learnt accesses, in 1/1024 nats and square nats. */
  usualMean: number;
  usualVariance: number;
  now: Now;
}

/** What is going on: changed by every access, learnt or not. */
export interface Now {
  readonly time: number;
  readonly before: Before | null;
  /** Mean surprise of the last accesses, in 1/1024 nats. */
  readonly smoothed: number;
  /** The same, never below a floor: habit is no credit for what comes after it. In 1/1024 nats. */
  readonly suspicion: number;
  readonly gauges: readonly number[];
  /** How many items of one folder came in a row, in an order never shown before. */
  readonly run: number;
  readonly visit: Visit;
  /** Day of the reader's own calendar, and its highest score so far in 1/1024 nats; null: no day yet. */
  readonly day: number;
  readonly dayHighest: number | null;
}

/** Accesses without a pause longer than `visitGap`. */
export interface Visit {
  readonly start: number;
  readonly accesses: number;
  readonly neverOpened: number;
  readonly bytes: number;
}

/** What the readers of one group do together: what a reader with little history is measured by. */
export interface Baseline {
  readonly suite: 1;
  readonly sketch: Sketch;
  readonly pace: Uint16Array;
  readonly days: Uint16Array;
}

/** Fractions of a nat are whole numbers of 1,024ths. */
export const nat = 1024;

export function emptyProfile(): Profile {
  return {
    suite: 1,
    sketch: emptySketch(profileBuckets),
    recentItems: new Uint32Array(recentAccesses),
    recentFolders: new Uint32Array(recentAccesses),
    recentAt: 0,
    pace: emptyPace(),
    hours: emptyHours(),
    days: emptyDays(),
    usualMean: 0,
    usualVariance: nat,
    now: nothingYet,
  };
}

const nothingYet: Now = {
  time: 0,
  before: null,
  smoothed: 0,
  suspicion: 0,
  gauges: gauges.map(() => 0),
  run: 0,
  visit: { start: 0, accesses: 0, neverOpened: 0, bytes: 0 },
  day: 0,
  dayHighest: null,
};

export function emptyBaseline(): Baseline {
  return { suite: 1, sketch: emptySketch(baselineBuckets), pace: emptyPace(), days: emptyDays() };
}
