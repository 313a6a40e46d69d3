import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CapsuleId, Repair, Verdict } from "../src/index.js";
import { Policy } from "../src/index.js";
import { tamper } from "../src/testing.js";
import { type Scene, scene, textItem, viewers } from "./kit.js";

let on: Scene;
let capsule: CapsuleId;

const versions = [1, 2, 3];

beforeEach(async () => {
  on = await scene();
  capsule = (await on.owner.seal({ items: [textItem("a.txt", "x")], policy: viewers })).id;
  await access();
  for (const readers of [["local#reader", "local#other"], ["local#reader"]] as const) {
    await on.owner.setPolicy(capsule, Policy.allow({ readers, actions: ["view", "download"] }));
    await access();
  }
  expect(await verdict()).toMatchObject({ outcome: "proved", findings: [] });
});
afterEach(() => on.close());

async function access(by: Pick<Scene, "host"> = on): Promise<void> {
  const session = await by.host.sessionFor("local#reader", { address: "10.0.0.7" });
  const asked = await by.host.access(session, { capsule, item: "a.txt", action: "view" });
  if (asked.outcome !== "permitted") throw new Error(`Expected permission, got ${asked.outcome}.`);
  await new Response(asked.read()).text();
}

async function verdict(by: Pick<Scene, "owner"> = on): Promise<Verdict> {
  return (await by.owner.audit(capsule)).verdict();
}

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of on.store.list(prefix)) found.push(key);
  return found;
}

async function bufferOf(key: string): Promise<Buffer> {
  const object = await on.store.get(key);
  if (object === null) throw new Error(`${key} is gone`);
  return Buffer.from(await new Response(object.body).arrayBuffer());
}

async function bytesOf(key: string): Promise<string> {
  return (await bufferOf(key)).toString("base64");
}

/** Of every version, by the harmonizer and by the authority. */
async function copies(): Promise<string[]> {
  const found = [
    ...(await keys(`harmonizer/manifests/${capsule}/`)),
    ...(await keys(`authority/${on.authorityIds[0]}/${capsule}/manifests/`)),
  ];
  expect(found).toHaveLength(2 * versions.length);
  return found;
}

const damages: readonly (readonly [string, (key: string) => Promise<unknown>])[] = [
  ["with a byte changed", async (key) => tamper(on.store, key, 120)],
  ["emptied", async (key) => on.store.replace(key, new Uint8Array(0))],
  ["cut", async (key) => on.store.replace(key, (await bufferOf(key)).subarray(0, -1))],
  ["with a byte more", async (key) => on.store.replace(key, Buffer.concat([await bufferOf(key), Buffer.of(0)]))],
];

function findingNames({ findings }: Verdict): string[] {
  return findings.flatMap(({ evidence }) => evidence).sort();
}

describe("a copy of a manifest that harmonizer or authority keep for themselves", () => {
  it.each(damages)("%s: each is told by its name, and shown once more it is as it was", async (_title, damage) => {
    const before = new Map<string, string>();
    for (const key of await copies()) before.set(key, await bytesOf(key));
    for (const key of before.keys()) await damage(key);
    const damaged = await verdict();
    expect(damaged.outcome).toBe("incomplete");
    expect(new Set(damaged.findings.map(({ code }) => code))).toEqual(new Set(["COPY_ALTERED"]));
    expect(findingNames(damaged)).toEqual([...before.keys()].sort());

    const repair: Repair = await on.owner.repair(capsule);
    expect(repair).toEqual({ restored: [], lost: [], outOfReach: [], spared: 0, shown: 6 });
    for (const [key, bytes] of before) expect(await bytesOf(key)).toBe(bytes);
    expect(await verdict()).toMatchObject({ outcome: "proved", findings: [] });
    expect((await on.owner.repair(capsule)).shown).toBe(0);
  });

  it("gone: the audit tells of whom it was and which, and it is put back, after a restart too", async () => {
    const before = new Map<string, string>();
    for (const key of await copies()) before.set(key, await bytesOf(key));
    await on.stop();
    for (const key of before.keys()) await on.store.delete(key);
    const again = await on.again();
    const damaged = await verdict(again);
    expect(damaged.outcome).toBe("incomplete");
    expect(damaged.findings).toHaveLength(6);
    expect(new Set(damaged.findings.map(({ code }) => code))).toEqual(new Set(["COPY_ALTERED"]));
    for (const keeper of ["the harmonizer", on.authorityIds[0]])
      for (const version of versions)
        expect(damaged.findings.map(({ sentence }) => sentence)).toContain(
          `Of manifest ${version}, which was put in force, ${keeper} has no copy any more.`,
        );
    await again.owner.repair(capsule);
    for (const [key, bytes] of before) expect(await bytesOf(key)).toBe(bytes);
    expect(await verdict(again)).toMatchObject({ outcome: "proved", findings: [] });
    await again.close();
  });

  it("stops whoever starts anew on it, until it is put back", async () => {
    await on.stop();
    for (const key of await copies()) await tamper(on.store, key, 120);
    const again = await on.again();
    await expect(access(again)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    // The version in force was shown to both on the way there.
    expect((await again.owner.repair(capsule)).shown).toBe(4);
    await access(again);
    expect((await verdict(again)).findings.map(({ code }) => code).filter((code) => code !== "ANSWER_MISSING")).toEqual(
      [],
    );
    await again.close();
  });

  it("of no manifest is named too, and nobody makes it up", async () => {
    const [copy = ""] = await copies();
    const junk = `${copy.slice(0, -64)}${"0".repeat(64)}`;
    await on.store.create(junk, new Uint8Array([1, 2, 3]));
    const damaged = await verdict();
    expect(damaged.findings).toMatchObject([{ code: "COPY_ALTERED", severity: "incomplete", evidence: [junk] }]);
    expect((await on.owner.repair(capsule)).shown).toBe(0);
    await on.store.delete(junk);
    expect(await verdict()).toMatchObject({ outcome: "proved" });
  });
});
