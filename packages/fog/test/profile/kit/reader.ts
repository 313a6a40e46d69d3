import {
  type AccessEvent,
  type AlarmBudget,
  type Baseline,
  emptyBaseline,
  emptyProfile,
  type Judgement,
  judge,
  learn,
  learnBaseline,
  type Outcome,
  observe,
  type Profile,
} from "../../../src/profile/index.js";

export const minute = 60_000;
export const hour: number = 60 * minute;
export const day: number = 24 * hour;
/** A Monday, midnight UTC. */
export const monday: number = Date.UTC(2026, 0, 5);

export function access(time: number, item: string, changes: Partial<AccessEvent> = {}): AccessEvent {
  return {
    time,
    zoneMinutes: 60,
    action: "view",
    item,
    group: "vault",
    bytes: 20_000,
    network: "10.0.0.0/24",
    country: "DE",
    ...changes,
  };
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A reader, as a guard keeps one: judged, observed, and taught what passed. */
export class Watched {
  readonly profile: Profile;
  readonly baseline: Baseline;

  constructor(profile: Profile = emptyProfile(), baseline: Baseline = emptyBaseline()) {
    this.profile = profile;
    this.baseline = baseline;
  }

  /** @param outcome null: what did not surprise has passed, the rest is refused */
  sees(event: AccessEvent, outcome: Outcome | null = null, budget?: AlarmBudget): Judgement {
    const judgement = judge(this.profile, this.baseline, event, budget);
    observe(this.profile, judgement);
    const ended = outcome ?? (judgement.isSurprising ? "refused" : "passed");
    learn(this.profile, judgement, ended);
    learnBaseline(this.baseline, judgement, ended);
    return judgement;
  }
}

/** One working day of an honest reader: a few items, most of them known, now and then a new one. */
export function workingDay(random: () => number, start: number, project = "ledger"): readonly AccessEvent[] {
  const events: AccessEvent[] = [];
  let time = start + 8 * hour + random() * hour;
  const count = 8 + Math.floor(random() * 12);
  for (let at = 0; at < count; at++) {
    time += minute * (1 + random() * 40);
    const known = random() < 0.9;
    const number = known ? Math.floor(30 * random() ** 2) : 100 + Math.floor(random() * 1000);
    events.push(access(Math.round(time), `${project}/${number % 4}/report-${number}.pdf`));
  }
  return events;
}

/** A reader with that many ordinary weeks behind him, all of it known to be his. */
export function settled(seed: number, weeks = 8): { readonly reader: Watched; readonly end: number } {
  const random = randomFrom(seed);
  const reader = new Watched();
  for (let at = 0; at < weeks * 7; at++)
    if (at % 7 < 5) for (const event of workingDay(random, monday + at * day)) reader.sees(event, "answered");
  return { reader, end: monday + weeks * 7 * day };
}
