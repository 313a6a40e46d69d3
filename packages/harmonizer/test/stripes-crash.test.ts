import { memoryDriver } from "@fogbound/storage";
import { type Fault, type FaultDriver, faultDriver } from "@fogbound/storage/conformance";
import { expect, test } from "vitest";
import type { EmbeddedHarmonizer } from "../src/index.js";
import { Owner, type SignedManifest, World, Writer } from "./kit.js";
import { assertSpared, type Batches, copiesIn, keysIn, remember, stripesIn } from "./stripe-kit.js";

interface Story {
  readonly first: SignedManifest;
  readonly head: Uint8Array;
  readonly before: readonly Uint8Array[];
  /** What closes stripes: the fourth batch, and after two more the next epoch. */
  readonly closing: readonly Uint8Array[];
  readonly nextHead: Uint8Array;
  readonly batches: Batches;
}

async function storyOf(world: World): Promise<Story> {
  const owner = new Owner(world.entry);
  const first = await owner.manifest(null, { stripe: { batches: 4, parity: 2 } });
  const writer = new Writer(owner);
  const head = await writer.head(first);
  const batches: Batches = new Map();
  const all: Uint8Array[] = [];
  for (const records of [1, 3, 2, 1, 2, 1]) all.push((await writer.batch(records)).bytes);
  for (const bytes of all) remember(batches, bytes);
  return { first, head, before: all.slice(0, 3), closing: all.slice(3), nextHead: await writer.head(first), batches };
}

async function begin(harmonizer: EmbeddedHarmonizer, { first, head, before }: Story): Promise<void> {
  await harmonizer.submitManifest(first.bytes);
  await harmonizer.submitHead(head);
  for (const bytes of before) await harmonizer.submitBatch(bytes);
}

async function end(harmonizer: EmbeddedHarmonizer, { closing, nextHead }: Story): Promise<void> {
  for (const bytes of closing) await harmonizer.submitBatch(bytes);
  await harmonizer.submitHead(nextHead);
}

/** What a store that fails may answer with; anything else is a bug of ours. */
const ofTheStore = { code: expect.stringMatching(/^(STORE_|OUTCOME_UNKNOWN)/) };

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    expect(error).toMatchObject(ofTheStore);
  }
}

const faults: Record<string, Fault> = {
  "is lost before it is done": { kind: "fail-before", code: null },
  "is refused": { kind: "fail-before", code: "STORE_REFUSED" },
  "is done and its answer lost": { kind: "fail-after", code: null },
};

for (const [name, fault] of Object.entries(faults))
  for (const from of [false, true])
    test(`when any one call ${name}${from ? ", and all after it," : ""} every batch has its copy or its parity`, async () => {
      const keys = new World();
      const story = await storyOf(keys);
      const calls = await callsOfClosing(keys, story);
      expect(calls).toBeGreaterThan(25);
      for (let call = 1; call <= calls; call++) await survive(keys, story, fault, from ? { from: call } : call);
    });

async function callsOfClosing(keys: World, story: Story): Promise<number> {
  const driver = faultDriver(memoryDriver());
  const harmonizer = await new World(driver, keys).harmonizer();
  await begin(harmonizer, story);
  const before = sumOf(driver);
  await end(harmonizer, story);
  await harmonizer.close();
  return sumOf(driver) - before;
}

function sumOf({ calls }: FaultDriver): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

async function survive(
  keys: World,
  story: Story,
  fault: Fault,
  calls: number | { readonly from: number },
): Promise<void> {
  const driver = faultDriver(memoryDriver());
  const world = new World(driver, keys);
  const harmonizer = await world.harmonizer();
  await begin(harmonizer, story);
  driver.plan({ operation: "any", calls, fault });
  await attempt(() => end(harmonizer, story));
  await attempt(() => harmonizer.close());
  driver.heal();
  await assertSpared(world, story.batches);
  const again = await world.harmonizer();
  await end(again, story);
  await again.close();
  await (await world.harmonizer()).close();
  expect((await assertSpared(world, story.batches)).size).toBe(0);
  expect(await copiesIn(world)).toEqual([]);
}

test("a crash in the middle of taking up what was left is taken up again", async () => {
  const keys = new World();
  const story = await storyOf(keys);
  for (let call = 1; call <= 40; call++) {
    const driver = faultDriver(memoryDriver());
    const world = new World(driver, keys);
    const harmonizer = await world.harmonizer();
    driver.plan({
      operation: "any-write",
      keyPrefix: "harmonizer/parity/",
      fault: { kind: "fail-before", code: null },
    });
    await begin(harmonizer, story);
    await end(harmonizer, story);
    await harmonizer.close();
    expect(await keysIn(world, "harmonizer/parity/")).toEqual([]);
    driver.heal();
    driver.plan({
      operation: "any",
      calls: { from: call },
      keyPrefix: "harmonizer/",
      fault: { kind: "fail-before", code: null },
    });
    await attempt(async () => (await world.harmonizer()).close());
    driver.heal();
    await assertSpared(world, story.batches);
    await (await world.harmonizer()).close();
    expect((await assertSpared(world, story.batches)).size).toBe(0);
    expect(await stripesIn(world)).toEqual(["1-4/2", "5-6/2"]);
  }
});
