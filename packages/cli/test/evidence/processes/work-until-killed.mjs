// Works on one vault until it is killed: `logging` makes accesses to a capsule, `seal` seals capsules, `upload` stores
// objects, small and large, with one upload beside them that never ends. It tells on stdout, a line each: `ready`;
// `+ <part>` and `- <part>` as a write to the store begins and ends, the part being what the key begins with; and
// `done <what>` when something has been acknowledged: an access handed over to its last byte, a capsule, a key.
// With `dies` it kills itself in a write of one part.
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { ObjectStore } from "@fogbound/storage";
import { Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";

const { url, keyFile, passphrase, capsule, work, dies } = JSON.parse(process.argv[2] ?? "");
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

async function driverFor(scheme) {
  if (scheme === "s3") return (await import("@fogbound/adapter-minio")).minioFromUrl(url, process.env);
  if (scheme === "azblob") return (await import("@fogbound/adapter-azure-blob")).azureBlobFromUrl(url, process.env);
  return (await import("@fogbound/adapter-local-disk")).localDiskFromUrl(url);
}

async function accesses(host) {
  const session = await host.sessionFor("local#ann", { address: "10.0.0.7" });
  for (;;) {
    const access = await host.access(session, { capsule, item: "a.txt", action: "view" });
    if (access.outcome !== "permitted") throw new Error(`expected permission, got ${JSON.stringify(access)}`);
    let bytes = 0;
    for await (const chunk of access.read()) bytes += chunk.length;
    if (bytes !== access.size) throw new Error(`expected ${access.size} bytes, got ${bytes}`);
    tell(`done ${access.id}`);
    await access.end();
  }
}

async function seals(owner) {
  const policy = Policy.allow({ readers: ["local#ann"], actions: ["view"] });
  for (;;) {
    const items = [
      { name: "a.txt", content: new Uint8Array(200_000).fill(7) },
      { name: "b.txt", content: new Blob([new Uint8Array(1_000_000).fill(8)]) },
    ];
    const { id, state } = await owner.seal({ items, policy });
    if (state !== "published") throw new Error(`expected it to be published, got ${state}`);
    tell(`done ${id}`);
  }
}

async function creates(store) {
  for (;;) {
    const key = `small/${randomUUID()}`;
    await store.create(key, new TextEncoder().encode(key.repeat(50)));
    tell(`done ${key}`);
  }
}

/** Longer than what goes out in one request. */
async function uploads(store) {
  for (;;) {
    const key = `large/${randomUUID()}`;
    const piece = new TextEncoder().encode(key.slice(0, 32)); // 32 bytes that divide a MiB
    const mebibyte = new Uint8Array(1_048_576).map((_, at) => piece[at % piece.length]);
    await store.upload(key, new Blob(Array.from({ length: 9 }, () => mebibyte)));
    tell(`done ${key}`);
  }
}

/** Slowly, so that it takes no bandwidth from the others. */
async function* endless() {
  for (;;) {
    yield new Uint8Array(65_536).fill(7);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const store = await ObjectStore.open(marking(await driverFor(url.split(":")[0])));
if (work === "upload") {
  tell("ready");
  await Promise.all([creates(store), uploads(store), store.upload(`endless/${randomUUID()}`, endless())]);
} else {
  const { owner, host } = await openEmbedded({ store, keyFile, passphrase });
  tell("ready");
  const one = work === "seal" ? () => seals(owner) : () => accesses(host);
  await Promise.all([one(), one()]);
}
