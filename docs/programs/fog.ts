// Who behaves as he never did is asked a question; who cannot answer it gets decoys, and a leaked line of one names him.
import { createReadStream } from "node:fs";
import {
  type AlertLetter,
  type CapsuleId,
  collectAlerts,
  type Host,
  type HostSession,
  honeyItem,
  type ObjectStore,
  type Owner,
  type OwnerKeys,
  Policy,
} from "fogbound";

export async function seal(owner: Owner): Promise<CapsuleId> {
  const capsule = await owner.seal({
    items: [{ name: "customers.csv", mediaType: "text/csv", content: createReadStream("customers.csv") }],
    policy: Policy.allow({ readers: ["local#ann", "local#bob"], actions: ["view"] }),
    fog: {
      response: "challenge",
      alarmsPerMonth: 1,
      // Three decoys beside each item, which no store and no host can tell from it; more are made when they are needed.
      sealedDecoys: 3,
      readers: [
        {
          reader: "local#ann",
          zone: "Europe/Vienna",
          questions: [{ question: "At which lake did we meet?", answer: "Bodensee" }],
        },
      ],
    },
  });
  return capsule.id;
}

/** @param put asks the reader, and gives back what he says */
export async function view(
  host: Host,
  session: HostSession,
  capsule: CapsuleId,
  put: (question: string) => Promise<string>,
): Promise<ReadableStream<Uint8Array> | null> {
  const wish = { capsule, item: "customers.csv", action: "view" } as const;
  const access = await host.access(session, wish);
  if (access.outcome !== "challenged") return access.outcome === "permitted" ? access.read() : null;
  const reply = { challenge: access.challenge, answer: await put(access.question) };
  // The same answer after a right and a wrong reply: permitted.
  const again = await host.access(session, { ...wish, reply });
  return again.outcome === "permitted" ? again.read() : null;
}

export async function whatTheGuardSaw(owner: Owner, capsule: CapsuleId): Promise<void> {
  const audit = await owner.audit(capsule);
  for await (const { time, reader, item, fog } of audit.accesses())
    if (fog !== null && fog.step !== "calm") console.log(time, reader, item, fog.step, fog.because);
}

/** A few lines that turned up somewhere, in whatever form. */
export async function whoseIsThis(
  owner: Owner,
  capsule: CapsuleId,
  fragment: AsyncIterable<Uint8Array>,
): Promise<void> {
  for (const { accesses, identifiers, chance } of await owner.trace(capsule, fragment))
    for (const { time, reader, item } of accesses) console.log(time, reader, item, identifiers, `by chance: ${chance}`);
}

export async function afterTheAlarm(owner: Owner, capsule: CapsuleId): Promise<void> {
  await owner.trust(capsule, "local#ann"); // It was her: no more fog, and what surprised is learnt.
  await owner.setFog(capsule, { forced: ["local#bob"] }); // His login is stolen: nothing but fog.
}

/** Bait: made-up tables that nobody has a reason to open. Whoever may read the rest may read these. */
export async function sealBait(owner: Owner): Promise<CapsuleId> {
  const capsule = await owner.seal({
    items: [await honeyItem("passwords"), await honeyItem("salaries")],
    policy: Policy.allow({ readers: ["local#ann", "local#bob"], actions: ["view", "download"] }),
    fog: { honey: true },
  });
  return capsule.id;
}

/** @param box the store behind the `alertMailbox` that `openEmbedded` was given */
export async function whoTookTheBait(box: ObjectStore, capsule: CapsuleId, keys: OwnerKeys): Promise<AlertLetter[]> {
  const letters: AlertLetter[] = [];
  for await (const letter of collectAlerts(box, capsule, keys)) letters.push(letter);
  return letters;
}
