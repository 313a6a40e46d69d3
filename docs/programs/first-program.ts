import { createReadStream } from "node:fs";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore, Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";

const passphrase = process.env.VAULT_PASSPHRASE;
if (!passphrase) throw new Error("Set VAULT_PASSPHRASE: it seals the key file.");

const store = await ObjectStore.open(localDisk({ directory: "./vault" }));
const { owner, host, recoveryKey, close } = await openEmbedded({ store, keyFile: "./keys/owner.key", passphrase });
if (recoveryKey !== null) console.log("Write this down, it is shown once:", recoveryKey);

const policy = Policy.allow({ readers: ["local#ann"], actions: ["view"], uses: 3 });
const content = createReadStream("report.pdf");
const capsule = await owner.seal({ items: [{ name: "report.pdf", content, mediaType: "application/pdf" }], policy });

const session = await host.sessionFor("local#ann", { address: "192.0.2.7" });
const view = await host.access(session, { capsule: capsule.id, item: "report.pdf", action: "view" });
if (view.outcome === "permitted")
  for await (const piece of view.read()) console.log(`${piece.length} bytes of the report`);
const download = await host.access(session, { capsule: capsule.id, item: "report.pdf", action: "download" });
if (download.outcome === "denied") console.log("no download:", download.reason);

const audit = await owner.audit(capsule.id);
for await (const { reader, action, item, outcome } of audit.accesses()) console.log(reader, action, item, outcome);
const { outcome, notProved, findings } = await audit.verdict();
console.log(outcome, { notProved, findings });
await close();
