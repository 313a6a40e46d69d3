import { calibrationPrior, leastThreshold } from "./defaults.js";

/** How often an honest reader may be asked: at most `challenges` in `days`. */
export interface AlarmBudget {
  readonly challenges: number;
  readonly days: number;
}

export const onceAMonth: AlarmBudget = { challenges: 1, days: 30 };

/** Daily maxima of the score are kept in half nats from -8 to 24, what is beyond in the outermost. */
const bins = 64;
const perNat = 2;
const lowest = -8;
/** Below this, in nats, scores of honest days fall off by a factor of e. */
const leastSpread = 1;
const halveAt = 360;

export function emptyDays(): Uint16Array {
  return new Uint16Array(bins);
}

/** Counts one day's highest score. After a year of days, all halve: what was long ago fades. */
export function learnDay(days: Uint16Array, highest: number): void {
  const bin = Math.max(0, Math.min(bins - 1, Math.floor((highest - lowest) * perNat)));
  days[bin] = (days[bin] as number) + 1;
  if (total(days) >= halveAt) days.set(days.map((count) => (count + 1) >>> 1));
}

/** The peers' days: many readers', so a larger count before it halves. */
export function learnPeersDay(days: Uint16Array, highest: number): void {
  const bin = Math.max(0, Math.min(bins - 1, Math.floor((highest - lowest) * perNat)));
  if ((days[bin] as number) >= 0xffff) days.set(days.map((count) => count >>> 1));
  days[bin] = (days[bin] as number) + 1;
}

/**
 * The score that an honest reader exceeds on no more days than the budget allows: the quantile of his own past days and
 * of a few of his peers'. Days too few to show so rare an event are extended by an exponential tail.
 */
export function thresholdFor(own: Uint16Array, peers: Uint16Array, budget: AlarmBudget): number {
  checkBudget(budget);
  const ownDays = total(own);
  const peersDays = total(peers);
  const perPeersDay = peersDays === 0 ? 0 : calibrationPrior / peersDays;
  const known = ownDays + (peersDays === 0 ? 0 : calibrationPrior);
  if (known === 0) return Math.max(leastThreshold, 2 * Math.log(budget.days / budget.challenges));
  const allowed = (budget.challenges / budget.days / 2) * known;
  let above = 0;
  for (let bin = bins - 1; bin >= 0; bin--) {
    const here = (own[bin] as number) + (peers[bin] as number) * perPeersDay;
    if (above + here > allowed) return Math.max(leastThreshold, edge(bin) + tailBeyond(here + above, allowed));
    above += here;
  }
  return leastThreshold;
}

function tailBeyond(days: number, allowed: number): number {
  return leastSpread * Math.max(0, Math.log(days / allowed));
}

function edge(bin: number): number {
  return (bin + 1) / perNat + lowest;
}

function total(days: Uint16Array): number {
  return days.reduce((sum, count) => sum + count, 0);
}

function checkBudget({ challenges, days }: AlarmBudget): void {
  if (challenges > 0 && days > 0 && challenges <= days && Number.isFinite(days)) return;
  throw new RangeError(`Expected a budget of more than 0 challenges, at most one a day, got ${challenges} in ${days}.`);
}
