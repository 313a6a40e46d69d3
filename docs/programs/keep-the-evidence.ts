// An owner looks after the evidence: what was lost is put back, what is over is taken away, what is odd is explained.

import type { ObjectStore } from "fogbound";
import { type CapsuleId, type InstanceId, type Owner, pinFiles } from "fogbound";
import { openEmbedded } from "fogbound/embedded";

// Pins lie outside the vault: without them, nobody sees that a whole old vault was put back. Beside the key file is the default.
export async function open(store: ObjectStore, passphrase: string): Promise<Owner> {
  const pins = pinFiles("/home/me/pins");
  return (await openEmbedded({ store, keyFile: "/home/me/owner.key", passphrase, pins })).owner;
}

export async function look(owner: Owner, capsule: CapsuleId): Promise<void> {
  const { restored, lost } = await owner.repair(capsule);
  for (const { name, log } of restored) console.log(`restored ${name} in ${log}`);
  for (const { name, records } of lost) console.log(`lost: records ${records.join(", ")} of ${name}`);

  const verdict = await (await owner.audit(capsule)).verdict();
  for (const finding of verdict.findings)
    if (finding.code === "PIN_CONTRADICTED")
      await owner.explain(capsule, finding, "The disk failed; the vault was restored from Friday's backup.");
}

export async function forget(owner: Owner, capsule: CapsuleId, instance: InstanceId): Promise<void> {
  const because = "A reader asked for it (GDPR, article 17).";
  await owner.erase(capsule, { records: [{ instance, epoch: 1, numbers: [4, 5] }] }, because);
  await owner.erase(capsule, { instance, epoch: 2 }, because);
}

// `owner.seal({ …, retainDays: 90 })`: what was received and is older may go.
export async function tidy(owner: Owner, capsule: CapsuleId): Promise<void> {
  await owner.acknowledge(capsule);
  const { dropped } = await owner.dropExpired(capsule);
  for (const { instance, epoch, records } of dropped) console.log(`dropped ${records} records of ${instance}/${epoch}`);
}
