// The log goes to the owner's own store by itself, and an outage of the harmonizer is told at once.
import { type Alerts, type CapsuleId, collectMailbox, type ObjectStore, type Owner, Policy } from "fogbound";
import { type Embedded, mailbox, openEmbedded } from "fogbound/embedded";

/** Anything that can tell a person: mail, a pager, a metric. It is called in the middle of an access, so it only notes. */
const alerts: Alerts = {
  raise: (alert) => console.error(alert.kind, JSON.stringify(alert)),
};

/** @param box a store that the owner reads and the hosts cannot write */
export function open(vault: ObjectStore, box: ObjectStore, passphrase: string): Promise<Embedded> {
  return openEmbedded({ store: vault, keyFile: "./owner.key", passphrase, sinks: [mailbox(box)], alerts });
}

export async function seal(owner: Owner): Promise<CapsuleId> {
  const capsule = await owner.seal({
    items: [{ name: "on-call.txt", content: new TextEncoder().encode("whom to wake") }],
    policy: Policy.allow({ readers: ["local#reader"], actions: ["view"] }),
    // After ten minutes or 64 KiB, whichever comes first.
    push: { seconds: 600, bytes: 65_536 },
    // While the harmonizer is away: five releases at most, in the first hour. Every one is in the audit, as BREAK_GLASS.
    breakGlass: { releases: 5, seconds: 3600 },
  });
  return capsule.id;
}

export async function collect(box: ObjectStore, capsule: CapsuleId): Promise<void> {
  for await (const { push, tips } of collectMailbox(box, capsule)) console.log(push.number, push.batches.length, tips);
}

export async function releasedInOutages(owner: Owner, capsule: CapsuleId): Promise<void> {
  const { outcome, findings } = await (await owner.audit(capsule)).verdict();
  for (const { code, severity, sentence } of findings) if (code === "BREAK_GLASS") console.log(severity, sentence);
  console.log(outcome);
}
