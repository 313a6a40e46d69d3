import type { FogSettings, FogStep, ProfiledAccess, Waiting } from "@fogbound/protocol";
import type { AccessEvent } from "../profile/event.js";
import type { AlarmBudget, Judgement } from "../profile/index.js";
import type { WatchedReader } from "./watched-reader.js";
import { minutesAhead } from "./zone.js";

/** What is made of one access, before anything is served. */
export interface Suspicion {
  readonly step: FogStep;
  readonly score: number;
  readonly threshold: number;
  readonly because: string;
  readonly question: string | null;
  /** Whether it changes the reader's standing, so that it must be durable before it is answered. */
  readonly isFinal: boolean;
}

/** After so long in fog a reader may show himself once more: he has perhaps mistyped. */
const askAgainMilliseconds = 24 * 60 * 60 * 1000;
/** So many questions may be left without a reply; the next access is answered with fog. */
const mostUnanswered = 3;

/**
 * Judges one access, and changes what is known of the reader.
 * @returns null when another process has changed that meanwhile
 */
export async function suspect(
  reader: WatchedReader,
  access: ProfiledAccess,
  waiting: Waiting,
): Promise<Suspicion | null> {
  const { settings } = access;
  if (settings.isHoney) return goesOn("nobody has a reason to open this capsule");
  if (settings.forced.includes(access.reader)) return goesOn("the owner wants fog for this login");
  if (access.reply !== null) return replied(reader, access, waiting);
  if (reader.memory.foggedSince !== null) return inFog(reader, access);
  if (reader.memory.unanswered > 0) return unanswered(reader, access);
  const event = eventOf(access);
  const judgement = reader.judge(event, budgetOf(settings));
  const reasons = reasonsOf(judgement);
  const isVouchedFor = reader.isVouchedFor(judgement);
  if (isVouchedFor || !judgement.isSurprising) {
    if (isVouchedFor) reader.learn(judgement, "answered");
    else reader.pass(event, judgement);
    return { ...reasons, step: "calm", question: null, isFinal: false };
  }
  reader.keep(event);
  return surprised(reader, access, reasons);
}

/** A profile takes at most one alarm a day, and more than none: what else a manifest may say must not stop every access. */
function budgetOf({ alarmsPerThousandMonths }: FogSettings): AlarmBudget {
  return { challenges: Math.min(30, Math.max(1, alarmsPerThousandMonths) / 1000), days: 30 };
}

function reasonsOf({ score, threshold, reasons }: Judgement): Reasons {
  return { score, threshold, because: reasons.length === 0 ? "as usual" : reasons.join("; ") };
}

type Reasons = Pick<Suspicion, "score" | "threshold" | "because">;

function surprised(reader: WatchedReader, access: ProfiledAccess, reasons: Reasons): Suspicion {
  const { response } = access.settings;
  if (response === "observe") return { ...reasons, step: "observed", question: null, isFinal: true };
  if (response === "challenge") return challenge(reader, access, reasons);
  reader.change({ foggedSince: access.time });
  return fog(reasons.because, reasons);
}

function challenge(reader: WatchedReader, access: ProfiledAccess, reasons: Reasons): Suspicion {
  const question = reader.ask(access);
  return { ...reasons, step: "challenged", question, isFinal: true };
}

/** The reader hears the same after a right and a wrong reply: permitted. What he is given is not the same. */
async function replied(reader: WatchedReader, access: ProfiledAccess, waiting: Waiting): Promise<Suspicion | null> {
  const isPassed = await reader.hear(access, waiting);
  if (isPassed === null) return null;
  if (isPassed) {
    const event = eventOf(access);
    reader.clear(access.time, event);
    reader.learn(reader.judge(event, budgetOf(access.settings)), "answered");
    const because = "answered the question";
    return { step: "passed", score: 0, threshold: 0, because, question: null, isFinal: true };
  }
  reader.keep(eventOf(access));
  reader.change({ foggedSince: reader.memory.foggedSince ?? access.time, unanswered: 0 });
  return fog("gave no right answer to the question");
}

function inFog(reader: WatchedReader, access: ProfiledAccess): Suspicion {
  reader.keep(eventOf(access));
  const mayAsk =
    access.settings.response === "challenge" && access.time - reader.memory.askedAt >= askAgainMilliseconds;
  if (!mayAsk) return goesOn("in fog since he could not say who he is");
  return challenge(reader, access, { score: 0, threshold: 0, because: "in fog for a day, and may show who he is" });
}

/** Whoever goes away when he is asked and comes back for something harmless is asked again. */
function unanswered(reader: WatchedReader, access: ProfiledAccess): Suspicion {
  reader.keep(eventOf(access));
  const because = "has not answered the question";
  if (reader.memory.unanswered < mostUnanswered) return challenge(reader, access, { score: 0, threshold: 0, because });
  reader.change({ foggedSince: access.time, unanswered: 0 });
  return fog(because);
}

/** Fog that goes on changes nothing, and takes no longer than what is as usual: a host must not tell the two by the time. */
function goesOn(because: string): Suspicion {
  return { ...fog(because), isFinal: false };
}

function fog(because: string, reasons: Partial<Reasons> = {}): Suspicion {
  return { step: "fogged", score: 0, threshold: 0, ...reasons, because, question: null, isFinal: true };
}

function eventOf({ settings, reader, capsule, item, action, time, place }: ProfiledAccess): AccessEvent {
  const zone = settings.readers.find((one) => one.reader === reader)?.zone ?? null;
  return {
    time,
    zoneMinutes: minutesAhead(zone, time),
    action,
    item: item.name,
    group: capsule,
    bytes: item.length,
    network: networkOf(place.address),
    country: place.country,
  };
}

/** The first three numbers of an IPv4 address, the first three groups of an IPv6 address: what an access line has in common. */
function networkOf(address: string | null): string | null {
  if (address === null) return null;
  return address.includes(":") ? address.split(":").slice(0, 3).join(":") : address.split(".").slice(0, 3).join(".");
}
