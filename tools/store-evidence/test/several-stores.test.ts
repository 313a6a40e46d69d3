import { readFile, rm } from "node:fs/promises";
import { memoryDriver, type StoreDriver } from "@fogbound/storage";
import { type AzureServer, startAzurite } from "@fogbound/tool-store-servers/azurite";
import { startS3Server } from "@fogbound/tool-store-servers/s3";
import type { S3Server } from "@fogbound/tool-store-servers/s3-server";
import { type Access, auditExport, openVault, Policy, type Verdict } from "fogbound";
import { type Embedded, openEmbedded } from "fogbound/embedded";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverAt, type Ground, onDisk, type VaultPlace } from "../../../packages/cli/test/evidence/kit/ground.js";
import { Desk } from "../../../packages/cli/test/kit.js";
import { onAzure, onS3 } from "./grounds.js";

type Kind = "memory" | "disk" | "S3" | "Azure";

let s3: S3Server;
let azure: AzureServer;
const grounds = new Map<Kind, Ground>([["disk", onDisk]]);
const places: VaultPlace[] = [];
let desk: Desk;

beforeAll(async () => {
  [s3, azure] = await Promise.all([startS3Server(), startAzurite()]);
  grounds.set("S3", await onS3(s3));
  grounds.set("Azure", await onAzure(azure));
}, 180_000);
afterAll(async () => {
  for (const place of places) await place.remove().catch(() => undefined);
  await Promise.all([s3?.stop(), azure?.stop()]);
});

async function placeOn(kind: Kind): Promise<VaultPlace> {
  const place = await grounds.get(kind)?.place();
  if (place === undefined) throw new TypeError(`Expected a place on ${kind}.`);
  places.push(place);
  return place;
}

async function driverOn(kind: Kind): Promise<StoreDriver> {
  return kind === "memory" ? memoryDriver() : driverAt(await placeOn(kind));
}

const text = "a text for whoever may see it";
const passphrase = "a passphrase for tests alone";

async function ask(
  { host }: Embedded,
  capsule: Awaited<ReturnType<Embedded["owner"]["seal"]>>["id"],
  action: "view" | "download",
): Promise<Access> {
  const session = await host.sessionFor("local#ann", { address: "10.0.0.7" });
  return host.access(session, { capsule, item: "a.txt", action });
}

async function verdictOf({ owner }: Embedded, capsule: Parameters<Embedded["owner"]["audit"]>[0]): Promise<Verdict> {
  return (await owner.audit(capsule, { rehashContent: true })).verdict();
}

/** Every one stands in every place once, and no two are alike. */
const mixes: readonly (readonly [content: Kind, log: Kind, harmonizer: Kind])[] = [
  ["S3", "Azure", "disk"],
  ["Azure", "disk", "S3"],
  ["disk", "S3", "Azure"],
  ["memory", "S3", "memory"],
  ["S3", "memory", "Azure"],
  ["Azure", "Azure", "memory"],
];

describe.each(mixes)("content on %s, logs on %s, harmonizer on %s", (...kinds) => {
  it("is one vault: sealed, served, refused, proved, exported, and after a restart the same", async () => {
    desk = await Desk.open();
    try {
      const [content, log, harmonizer] = await Promise.all(kinds.map(driverOn));
      if (content === undefined || log === undefined || harmonizer === undefined)
        throw new TypeError("Expected three.");
      const store = await openVault({ content, log, harmonizer });
      const options = { store, keyFile: desk.path("owner.key"), passphrase, passphraseCost: { cost: 1024 } };
      const first = await openEmbedded(options);
      const policy = Policy.allow({ readers: ["local#ann"], actions: ["view"] });
      const { id } = await first.owner.seal({ items: [{ name: "a.txt", content: new Blob([text]) }], policy });
      const access = await ask(first, id, "view");
      expect(access.outcome === "permitted" && (await new Response(access.read()).text())).toBe(text);
      expect(await ask(first, id, "download")).toMatchObject({ outcome: "denied", reason: "policy" });
      await first.close();

      const second = await openEmbedded(options);
      expect((await ask(second, id, "view")).outcome).toBe("permitted");
      const verdict = await verdictOf(second, id);
      expect(verdict).toMatchObject({ outcome: "proved", findings: [] });
      expect(verdict.proved).toContain("bytes-rehashed");
      const file = new Blob([await new Response(second.owner.export(id)).arrayBuffer()]);
      const exported = await (await auditExport(file, { trust: id })).verdict();
      expect(exported.findings).toEqual([]);
      await second.close();
      expect(await strangersIn(content, /^capsules\/[^/]+\/(?:content|manifests)\//)).toEqual([]);
      expect(await strangersIn(log, /^(?:authority|capsules\/[^/]+\/instances)\//)).toEqual([]);
      expect(await strangersIn(harmonizer, /^harmonizer\//)).toEqual([]);
      await store.close();
    } finally {
      await desk.close();
    }
  }, 120_000);
});

/** Keys that belong elsewhere. @throws when there is nothing at all. */
async function strangersIn(driver: StoreDriver, own: RegExp): Promise<readonly string[]> {
  const keys = (await driver.list("", "", 1000, new AbortController().signal)).map(({ key }) => key);
  if (keys.length === 0) throw new TypeError("Expected something in each store.");
  return keys.filter((key) => !own.test(key));
}

describe("a capsule moves between unlike stores", () => {
  const route = ["disk", "S3", "Azure", "disk"] as const;

  async function environmentOfAll(): Promise<Record<string, string | undefined>> {
    const all = await Promise.all([...grounds.values()].map((ground) => ground.place()));
    places.push(...all);
    return Object.assign({}, ...all.map(({ environment }) => environment));
  }

  async function used(): Promise<string> {
    desk = await Desk.open(await environmentOfAll());
    const at = await placeOn("disk");
    await desk.done("init", "--recovery-key", "r.txt", "--passphrase-cost", "1024", "--store", at.url);
    await desk.reader("ann");
    await desk.write("a.txt", text);
    const capsule = await desk.done("seal", "a.txt", "--allow", "ann");
    expect(await desk.done("view", capsule, "a.txt", "--as", "ann.key")).toBe(text);
    return capsule;
  }

  async function isProved(capsule: string, url: string, accesses: string): Promise<void> {
    const audit = await desk.done("audit", capsule, "--rehash", "--store", url);
    expect(audit).toContain(accesses);
    expect(audit).toContain("VERDICT     proved");
  }

  it("by export and import, from disk to S3 to Azure and back: readable, audited, and exported as before", async () => {
    const capsule = await used();
    const start: unknown = JSON.parse(await desk.text("fogbound.json"));
    let url = Object(start).store;
    let before: Buffer | null = null;
    for (const [step, kind] of route.slice(1).entries()) {
      await desk.done("export", capsule, "-o", `${step}.fog`, "--store", url);
      url = (await placeOn(kind)).url;
      await desk.done("import", `${step}.fog`, "--store", url);
      const { exitCode, stdout } = await desk.run(["audit", capsule, "--rehash", "--store", url]);
      expect({ exitCode, accesses: /1 access,/.test(stdout) }).toEqual({ exitCode: 0, accesses: true });
      expect(await desk.done("view", capsule, "a.txt", "--store", url)).toBe(text);
      const file = await readFile(desk.path(`${step}.fog`));
      if (step > 1 && before !== null) expect(file.equals(before)).toBe(true);
      before = file;
    }
    await desk.close();
  }, 240_000);

  it("by fogbound sync, the same way: served and recorded where it is, on the same evidence", async () => {
    const capsule = await used();
    let url = String(Object(JSON.parse(await desk.text("fogbound.json"))).store);
    for (const [step, kind] of route.slice(1).entries()) {
      const next = (await placeOn(kind)).url;
      expect(await desk.done("sync", url, next)).toContain("compared byte for byte");
      if (url.startsWith("file:")) await rm(new URL(url), { recursive: true });
      url = next;
      expect(await desk.done("view", capsule, "a.txt", "--as", "ann.key", "--store", url)).toBe(text);
      await isProved(capsule, url, `${step + 2} accesses`);
    }
    await desk.close();
  }, 240_000);

  it("by a plain copy of its objects, with the vendors' own clients, the same way", async () => {
    const capsule = await used();
    const start = String(Object(JSON.parse(await desk.text("fogbound.json"))).store);
    let place = places.find(({ url }) => url === start);
    for (const [step, kind] of route.slice(1).entries()) {
      const next = await placeOn(kind);
      if (kind === "disk") await desk.done("sync", place?.url ?? "", next.url);
      else {
        const [from, to] = [await place?.objects(), await next.objects()];
        to.become(from?.all() ?? new Map());
        await to.flush();
      }
      place = next;
      await isProved(capsule, place.url, step === 0 ? "1 access," : `${step + 1} accesses`);
      expect(await desk.done("view", capsule, "a.txt", "--as", "ann.key", "--store", place.url)).toBe(text);
      await isProved(capsule, place.url, `${step + 2} accesses`);
    }
    await desk.close();
  }, 240_000);
});
