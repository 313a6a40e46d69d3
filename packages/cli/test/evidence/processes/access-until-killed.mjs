// Opens all parties over one vault and makes accesses until it is killed. It tells on stdout, a line each: `ready`;
// `+ <part>` and `- <part>` as a write to the store begins and ends, the part being what the key begins with;
// `access <id>` when the last byte of one has been handed over. With `dies` it kills itself in a write of one part.
import { writeSync } from "node:fs";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "fogbound";
import { openEmbedded } from "fogbound/embedded";

const { vault, keyFile, passphrase, capsule, dies } = JSON.parse(process.argv[2] ?? "");
const writes = new Set(["create", "upload", "replace", "delete"]);
const tell = (line) => writeSync(1, `${line}\n`);
const die = () => process.kill(process.pid, "SIGKILL");
let seen = 0;

/** The real driver; marks writes, and dies by plan before one, with one under way, or when its bytes are durable. */
function marking(driver) {
  const call = async (work, key) => {
    const part = key.split("/")[0];
    const isLast = part === dies?.part && ++seen === dies.write;
    tell(`+ ${part}`);
    if (isLast && dies.moment === "before") die();
    const working = work();
    if (isLast && dies.moment === "within") setImmediate(die);
    try {
      return await working;
    } finally {
      if (isLast) die();
      tell(`- ${part}`);
    }
  };
  return new Proxy(driver, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      const bound = method.bind(target);
      return writes.has(name) ? (key, ...more) => call(() => bound(key, ...more), key) : bound;
    },
  });
}

async function accesses(host) {
  const session = await host.sessionFor("local#ann", { address: "10.0.0.7" });
  for (;;) {
    const access = await host.access(session, { capsule, item: "a.txt", action: "view" });
    if (access.outcome !== "permitted") throw new Error(`expected permission, got ${JSON.stringify(access)}`);
    let bytes = 0;
    for await (const chunk of access.read()) bytes += chunk.length;
    if (bytes !== access.size) throw new Error(`expected ${access.size} bytes, got ${bytes}`);
    tell(`access ${access.id}`);
    await access.end();
  }
}

const store = await ObjectStore.open(marking(localDisk({ directory: vault })));
const { host } = await openEmbedded({ store, keyFile, passphrase });
tell("ready");
await Promise.all([accesses(host), accesses(host)]);
