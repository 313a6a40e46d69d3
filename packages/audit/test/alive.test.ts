import { type Finding, prunedBundle } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { type Evidence, verify } from "../src/index.js";
import { iterate, World } from "./kit/world.js";

/** Evidence of a capsule that went on after its log was pulled. */
async function pulledBefore(world: World): Promise<Evidence> {
  await world.access();
  await world.anchor();
  const pulled = await world.evidence();
  await world.access();
  await world.start();
  await world.access();
  return pulled;
}

async function findingsOf(world: World, evidence: Evidence): Promise<readonly Finding[]> {
  return (await verify(evidence, { readKeys: [world.capsule.owner] }).verdict()).findings;
}

/** The log as it stands now, from the bundle after this one on. */
function laterIn(world: World, change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes) {
  return async function* (after: number): AsyncGenerator<Uint8Array> {
    for (const bytes of await world.log.pull(world.capsule.id))
      if (prunedBundle.decode(bytes).number > after) yield change(bytes);
  };
}

describe("A capsule that goes on while it is audited", () => {
  it("is proved when the log has by now what lies in the stores: heads, batches and journal entries", async () => {
    const world = await World.create();
    const evidence = { ...(await pulledBefore(world)), later: laterIn(world) };
    expect(await findingsOf(world, evidence)).toEqual([]);
    expect((await verify(evidence, { readKeys: [world.capsule.owner] }).verdict()).outcome).toBe("proved");
  });

  it("is told of what no receipt covers, where nobody can be asked again", async () => {
    const world = await World.create();
    const findings = await findingsOf(world, await pulledBefore(world));
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["HEAD_UNRECEIPTED", "RECORD_UNRECEIPTED"]));
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ["is no bundle", () => new Uint8Array(7)],
    ["is under a receipt for another", (bytes) => prunedBundle.encode({ ...prunedBundle.decode(bytes), time: 1 })],
  ])("is not believed to go on by what %s", async (_name, change) => {
    const world = await World.create();
    const evidence = { ...(await pulledBefore(world)), later: laterIn(world, change) };
    const findings = await findingsOf(world, evidence);
    expect(findings.filter(({ code }) => code === "RECORD_UNRECEIPTED").length).toBeGreaterThan(0);
    expect(findings.every(({ severity }) => severity === "incomplete")).toBe(true);
  });

  it("does not excuse what lies in somebody else's log", async () => {
    const world = await World.create();
    const evidence = await pulledBefore(world);
    for (const [name, bytes] of world.hostStore) if (/\/\d{8}$/.test(name)) world.journalStore.set(name, bytes);
    const findings = await findingsOf(world, { ...evidence, later: laterIn(world) });
    expect(findings.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining("lies in the journal of"));
  });

  it("stops when the signal is aborted while it looks again", async () => {
    const world = await World.create();
    const leaving = new AbortController();
    const later = (): AsyncIterable<Uint8Array> => {
      leaving.abort(new Error("enough"));
      return iterate([]);
    };
    const evidence = { ...(await pulledBefore(world)), later };
    await expect(verify(evidence, { readKeys: [] }, { signal: leaving.signal }).verdict()).rejects.toThrow("enough");
  });
});
