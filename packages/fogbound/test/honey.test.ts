import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Embedded, openEmbedded } from "../src/embedded.js";
import {
  type AlertMailbox,
  alertMailbox,
  type CapsuleId,
  collectAlerts,
  type FogWish,
  honeyItem,
  type ObjectStore,
  ownerKeysOf,
  Policy,
  readKeyFile,
  type Subject,
} from "../src/index.js";
import { memoryStore, testClock } from "../src/testing.js";
import { passphrase, readText } from "./kit.js";

const ann: Subject = "local#ann";
const bob: Subject = "local#bob";
const clock = testClock();
let store: ObjectStore;
let box: ObjectStore;
let folder = "";
let mailbox: AlertMailbox | null = null;
let all: Embedded;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbound-test-"));
  [store, box] = [await memoryStore(), await memoryStore()];
  mailbox = null;
  all = await openEmbedded({
    store,
    keyFile: join(folder, "owner.key"),
    passphrase,
    passphraseCost: { cost: 1024 },
    clock: clock.now,
    alerts: { raise: (alert) => mailbox?.raise(alert) },
  });
  mailbox = alertMailbox(box, (await keys()).read.publicKey);
});
afterEach(async () => {
  await all.close();
  await rm(folder, { recursive: true, force: true });
});

async function keys(): ReturnType<typeof ownerKeysOf> {
  const ring = await readKeyFile(join(folder, "owner.key"), passphrase);
  if (ring === null) throw new Error("Expected the owner's key file, got none.");
  return ownerKeysOf(ring);
}

async function sealed(
  fog: FogWish,
): Promise<{ readonly capsule: CapsuleId; readonly name: string; readonly text: string }> {
  const bait = await honeyItem("customers");
  const policy = Policy.allow({ readers: [ann, bob], actions: ["view"] });
  const { id: capsule } = await all.owner.seal({ items: [bait], policy, fog });
  return { capsule, name: bait.name, text: new TextDecoder().decode(bait.content) };
}

async function taken(capsule: CapsuleId, item: string, reader: Subject = ann): Promise<string> {
  const session = await all.host.sessionFor(reader, { address: "192.0.2.7" });
  const access = await all.host.access(session, { capsule, item, action: "view" });
  expect(Object.keys(access).sort()).toEqual(["end", "id", "mediaType", "name", "outcome", "read", "size"]);
  if (access.outcome !== "permitted") throw new Error(`Expected permitted, got ${access.outcome}.`);
  return readText(access.read());
}

async function sizesUnder(prefix: string): Promise<number[]> {
  const sizes: number[] = [];
  for await (const { size } of store.list(prefix)) sizes.push(size);
  return sizes;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode(text);
}

describe("A honey capsule", () => {
  it("tells of every access at once, gives a decoy each time, and a few lines of it name who took it", async () => {
    const { capsule, name, text } = await sealed({ honey: true });
    const [first, again, others] = [
      await taken(capsule, name),
      await taken(capsule, name),
      await taken(capsule, name, bob),
    ];
    expect(again).toBe(first);
    for (const loot of [first, others]) {
      expect(loot).not.toBe(text);
      expect([loot.length, loot.split("\n")[0]]).toEqual([text.length, text.split("\n")[0]]);
    }
    await mailbox?.settled();
    const letters: string[] = [];
    for await (const { kind, sentence } of collectAlerts(box, capsule, await keys()))
      letters.push(`${kind}: ${sentence}`);
    expect(letters).toHaveLength(3);
    expect(letters.filter((letter) => letter.includes("local#ann"))).toHaveLength(2);
    for (const letter of letters) expect(letter).toMatch(/^reader-suspected: .*nobody has a reason to open/);
    const leaked = first.split("\n").slice(10, 17).reverse().join("\n");
    const [trace] = await all.owner.trace(capsule, bytesOf(leaked));
    expect(trace?.accesses.map(({ reader }) => reader)).toContain(ann);
    expect(await all.owner.trace(capsule, bytesOf(text))).toEqual([]);
  });

  it("looks to store and host like any capsule with decoys: not one object more or less, or of another size", async () => {
    const { capsule, name } = await sealed({ honey: true });
    const contents = `capsules/${capsule}/content/`;
    const before = await sizesUnder(contents);
    expect([before.length, new Set(before).size]).toEqual([3, 1]);
    await taken(capsule, name);
    await taken(capsule, name, bob);
    expect(await sizesUnder(contents)).toEqual(before);
    await all.owner.setFog(capsule, { honey: false });
    await all.owner.setFog(capsule, { honey: true });
    await all.owner.setFog(capsule, { honey: false });
    const [, without, honey, after] = await sizesUnder(`capsules/${capsule}/manifests/`);
    expect([honey, after]).toEqual([without, without]);
  });

  it("may have decoys that are made when they are due, if the owner wants that", async () => {
    const { capsule, name } = await sealed({ honey: true, sealedDecoys: 0 });
    const contents = `capsules/${capsule}/content/`;
    expect(await sizesUnder(contents)).toHaveLength(1);
    await taken(capsule, name);
    expect(await sizesUnder(contents)).toHaveLength(2);
  });
});

describe("Honey", () => {
  it("is another table at every call, of the year before", async () => {
    const now = new Date("2026-11-29T12:00:00Z");
    const [one, other] = [
      await honeyItem("salaries", { now, rows: 40 }),
      await honeyItem("salaries", { now, rows: 40 }),
    ];
    expect(one.name).toMatch(/^salaries-202[56]\.csv$/);
    expect(new TextDecoder().decode(one.content).trimEnd().split("\r\n")).toHaveLength(41);
    expect(one.content).not.toEqual(other.content);
  });

  it("is refused of a kind there is none of, and with too few rows", async () => {
    // @ts-expect-error: a kind there is none of
    await expect(honeyItem("jewels")).rejects.toThrow(TypeError);
    await expect(honeyItem("keys", { rows: 3 })).rejects.toThrow(RangeError);
  });
});
