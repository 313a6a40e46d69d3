import type { Clock } from "./hours.js";
import type { Observation } from "./judge.js";
import { type Gauge, gauges, gaugeUnit, type PaceSurprise } from "./pace.js";
import { nat, type Visit } from "./profile.js";

interface Reason {
  readonly nats: number;
  readonly sentence: string;
}

const few = 3;

/** What makes the access surprising, in words, the weightiest first. Names no item: a reason may be shown to others. */
export function reasonsFor(observation: Observation): readonly string[] {
  const { next, pace, hour, place, clock } = observation;
  const candidates: Reason[] = [
    { nats: next.suspicion / nat, sentence: contentSentence(observation) },
    { nats: pace.excess, sentence: paceSentence(pace, next.gauges) },
    { nats: hour, sentence: `at ${timeOf(clock)}, when this reader is seldom here` },
    { nats: place.network, sentence: "from a network never used before" },
    { nats: place.country, sentence: "from a country never seen before" },
  ];
  const found = candidates.filter(({ nats }) => nats > 0.25).sort((left, right) => right.nats - left.nats);
  return found.map(({ sentence }) => sentence);
}

function contentSentence({ next: { visit, time }, content, clock, event }: Observation): string {
  const when = event.zoneMinutes === null ? "" : `, at ${timeOf(clock)}`;
  if (visit.neverOpened >= few)
    return `opened ${visit.neverOpened} items never opened before, in ${durationOf(visit, time)}${when}`;
  if (content.newFolder) return `opened an item of a folder never opened before${when}`;
  if (content.neverOpened) return `opened an item never opened before${when}`;
  return `opened what other readers open and this one seldom does${when}`;
}

function paceSentence({ gauge, usual }: PaceSurprise, values: readonly number[]): string {
  const { counts, fades } = gauges[gauge] as Gauge;
  const count = Math.round((values[gauge] as number) / gaugeUnit);
  const within = fades === null ? "" : ` within about ${spanOf(fades)}`;
  return `${count} ${counts}${within}, where under ${usual} are usual`;
}

function durationOf({ start }: Visit, time: number): string {
  return spanOf(time - start);
}

function spanOf(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return `${hours} hours`;
}

function timeOf({ hour, minute }: Clock): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
