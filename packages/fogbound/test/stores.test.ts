import { layout, manifestObject } from "@fogbound/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { openEmbedded } from "../src/embedded.js";
import { type Access, auditExport, type Capsule, ObjectStore } from "../src/index.js";
import { memoryDriver, tamper } from "../src/testing.js";
import { passphrase, type Scene, scene, textItem, viewers } from "./kit.js";
import { sessionOf } from "./parties.js";

let now: Scene;
afterEach(() => now.close());

async function keysUnder(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of now.store.list(prefix)) keys.push(key);
  return keys;
}

async function ask(capsule: Capsule): Promise<Access> {
  const wish = { capsule: capsule.id, item: "a.bin", action: "view" } as const;
  return now.host.access(await sessionOf(now.host), wish);
}

async function served(capsule: Capsule): Promise<Uint8Array> {
  const access = await ask(capsule);
  if (access.outcome !== "permitted") throw new Error(access.outcome);
  return new Uint8Array(await new Response(access.read()).arrayBuffer());
}

describe("Content that the store has changed", () => {
  const bytes = new Uint8Array(200_000).fill(7);
  const item = { name: "a.bin", content: bytes } as const;

  async function sealed(): Promise<{ readonly capsule: Capsule; readonly key: string }> {
    const capsule = await now.owner.seal({ items: [item], policy: viewers });
    const [key] = await keysUnder(layout.content(capsule.id, "cnt_").replace(/cnt_$/, ""));
    if (key === undefined) throw new Error("content");
    return { capsule, key };
  }

  const read = async (key: string): Promise<Uint8Array> => {
    const object = await now.store.get(key);
    return new Uint8Array(await new Response(object?.body).arrayBuffer());
  };

  const changes: [string, (key: string) => Promise<void>][] = [
    ["by a bit of its header", (key) => tamper(now.store, key, 3)],
    ["by a bit of its first chunk", (key) => tamper(now.store, key, 200)],
    ["by a bit of its last", async (key) => tamper(now.store, key, (await read(key)).length - 1)],
    ["by cutting off its end", async (key) => void (await now.store.replace(key, (await read(key)).slice(0, -1)))],
    [
      "by cutting off its last chunk",
      async (key) => void (await now.store.replace(key, (await read(key)).slice(0, 150_000))),
    ],
    ["by leaving nothing", async (key) => void (await now.store.replace(key, new Uint8Array()))],
    [
      "for another capsule's",
      async (key) => {
        const other = await sealed();
        await now.store.replace(key, await read(other.key));
      },
    ],
  ];

  it.each(changes)("%s is not served, and an audit that re-hashes finds it", async (_, change) => {
    now = await scene();
    const { capsule, key } = await sealed();
    await change(key);
    await expect(served(capsule)).rejects.toMatchObject({
      code: expect.stringMatching(/^(VERIFICATION_FAILED|FORMAT_INVALID)$/),
    });
    const own = new Response(now.owner.read(capsule.id, "a.bin")).arrayBuffer();
    await expect(own).rejects.toMatchObject({ name: "FogboundError" });
    const { outcome, findings } = await (await now.owner.audit(capsule.id, { rehashContent: true })).verdict();
    expect(outcome).toBe("broken");
    expect(findings.map(({ code }) => code)).toContain("CONTENT_ALTERED");
  });

  it("to be gone is not found, and the audit says that it is missing", async () => {
    now = await scene();
    const { capsule, key } = await sealed();
    await now.store.delete(key);
    await expect(served(capsule)).rejects.toMatchObject({ code: "ITEM_NOT_FOUND" });
    const { findings } = await (await now.owner.audit(capsule.id, { rehashContent: true })).verdict();
    expect(findings.map(({ code }) => code)).toContain("CONTENT_MISSING");
  });
});

describe("A store", () => {
  it("that may only be read serves nobody, and its owner still reads and audits", async () => {
    const driver = memoryDriver();
    now = await scene({ store: await ObjectStore.open(driver) });
    const capsule = await now.owner.seal({ items: [{ name: "a.bin", content: new Uint8Array([1]) }], policy: viewers });
    await served(capsule);
    await now.host.close();
    await now.owner.audit(capsule.id);
    const store = await ObjectStore.open(driver, { readOnly: true });
    const { keyFile, clock } = now;
    const later = await openEmbedded({ store, keyFile, passphrase, clock: clock.now });
    const session = await sessionOf(later.host);
    const wish = { capsule: capsule.id, item: "a.bin", action: "view" } as const;
    await expect(later.host.access(session, wish)).rejects.toMatchObject({
      code: expect.stringMatching(/^(STORE_REFUSED|RECORD_NOT_DURABLE)$/),
    });
    await expect(later.owner.seal({ items: [textItem("b", "b")], policy: viewers })).rejects.toMatchObject({
      code: "STORE_REFUSED",
    });
    expect(await new Response(later.owner.read(capsule.id, "a.bin")).arrayBuffer()).toHaveProperty("byteLength", 1);
    await later.close();
  });

  it("that is full says so, and what was there stays", async () => {
    now = await scene({ store: await ObjectStore.open(memoryDriver({ capacity: 150_000 })) });
    const capsule = await now.owner.seal({ items: [{ name: "a.bin", content: new Uint8Array([1]) }], policy: viewers });
    const large = { name: "b.bin", content: new Uint8Array(200_000) };
    await expect(now.owner.seal({ items: [large], policy: viewers })).rejects.toMatchObject({ code: "STORE_FULL" });
    expect(await served(capsule)).toEqual(new Uint8Array([1]));
    let failure: unknown = null;
    for (let tries = 0; failure === null && tries < 200; tries++)
      failure = await served(capsule).then(
        () => null,
        (error: unknown) => error,
      );
    expect(failure).toMatchObject({
      name: "FogboundError",
      code: expect.stringMatching(/^(RECORD_NOT_DURABLE|STORE_FULL)$/),
    });
    // What could not be written down is said when it closes, too.
    await expect(now.close()).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    now = await scene();
  });

  it("that holds something else is no vault, and an empty one has no capsules", async () => {
    const store = await ObjectStore.open(memoryDriver());
    await store.create("holiday.jpg", new Uint8Array([1, 2, 3]));
    await store.create("capsules/readme.txt", new Uint8Array([1, 2, 3]));
    now = await scene({ store });
    for await (const one of now.owner.capsules()) throw new Error(`expected none, got ${one.id}`);
    await expect(now.owner.capsule(`cap_${"b".repeat(52)}`)).rejects.toMatchObject({ code: "CAPSULE_NOT_FOUND" });
  });

  it("with a version that only a later release reads is not guessed at", async () => {
    now = await scene();
    const capsule = await now.owner.seal({ items: [{ name: "a.bin", content: new Uint8Array([1]) }], policy: viewers });
    const [key] = await keysUnder(layout.manifests(capsule.id));
    const object = await now.store.get(key ?? "");
    const bytes = new Uint8Array(await new Response(object?.body).arrayBuffer());
    // In the order of deterministic CBOR the object's own "suite" follows "host" and "owner".
    const { host, owner } = manifestObject.decode(bytes);
    const at = Buffer.from(bytes).indexOf("suite\u0001", host.length + owner.length) - 1;
    await now.store.replace(key ?? "", bytes.with(at + 6, 2));
    await expect(now.owner.capsule(capsule.id)).rejects.toMatchObject({ code: "FORMAT_TOO_NEW" });
    await expect(ask(capsule)).rejects.toMatchObject({ code: "FORMAT_TOO_NEW" });
    await expect(now.owner.capsules().next()).rejects.toMatchObject({ code: "FORMAT_TOO_NEW" });
  });
});

it("An export of a later format is refused", async () => {
  now = await scene();
  const capsule = await now.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
  const bytes = new Uint8Array(await new Response(now.owner.export(capsule.id)).arrayBuffer());
  const at = Buffer.from(bytes).indexOf("fogbound export 1");
  expect(at).toBeGreaterThan(0);
  const later = bytes.with(at + "fogbound export ".length, "2".charCodeAt(0));
  await expect(auditExport(new Blob([later]), { trust: capsule.id })).rejects.toMatchObject({ code: "FORMAT_TOO_NEW" });
});
