// The main job, start to end, on a directory of this machine: `npm run demo`, or `npm run demo -- --files DIR`.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore, Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { documentsIn } from "./documents.mjs";
import { exportTo, printAudit, verifyElsewhere } from "./evidence.mjs";
import { say, show, title } from "./print.mjs";
import { accessAs, outcomeOf } from "./steps.mjs";
import { tamperWithTheExport, tamperWithTheLog } from "./tamper.mjs";

const { values } = parseArgs({ options: { files: { type: "string" }, keep: { type: "boolean" } } });
const files = values.files ?? join(import.meta.dirname, "..", "documents");
const folder = await mkdtemp(join(tmpdir(), "fogbound-demo-"));
const hour = 3_600_000;

// The demo's clock runs on from now, and can be turned forward to show what time does.
let turned = 0;
const clock = () => Date.now() + turned;

// A passphrase nobody sees: it lives in this process and is written nowhere.
const passphrase = randomBytes(24).toString("base64");
const vault = join(folder, "vault");
const open = async () => {
  const store = await ObjectStore.open(localDisk({ directory: vault }));
  return openEmbedded({ store, keyFile: join(folder, "keys", "owner.key"), passphrase, clock });
};

try {
  const { owner, host, recoveryKey, close } = await open();
  say(
    `A new owner, ${owner.id}. Its recovery key was made${recoveryKey === null ? "" : " (in real life it is shown once, and you write it down)"}.`,
  );

  title("1. Seal a folder, with its policy");
  const items = await documentsIn(files);
  const until = new Date(clock() + 24 * hour);
  const policy = Policy.allow({ readers: ["local#reader", "local#former-colleague"], actions: ["view"], until });
  const capsule = await owner.seal({ items, policy });
  for (const { name } of items.slice(0, 12)) say(`   ${name}`);
  if (items.length > 12) say(`   … and ${items.length - 12} more`);
  say(`${items.length} items sealed and published as ${capsule.id}`);
  say("The policy travels in the capsule, sealed to the authority:");
  show(policy.cedar);

  title("2. A reader views an item");
  const item = items.find(({ name }) => name.endsWith(".txt") && !name.startsWith("empty"))?.name ?? items[0].name;
  const viewed = await accessAs(host, "local#reader", { capsule: capsule.id, item, action: "view" }, files);
  say(outcomeOf(viewed));

  title("3. The same reader wants to download it, which the policy forbids");
  say(outcomeOf(await accessAs(host, "local#reader", { capsule: capsule.id, item, action: "download" }, files)));

  title("4. A reader is revoked, and asks again");
  say(outcomeOf(await accessAs(host, "local#former-colleague", { capsule: capsule.id, item, action: "view" }, files)));
  await owner.revoke(capsule.id, { reader: "local#former-colleague" });
  say("revoked.");
  say(outcomeOf(await accessAs(host, "local#former-colleague", { capsule: capsule.id, item, action: "view" }, files)));

  title("5. The time window closes (the demo turns its clock two days forward)");
  turned += 48 * hour;
  say(outcomeOf(await accessAs(host, "local#reader", { capsule: capsule.id, item, action: "view" }, files)));

  title("6. What the owner sees");
  await printAudit(await owner.audit(capsule.id, { rehashContent: true }));

  title("7. The evidence travels: one file, verified by another process that has nothing but the capsule's id");
  const exported = join(folder, "evidence.fog");
  await exportTo(owner, capsule.id, exported);
  await verifyElsewhere(exported, capsule.id);
  await close();

  title("8. Somebody changes one byte of the log in the store");
  await tamperWithTheLog(vault, capsule.id, open);

  title("9. Somebody changes one byte of the exported evidence");
  await tamperWithTheExport(exported, capsule.id);
} finally {
  if (values.keep) say(`Kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
