import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore, Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { documentsIn } from "./documents.mjs";
import { exportTo, printAudit, verifyElsewhere } from "./evidence.mjs";
import { count, say, show, title } from "./print.mjs";
import { searchForSecrets } from "./secrets.mjs";
import { ask } from "./steps.mjs";
import { auditAgain, deleteTheCopies, tamperWithTheExport, tamperWithTheLog } from "./tamper.mjs";

const hour = 3_600_000;
const shown = 12;

/** Seals, serves, refuses, audits, hands over, and is tampered with. @throws Error as soon as something is not as it must be */
export async function tellTheStory({ files, folder }) {
  const found = await documentsIn(files);
  const vault = join(folder, "vault");
  const evidence = join(folder, "evidence.fog");
  const keyFile = join(folder, "keys", "owner.key");
  // A passphrase nobody sees: it lives in this process, and is written nowhere.
  const passphrase = randomBytes(24).toString("base64");
  // The demo's clock runs on from now, and can be turned forward to show what time does.
  let turned = 0;
  const clock = () => Date.now() + turned;
  const open = async () => {
    const store = await ObjectStore.open(localDisk({ directory: vault }));
    return openEmbedded({ store, keyFile, passphrase, clock });
  };

  say("Everything happens on this machine, in a temporary folder. One process plays the owner, the host,");
  say("the authority that releases keys and the harmonizer that keeps the log; a real deployment parts them.");
  const parties = await open();
  const { owner, host, recoveryKey } = parties;
  if (recoveryKey === null) throw new Error("Expected a new owner with a recovery key, got an old one.");
  say(`A new owner was made, ${owner.id}, with a key file and a recovery key. Neither is shown here.`);

  const { capsule, document } = await sealFolder(owner, found, clock);
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

  title("5. The policy's time runs out: the demo turns its clock two days forward");
  turned += 48 * hour;
  await ask({ ...reader, action: "view" }, "denied (not-in-force)");

  title("6. What the owner sees");
  const before = await printAudit(await owner.audit(capsule, { rehashContent: true }));
  if (before.outcome !== "proved") throw new Error(`Expected the verdict proved, got ${before.outcome}.`);
  say("The row that was only asked: it was recorded under the policy from before the revocation, which no");
  say("authority may answer any more; the host asked again under the new one. Refusals are on record too.");
  say('What is not proved is always listed: "parties separate" cannot be, while one process plays them all.');

  title("7. The evidence travels: one file, verified by another process");
  await exportTo(owner, capsule, evidence);
  await parties.close();
  say("Anybody who was told the capsule's id can verify that the log is whole. Who asked for what is sealed to");
  say("the owner: without a key that part stays unproved, and the verdict says so:");
  await verifyElsewhere(evidence, capsule, 0);
  say("With the owner's key:");
  await verifyElsewhere(evidence, capsule, 0, { keyFile, passphrase });

  title("8. Somebody changes the log in the store");
  await tamperWithTheLog(vault);
  await withOwner(open, (again) => auditAgain(again, capsule, { before, expected: "repaired" }));
  await deleteTheCopies(vault);
  await withOwner(open, (again) => auditAgain(again, capsule, { before, expected: "broken" }));

  title("9. Somebody changes the exported evidence");
  await tamperWithTheExport(evidence);
  await verifyElsewhere(evidence, capsule, 4);

  title("10. No secret was left anywhere");
  await searchForSecrets(folder, { keyFile, passphrase, recoveryKey });
}

async function sealFolder(owner, { documents, leftOut }, clock) {
  title("1. The owner seals a folder, with a policy");
  const policy = Policy.allow({
    readers: ["local#reader", "local#former-colleague"],
    actions: ["view"],
    until: new Date(clock() + 24 * hour),
  });
  const { id } = await owner.seal({ items: documents.map(({ item }) => item), policy });
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
