// A library author: seal, serve, read the audit.
import { createReadStream } from "node:fs";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore, Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";

declare function askPassphrase(): Promise<string>;

const store = await ObjectStore.open(localDisk({ directory: "./vault" }));
const { owner, host, close } = await openEmbedded({
  store,
  keyFile: "./owner.key",
  passphrase: await askPassphrase(),
});

const policy = Policy.allow({
  readers: ["local#reader"],
  actions: ["view"],
  until: new Date("2027-01-31T00:00:00Z"),
  uses: 3,
});
const capsule = await owner.seal({ items: [{ name: "report.pdf", content: createReadStream("report.pdf") }], policy });

const session = await host.sessionFor("local#reader", { address: "10.0.0.7" });
const access = await host.access(session, { capsule: capsule.id, item: "report.pdf", action: "view" });
if (access.outcome === "permitted") for await (const chunk of access.read()) process.stdout.write(chunk);

const audit = await owner.audit(capsule.id);
for await (const entry of audit.accesses()) console.log(entry.time, entry.reader, entry.action, entry.outcome);
console.log(await audit.verdict());
await close();
