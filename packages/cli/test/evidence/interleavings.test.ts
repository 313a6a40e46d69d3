import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verify } from "@fogbound/audit";
import { memoryDriver, ObjectStore } from "@fogbound/storage";
import fc from "fast-check";
import { Policy } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { describe, expect, it } from "vitest";
import { collect } from "../../../audit/test/kit/audits.js";
import { World } from "../../../audit/test/kit/world.js";
import { passphrase } from "../kit.js";
import { rounds, seeded } from "./kit/numbers.js";
import { accessIdOf } from "./kit/served-vault.js";
import { shuffled } from "./kit/shuffled-driver.js";

const orders = rounds("ORDERS", 12, 2);
const splits = rounds("SPLITS", 40, 5);
const accesses = 64;

/** So many accesses at once, the store's calls ending in an order of this seed. @returns how often each is in the log */
async function inOrderOf(seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fogbound-orders-"));
  const store = await ObjectStore.open(shuffled(memoryDriver(), seeded(seed)));
  const keys = { keyFile: join(folder, "owner.key"), passphrase, passphraseCost: { cost: 1024 } };
  const { owner, host, close } = await openEmbedded({ store, ...keys });
  try {
    const { id: capsule } = await owner.seal({
      items: [{ name: "a.txt", content: new Uint8Array(1000) }],
      policy: Policy.allow({ readers: ["local#ann"], actions: ["view"] }),
    });
    const session = await host.sessionFor("local#ann", { address: "10.0.0.7" });
    const one = async (): Promise<string> => {
      const access = await host.access(session, { capsule, item: "a.txt", action: "view" });
      if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
      for await (const _ of access.read());
      await access.end();
      return access.id;
    };
    const told = await Promise.all(Array.from({ length: accesses }, one));
    const audit = await owner.audit(capsule);
    const found = (await collect(audit.accesses())).map(accessIdOf);
    const { outcome, findings } = await audit.verdict();
    expect([outcome, findings]).toEqual(["proved", []]);
    expect(found.sort()).toEqual(told.sort());
  } finally {
    await close();
    rmSync(folder, { recursive: true });
  }
}

const outcomes = ["permitted", "denied", "asked"] as const;

/** The same accesses at the same times, by as many instances as there are numbers, each taken by the one of its number. */
async function timelineOf(
  kinds: readonly (typeof outcomes)[number][],
  byInstance: readonly number[],
): Promise<unknown> {
  const world = await World.create();
  const writers = [world.host];
  while (writers.length <= Math.max(...byInstance)) writers.push(await world.start());
  // However many instances registered, what follows happens at the same times.
  world.now = Math.ceil(world.now / 100_000) * 100_000;
  for (const [at, kind] of kinds.entries()) {
    const writer = writers[byInstance[at] ?? 0];
    if (writer === undefined) throw new TypeError("Expected an instance of every number.");
    world.writers.push(writer);
    if (kind === "permitted") await world.access({ fresh: true });
    else if (kind === "denied") await world.denied({ fresh: true });
    // Under no lease, which one instance would have and another not.
    else await world.ask({ fresh: true, request: { purpose: "audit" } });
  }
  await world.anchor();
  const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] });
  const entries = await collect(audit.accesses());
  return entries.map(({ time, reader, action, outcome, bytes }) => [
    time.getTime() % 100_000,
    reader,
    action,
    outcome,
    bytes,
  ]);
}

describe("whatever the order", () => {
  it(`of the store's answers, ${accesses} accesses at once are proved, each exactly once (${orders} orders)`, async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), inOrderOf), { numRuns: orders, seed: 64 });
  }, 900_000);

  it(`and however records are split over instances, the merged timeline is the same (${splits} splits)`, async () => {
    const history = fc.array(fc.tuple(fc.constantFrom(...outcomes), fc.nat(3)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(history, async (accessesOf) => {
        const kinds = accessesOf.map(([kind]) => kind);
        const alone = await timelineOf(
          kinds,
          kinds.map(() => 0),
        );
        const split = await timelineOf(
          kinds,
          accessesOf.map(([, instance]) => instance),
        );
        expect(split).toEqual(alone);
        expect(alone).toHaveLength(kinds.length);
      }),
      { numRuns: splits, seed: 4 },
    );
  }, 300_000);
});
