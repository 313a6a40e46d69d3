import { type AlarmBudget, onceAMonth, thresholdFor } from "./calibration.js";
import { type ContentSurprise, contentSurprise } from "./content.js";
import { suspicionFades, visitGap, window } from "./defaults.js";
import { type AccessEvent, checkEvent } from "./event.js";
import { type Features, featuresOf } from "./features.js";
import { type Clock, clockOf, hourSurprise } from "./hours.js";
import { advanced, type PaceSurprise, paceSurprise } from "./pace.js";
import { type PlaceSurprise, placeSurprise } from "./place.js";
import { type Baseline, type Now, nat, type Profile, type Visit } from "./profile.js";
import { reasonsFor } from "./reasons.js";

/** What one access looked like, for {@link observe} and {@link learn}. Opaque to callers; not stored. */
export interface Observation {
  readonly event: AccessEvent;
  readonly features: Features;
  readonly clock: Clock;
  readonly content: ContentSurprise;
  readonly pace: PaceSurprise;
  readonly place: PlaceSurprise;
  readonly hour: number;
  readonly next: Now;
  /** The highest score of the day that this access is the first after; null when its day has begun already. */
  readonly closedDay: number | null;
}

export interface Judgement {
  /** Nats: how much better "somebody else" explains the last accesses than "this reader", and how odd pace, hour and place are. */
  readonly score: number;
  /** What this reader's score exceeds no oftener than the budget allows, as far as can be told. */
  readonly threshold: number;
  readonly isSurprising: boolean;
  /** What this access alone says, in nats, by what was opened. */
  readonly evidence: number;
  /** In words, the weightiest first; empty when nothing is surprising. */
  readonly reasons: readonly string[];
  readonly observation: Observation;
}

/** Of what an access says, what habit can make up for, and what one access can add. */
const leastEvidence = -6;
const mostEvidence = 12;
const leastSuspicion = -4;

/**
 * How surprising an access is for this reader, by what was learnt before it. Changes nothing: call {@link observe} with
 * the judgement next, and {@link learn} when the access has passed.
 *
 * @param budget how often an honest reader may be asked; once a month unless said otherwise
 * @throws RangeError for an event whose numbers cannot be a time, a zone or a size, and for a budget that is none
 */
export function judge(
  profile: Profile,
  baseline: Baseline,
  event: AccessEvent,
  budget: AlarmBudget = onceAMonth,
): Judgement {
  checkEvent(event);
  const observation = look(profile, baseline, event);
  const { pace, place, hour, next, content } = observation;
  const score = next.suspicion / nat + pace.excess + place.network + place.country + hour;
  const threshold = thresholdFor(profile.days, baseline.days, budget);
  const isSurprising = score > threshold;
  const reasons = isSurprising ? reasonsFor(observation) : [];
  return { score, threshold, isSurprising, evidence: content.evidence, reasons, observation };
}

function look(profile: Profile, baseline: Baseline, event: AccessEvent): Observation {
  const { now } = profile;
  const features = featuresOf(event, now.before);
  const clock = clockOf(Math.max(event.time, now.time), event.zoneMinutes);
  const content = contentSurprise(profile, baseline.sketch, features, now.before);
  const next = after(now, event, features, content, clock);
  return {
    event,
    features,
    clock,
    content,
    next,
    closedDay: next.day === now.day || now.dayHighest === null ? null : now.dayHighest / nat,
    pace: paceSurprise(profile.pace, baseline.pace, next.gauges),
    place: placeSurprise(profile.sketch, baseline.sketch, event),
    hour: event.zoneMinutes === null ? 0 : hourSurprise(profile.hours, clock),
  };
}

function after(now: Now, event: AccessEvent, features: Features, content: ContentSurprise, clock: Clock): Now {
  const time = Math.max(event.time, now.time);
  const elapsed = now.before === null ? 0 : time - now.time;
  const evidence = Math.round(Math.max(leastEvidence, Math.min(mostEvidence, content.evidence)) * nat);
  const run = runAfter(now, features, content);
  const { neverOpened } = content;
  const folderBefore = now.before?.folder?.place ?? 0;
  const step = { neverOpened, newFolder: folderBefore !== (features.folder?.place ?? 0), bytes: event.bytes ?? 0, run };
  return {
    time,
    before: { item: features.item, folder: features.folder },
    smoothed: averaged(now.smoothed, evidence, 0),
    suspicion: Math.max(leastSuspicion * nat, averaged(now.suspicion, evidence, elapsed)),
    gauges: advanced(now.gauges, elapsed, step),
    run,
    visit: visitAfter(now.visit, time, elapsed, event, neverOpened),
    day: clock.day,
    dayHighest: clock.day === now.day ? now.dayHighest : null,
  };
}

function averaged(before: number, evidence: number, elapsed: number): number {
  const faded = before * Math.exp(-elapsed / (before < 0 ? visitGap : suspicionFades));
  return Math.round(faded + (evidence - faded) / window);
}

function runAfter(now: Now, features: Features, content: ContentSurprise): number {
  const goesOn =
    now.before !== null &&
    now.before.item.place !== features.item.place &&
    now.before.folder?.place === features.folder?.place &&
    !content.usualOrder;
  return goesOn ? now.run + 1 : 1;
}

function visitAfter(visit: Visit, time: number, elapsed: number, event: AccessEvent, neverOpened: boolean): Visit {
  const goesOn = visit.accesses > 0 && elapsed <= visitGap;
  return {
    start: goesOn ? visit.start : time,
    accesses: (goesOn ? visit.accesses : 0) + 1,
    neverOpened: (goesOn ? visit.neverOpened : 0) + (neverOpened ? 1 : 0),
    bytes: Math.min(Number.MAX_SAFE_INTEGER, (goesOn ? visit.bytes : 0) + (event.bytes ?? 0)),
  };
}
