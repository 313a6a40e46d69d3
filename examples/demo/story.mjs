import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { generateSigningKey, Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { documentsIn } from "./documents.mjs";
import { exportTo, printAudit, verifyElsewhere } from "./evidence.mjs";
import { placeOf } from "./place.mjs";
import { count, say, show, title } from "./print.mjs";
import { searchForSecrets } from "./secrets.mjs";
import { ask } from "./steps.mjs";
import { auditAgain, deleteTheCopies, destroyPartOf, tamperWithTheExport, tamperWithTheLog } from "./tamper.mjs";
import { tellOfTheThief } from "./thief.mjs";

const hour = 3_600_000;
const shown = 12;

/** Seals, serves, refuses, audits, hands over, and is tampered with. @throws Error as soon as something is not as it must be */
export async function tellTheStory({ files, folder, store: url, keep }) {
  const found = await documentsIn(files);
  const place = await placeOf(url, join(folder, "vault"));
  const raw = await place.open();
  try {
    await story({ found, folder, place, raw });
  } finally {
    await raw.close();
    if (!keep) await place.clear();
  }
}

/** @param raw the store as somebody sees it who works behind everybody's back */
async function story({ found, folder, place, raw }) {
  const evidence = join(folder, "evidence.fog");
  const keyFile = join(folder, "keys", "owner.key");
  // A passphrase nobody sees: it lives in this process, and is written nowhere.
  const passphrase = randomBytes(24).toString("base64");
  // The demo's clock runs on from now, and can be turned forward to show what time does.
  let turned = 0;
  const clock = () => Date.now() + turned;
  const open = async () => openEmbedded({ store: await place.open(), keyFile, passphrase, clock });

  say(`Everything is kept in ${place.named}. One process plays the owner, two hosts, the authority that`);
  say("releases keys and the harmonizer that keeps the log; a real deployment parts them.");
  const parties = await open();
  const { owner, host, recoveryKey } = parties;
  if (recoveryKey === null) throw new Error("Expected a new owner with a recovery key, got an old one.");
  say(`A new owner was made, ${owner.id}, with a key file and a recovery key. Neither is shown here.`);

  const second = await parties.openHost(generateSigningKey());
  const { capsule, document } = await sealFolder(owner, [host, second], found, clock);
  const wish = { host, capsule, document };
  const reader = { ...wish, subject: "local#reader" };
  const colleague = { ...wish, subject: "local#former-colleague" };

  title("2. A reader views an item");
  await ask({ ...reader, action: "view" }, "permitted");

  title("3. The same reader wants to download it, which the policy forbids");
  await ask({ ...reader, action: "download" }, "denied (policy)");

  title("4. The other reader views it, is revoked, and asks again");
  await ask({ ...colleague, action: "view" }, "permitted");
  await owner.revoke(capsule, { reader: "local#former-colleague" });
  say("The owner revokes local#former-colleague.");
  await ask({ ...colleague, action: "view" }, "denied (revoked)");

  title("5. A second host serves the same capsule, with a log of its own");
  const { instance } = await second.offer(capsule);
  for (let time = 0; time < 5; time++) await ask({ ...reader, host: second, action: "view" }, "permitted");

  title("6. The policy's time runs out: the demo turns its clock two days forward");
  turned += 48 * hour;
  await ask({ ...reader, action: "view" }, "denied (not-in-force)");

  title("7. What the owner sees: the logs of both hosts, merged");
  const before = await printAudit(await owner.audit(capsule, { rehashContent: true }));
  if (before.outcome !== "proved") throw new Error(`Expected the verdict proved, got ${before.outcome}.`);
  say("The row that was only asked: it was recorded under the policy from before the revocation, which no");
  say("authority may answer any more; the host asked again under the new one. Refusals are on record too.");
  say('What is not proved is always listed: "parties separate" cannot be, while one process plays them all.');

  title("8. The evidence travels: one file, verified by another process");
  await exportTo(owner, capsule, evidence);
  await parties.close();
  say("Anybody who was told the capsule's id can verify that the log is whole. Who asked for what is sealed to");
  say("the owner: without a key that part stays unproved, and the verdict says so:");
  await verifyElsewhere(evidence, capsule, 0);
  say("With the owner's key:");
  await verifyElsewhere(evidence, capsule, 0, { keyFile, passphrase });

  await attack({ raw, open, capsule, instance, before, evidence });

  const theft = await tellOfTheThief(folder);

  title("17. No secret was left anywhere");
  await searchForSecrets(folder, raw, { keyFile, passphrase, recoveryKey });
  say("And of the owner of the guarded folder:");
  await searchForSecrets(folder, theft.store, theft);
  await theft.store.close();
}

/** What somebody can do who has the store, or the file, in his hands; and what comes of it. */
async function attack({ raw, open, capsule, instance, before, evidence }) {
  title("9. Part of the log of one of the two hosts is destroyed");
  await destroyPartOf(raw, instance);
  await withOwner(open, async (again) => {
    await auditAgain(again, capsule, { before, expected: "repaired" });
    const { restored, lost } = await again.repair(capsule);
    say(`Repaired: ${count(restored.length, "object")} put back into the store, bit for bit; ${lost.length} lost.`);
    await auditAgain(again, capsule, { before, expected: "proved" });
    say("Both logs are whole, and merge to the same history as before.");
  });

  title("10. Somebody changes the log, and takes away what would repair it");
  await tamperWithTheLog(raw);
  await deleteTheCopies(raw);
  await withOwner(open, (again) => auditAgain(again, capsule, { before, expected: "broken" }));

  title("11. Somebody changes the exported evidence");
  await tamperWithTheExport(evidence);
  await verifyElsewhere(evidence, capsule, 4);
}

async function sealFolder(owner, hosts, { documents, leftOut }, clock) {
  title("1. The owner seals a folder, with a policy");
  const policy = Policy.allow({
    readers: ["local#reader", "local#former-colleague"],
    actions: ["view"],
    until: new Date(clock() + 24 * hour),
  });
  const entries = hosts.map(({ entry }) => entry);
  const issuers = [{ id: "local", hosts: entries.map(({ id }) => id), readers: [] }];
  const { id } = await owner.seal({ items: documents.map(({ item }) => item), policy, hosts: entries, issuers });
  for (const { item, size } of documents.slice(0, shown)) say(`   ${item.name}  (${item.mediaType}, ${size} bytes)`);
  if (documents.length > shown) say(`   … and ${documents.length - shown} more`);
  if (leftOut.length > 0) say(`   left out, as no files: ${leftOut.join(", ")}`);
  say(`${count(documents.length, "item")} sealed and published as ${id}`);
  say("The policy travels in the capsule, sealed to the authority:");
  show(policy.cedar);
  const textual = documents.find(({ item, size }) => size > 0 && item.mediaType === "text/plain");
  return { capsule: id, document: textual ?? documents.find(({ size }) => size > 0) ?? documents[0] };
}

async function withOwner(open, use) {
  const { owner, close } = await open();
  try {
    await use(owner);
  } finally {
    await close();
  }
}
