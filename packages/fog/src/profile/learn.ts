import { learnDay, learnPeersDay } from "./calibration.js";
import { unitsPerAccess } from "./defaults.js";
import { type Features, views } from "./features.js";
import { learnHour } from "./hours.js";
import type { Judgement } from "./judge.js";
import { learnPace } from "./pace.js";
import { learnPlace } from "./place.js";
import { type Baseline, nat, type Profile } from "./profile.js";
import { add, grow, type Sketch } from "./sketch.js";

/** How an access ended: it passed without a question, after a right answer, or it was not the reader's. */
export type Outcome = "passed" | "answered" | "refused";

/** How many standard deviations above the usual surprise an access is learnt in full, and how many more until not at all. */
const fullUpTo = 0.5;
const noneAfter = 1;
/** Accesses after which half of the trust that a new reader gets in advance is used up. */
const youngUpTo = 20;
/** Over how many accesses mean and variance of the usual surprise are learnt. */
const usualOver = 500;
const leastVariance = 0.25 * nat;

/**
 * Takes note that the access happened: pace, visit and suspicion go on from it, and unless it surprises it counts as what
 * an honest day may come to. Call it once for every judgement, at once.
 */
export function observe(profile: Profile, { observation, score, isSurprising }: Judgement): void {
  if (observation.closedDay !== null) learnDay(profile.days, observation.closedDay);
  profile.now = observation.next;
  if (!isSurprising) raiseDay(profile, observation.clock.day, score);
}

/**
 * Makes the access part of what is usual, now or later. One that passed counts the less, the more its neighbourhood
 * surprises: what slips through below the threshold must not teach the profile to let more through. One that was
 * answered for counts in full, and its suspicion is over. One that was refused teaches nothing.
 */
export function learn(profile: Profile, judgement: Judgement, outcome: Outcome): void {
  if (outcome === "refused") return;
  const { observation, score } = judgement;
  const weight = outcome === "answered" ? 1 : trust(profile);
  const units = Math.round(weight * unitsPerAccess);
  if (outcome === "answered") raiseDay(profile, observation.clock.day, score);
  learnUsual(profile, weight);
  learnPace(profile.pace, observation.next.gauges, isUsualPace(judgement, outcome) ? units : 0);
  if (observation.event.zoneMinutes !== null) learnHour(profile.hours, observation.clock, units);
  if (units === 0) return;
  learnPlace(profile.sketch, observation.event, units);
  countAll(profile.sketch, observation.features, units);
  remember(profile, observation.features);
}

/** After a right answer: what was suspected so far is over, and the count of surprise begins anew. */
export function reassure(profile: Profile): void {
  profile.now = { ...profile.now, suspicion: 0 };
}

/** The same for the peers, of which one reader's access is one of many: in full or not at all. */
export function learnBaseline(baseline: Baseline, judgement: Judgement, outcome: Outcome): void {
  if (outcome === "refused") return;
  const { observation } = judgement;
  learnPace(baseline.pace, observation.next.gauges, isUsualPace(judgement, outcome) ? 1 : 0);
  learnPlace(baseline.sketch, observation.event, 1);
  countAll(baseline.sketch, observation.features, 1);
  if (observation.closedDay !== null) learnPeersDay(baseline.days, observation.closedDay);
}

/** Copying in bulk what the reader always opens has nothing odd but its pace, and would soon make that usual. */
function isUsualPace({ observation }: Judgement, outcome: Outcome): boolean {
  return outcome === "answered" || observation.pace.excess === 0;
}

/** From 0 to 1: how usual the neighbourhood of the last access is for this reader. */
export function trust(profile: Profile): number {
  const above = (profile.now.smoothed - profile.usualMean) / deviationOf(profile);
  const young = (unitsPerAccess * youngUpTo) / (profile.sketch.mass + unitsPerAccess * youngUpTo);
  return Math.max(young, Math.min(1, (fullUpTo + noneAfter - above) / noneAfter));
}

function raiseDay(profile: Profile, day: number, score: number): void {
  const { now } = profile;
  if (day !== now.day) return;
  const highest = Math.max(Math.round(score * nat), now.dayHighest ?? Number.NEGATIVE_INFINITY);
  profile.now = { ...now, dayHighest: highest };
}

/** What surprises is not learnt as usual either, or a patient thief would widen the gate for himself. */
function learnUsual(profile: Profile, weight: number): void {
  const rate = weight / Math.min(usualOver, profile.sketch.mass / unitsPerAccess + 1);
  const difference = profile.now.smoothed - profile.usualMean;
  profile.usualMean = Math.round(profile.usualMean + rate * difference);
  const variance = profile.usualVariance + rate * ((difference * difference) / nat - profile.usualVariance);
  profile.usualVariance = Math.round(variance);
}

function deviationOf(profile: Profile): number {
  return Math.sqrt(Math.max(leastVariance, profile.usualVariance) * nat);
}

function countAll(sketch: Sketch, features: Features, units: number): void {
  for (const view of views) {
    const hash = features[view];
    if (hash !== null) add(sketch, hash, units);
  }
  grow(sketch, units);
}

function remember(profile: Profile, { item, folder }: Features): void {
  profile.recentItems[profile.recentAt] = item.place;
  profile.recentFolders[profile.recentAt] = folder?.place ?? 0;
  profile.recentAt = (profile.recentAt + 1) % profile.recentItems.length;
}
