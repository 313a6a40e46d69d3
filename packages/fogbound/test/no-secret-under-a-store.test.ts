import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAuthorityKeys } from "@fogbound/authority";
import { epochHead, genesis, manifest, manifestObject, registration } from "@fogbound/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Embedded, openEmbedded } from "../src/embedded.js";
import { type CapsuleId, ObjectStore, Policy, readKeyFile } from "../src/index.js";
import { memoryDriver, testClock } from "../src/testing.js";
import { textItem } from "./kit.js";
import { sessionOf } from "./parties.js";
import { leaksIn, MadeSecrets, type SearchedObject, spellings } from "./secrets.js";

const passphrase = "correct horse battery staple, for this run alone";
const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"], uses: 5 });

let folder: string;
let made: MadeSecrets;
let objects: SearchedObject[];
let exported: Uint8Array;

/** Every phase of a capsule's life, twice, with a restart between, over three stores. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbound-secrets-"));
  const keyFile = join(folder, "owner.key");
  const [store, journal, log] = await Promise.all([0, 1, 2].map(() => ObjectStore.open(memoryDriver())));
  if (!store || !journal || !log) throw new Error("three stores");
  const clock = testClock();
  made = MadeSecrets.watch();
  const open = () =>
    openEmbedded({ store, journal, log, keyFile, passphrase, passphraseCost: { cost: 1024 }, clock: clock.now });
  const first = await open();
  made.add(new TextEncoder().encode(first.recoveryKey ?? ""));
  const capsules = [await live(first), await live(first)];
  await first.close();
  const second = await open();
  await read(second, capsules[0] ?? "cap_");
  const file = new Response(second.owner.export(capsules[1] ?? "cap_"));
  exported = new Uint8Array(await file.arrayBuffer());
  await second.close();
  made.stop();
  made.add(new TextEncoder().encode(passphrase));
  await addKeyFile(keyFile);
  objects = [...(await all("vault", store)), ...(await all("journal", journal)), ...(await all("log", log))];
  removePublic();
}, 120_000);
afterAll(async () => {
  made.stop();
  await rm(folder, { recursive: true, force: true });
});

async function live(now: Embedded): Promise<CapsuleId> {
  const items = [
    textItem("a.txt", "the plain text of a"),
    { name: "b.bin", content: new Uint8Array(150_000) },
  ] as const;
  const { id } = await now.owner.seal({ items, policy });
  await read(now, id);
  const session = await sessionOf(now.host);
  await now.host.access(session, { capsule: id, item: "a.txt", action: "download" });
  await now.owner.setPolicy(id, "record-only");
  await read(now, id);
  await now.owner.revoke(id, { reader: "local#somebody" });
  await read(now, id);
  await (await now.owner.audit(id, { rehashContent: true })).verdict();
  return id;
}

async function read({ host }: Embedded, capsule: CapsuleId): Promise<void> {
  for (const item of ["a.txt", "b.bin"]) {
    const access = await host.access(await sessionOf(host), { capsule, item, action: "view" });
    if (access.outcome !== "permitted") throw new Error(access.outcome);
    await new Response(access.read()).arrayBuffer();
  }
}

async function addKeyFile(path: string): Promise<void> {
  const ring = await readKeyFile(path, passphrase);
  if (ring === null) throw new Error("a key file");
  for (const [name, secret] of ring.secrets) {
    if (name.startsWith("recovery-public-")) continue;
    // The source of the watch itself: what was drawn for the key file was seen being drawn.
    if (["root", "read", "host", "receipt", "log"].includes(name)) expect(made.has(secret)).toBe(true);
    made.add(secret);
    if (name !== "authority") continue;
    const { master, answerKey, partKey, journalKey } = await decodeAuthorityKeys(secret);
    for (const one of [master.secret, answerKey.secretKey, partKey.secretKey, journalKey.secretKey]) made.add(one);
  }
}

async function all(name: string, store: ObjectStore): Promise<SearchedObject[]> {
  const found: SearchedObject[] = [];
  for await (const { key } of store.list("")) {
    const object = await store.get(key);
    found.push({ name: `${name}/${key}`, bytes: new Uint8Array(await new Response(object?.body).arrayBuffer()) });
  }
  return found;
}

/** What is drawn for everybody to see, each read from the one place where it belongs. */
function removePublic(): void {
  for (const { name, bytes } of objects) {
    if (name.includes("/content/")) for (const at of [8, 40]) made.remove(bytes.subarray(at, at + 32));
    if (name.startsWith("vault/") && name.includes("/manifests/")) {
      const { value } = manifest.read(manifestObject.decode(bytes).manifest);
      made.remove(genesis.decode(value.genesis).salt);
    }
    if (!name.endsWith("/head")) continue;
    const { registration: signed } = epochHead.read(bytes).value;
    if (signed !== null) made.remove(registration.read(signed).value.nonce);
  }
}

describe("After a run that exercises everything", () => {
  it("there is much to look for, and much to look through", () => {
    expect(made.size).toBeGreaterThan(200);
    for (const part of ["vault/capsules", "journal/authority", "log/harmonizer"])
      expect(objects.filter(({ name }) => name.startsWith(part)).length).toBeGreaterThan(5);
  });

  it("no object of any store holds a secret of the run, in any spelling", () => {
    expect(leaksIn(objects, made)).toEqual([]);
  });

  it("neither does an export", () => {
    expect(leaksIn([{ name: "export", bytes: exported }], made)).toEqual([]);
  });

  it("each spelling of a planted one is found, wherever in an object it stands", () => {
    const [secret] = made;
    if (secret === undefined) throw new Error("a secret");
    const raw = Buffer.from(secret);
    const planted = [
      Buffer.concat([Buffer.from("x"), raw, Buffer.from("y")]),
      Buffer.from(`{"key":"${raw.toString("hex")}"}`),
      Buffer.from(raw.toString("hex").toUpperCase()),
      ...[0, 1, 2, 3].flatMap((before) =>
        (["base64", "base64url"] as const).map((encoding) =>
          Buffer.from(Buffer.concat([Buffer.alloc(before, 7), raw, Buffer.alloc(5, 9)]).toString(encoding)),
        ),
      ),
    ];
    for (const bytes of planted) {
      const found = leaksIn([...objects, { name: "planted", bytes }], [secret]);
      expect(new Set(found)).toEqual(new Set([`planted: ${secret.length} bytes`]));
    }
    expect(leaksIn(objects, [secret])).toEqual([]);
    expect(spellings(secret)).toHaveLength(9);
  });
});
