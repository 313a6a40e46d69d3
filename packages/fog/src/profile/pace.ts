import { pacePrior, rarerPerDoubling, unitsPerAccess } from "./defaults.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What is counted, and over how many milliseconds it fades by a factor of e. `null`: it begins anew instead. */
export interface Gauge {
  readonly counts: "accesses" | "items never opened before" | "KiB" | "changes of folder" | typeof inARow;
  readonly fades: number | null;
}

const inARow = "items of one folder in a row, in an order never shown before";

export const gauges: readonly Gauge[] = [
  { counts: "accesses", fades: minute },
  { counts: "accesses", fades: 15 * minute },
  { counts: "accesses", fades: 3 * hour },
  { counts: "accesses", fades: day },
  { counts: "items never opened before", fades: 15 * minute },
  { counts: "items never opened before", fades: 3 * hour },
  { counts: "items never opened before", fades: day },
  { counts: "KiB", fades: 15 * minute },
  { counts: "KiB", fades: day },
  { counts: "changes of folder", fades: hour },
  { counts: inARow, fades: null },
];

/** Bin n holds values from 2^n - 1 to under 2^(n+1) - 1. */
const paceBins = 24;
/** Gauges are whole numbers of 256ths, so that a profile is the same after it was stored. */
export const gaugeUnit = 256;
const most = Number.MAX_SAFE_INTEGER;
const fullest = 60_000;

/** What one access adds to each gauge. */
export interface Step {
  readonly neverOpened: boolean;
  readonly newFolder: boolean;
  readonly bytes: number;
  /** How many items of one folder came in a row, in an order never shown before, with this one. */
  readonly run: number;
}

/** The gauges after one more access, `elapsed` milliseconds after the one before. */
export function advanced(values: readonly number[], elapsed: number, step: Step): number[] {
  return gauges.map(({ counts, fades }, index) => {
    if (fades === null) return step.run * gaugeUnit;
    const faded = (values[index] as number) * Math.exp(-elapsed / fades);
    return Math.min(most, Math.round(faded + added(counts, step) * gaugeUnit));
  });
}

function added(counts: Gauge["counts"], step: Step): number {
  if (counts === "accesses") return 1;
  if (counts === "KiB") return step.bytes / 1024;
  if (counts === "changes of folder") return step.newFolder ? 1 : 0;
  return step.neverOpened ? 1 : 0;
}

function binOf(value: number): number {
  return Math.min(paceBins - 1, Math.floor(Math.log2(1 + value / gaugeUnit)));
}

export interface PaceSurprise {
  /** Nats beyond what happens now and then. 0: usual. */
  readonly excess: number;
  /** Index of the gauge that is highest beside what is usual. */
  readonly gauge: number;
  /** The most this reader has been seen to do, in what the gauge counts. */
  readonly usual: number;
}

/** A level that one in twenty accesses reaches is nothing; of eleven gauges, the highest must pay for the other ten. */
const ignored = Math.log(20) + Math.log(gauges.length);
const mostExcess = 12;

export function paceSurprise(own: Uint16Array, peers: Uint16Array, values: readonly number[]): PaceSurprise {
  let excess = 0;
  let gauge = 0;
  for (let index = 0; index < gauges.length; index++) {
    const nats = -Math.log(rarity(histogram(own, index), histogram(peers, index), binOf(values[index] as number)));
    if (nats - ignored <= excess) continue;
    excess = nats - ignored;
    gauge = index;
  }
  return { excess: Math.min(mostExcess, excess), gauge, usual: 2 ** (highest(histogram(own, gauge)) + 1) - 1 };
}

/** Counts the gauges' levels; a histogram that is full halves. */
export function learnPace(own: Uint16Array, values: readonly number[], units: number): void {
  if (units === 0) return;
  for (let index = 0; index < gauges.length; index++) {
    const bins = histogram(own, index);
    const bin = binOf(values[index] as number);
    if ((bins[bin] as number) + units > fullest)
      for (let at = 0; at < paceBins; at++) bins[at] = (bins[at] as number) >>> 1;
    bins[bin] = (bins[bin] as number) + units;
  }
}

export function emptyPace(): Uint16Array {
  return new Uint16Array(gauges.length * paceBins);
}

function histogram(all: Uint16Array, index: number): Uint16Array {
  return all.subarray(index * paceBins, (index + 1) * paceBins);
}

/** The share of accesses at this level or above, by the reader's own past and a little of the peers'. */
function rarity(own: Uint16Array, peers: Uint16Array, bin: number): number {
  const total = sum(own, 0) / unitsPerAccess;
  return (total * tail(own, bin) + pacePrior * peersTail(peers, bin)) / (total + pacePrior);
}

function peersTail(peers: Uint16Array, bin: number): number {
  // Without peers: each doubling of anything is taken to be a third rarer.
  return sum(peers, 0) === 0 ? (2 / 3) ** bin : tail(peers, bin);
}

function tail(bins: Uint16Array, bin: number): number {
  const total = sum(bins, 0);
  const above = sum(bins, bin);
  if (total === 0) return 0;
  if (above > 0) return above / total;
  return (unitsPerAccess / (total + unitsPerAccess)) * rarerPerDoubling ** (bin - highest(bins));
}

function highest(bins: Uint16Array): number {
  for (let bin = paceBins - 1; bin > 0; bin--) if ((bins[bin] as number) > 0) return bin;
  return 0;
}

function sum(bins: Uint16Array, from: number): number {
  let total = 0;
  for (let bin = from; bin < bins.length; bin++) total += bins[bin] as number;
  return total;
}
