import { randomBytes } from "@fogbound/crypto";
import { bundleRoot, hashOf } from "@fogbound/protocol";
import { memoryDriver, ObjectStore } from "@fogbound/storage";
import { type Fault, type FaultDriver, faultDriver } from "@fogbound/storage/conformance";
import { expect, test } from "vitest";
import type { EmbeddedHarmonizer } from "../src/index.js";
import { assertPulled, assertSound, bundlesIn, hex } from "./checks.js";
import { Owner, type SignedManifest, World, Writer } from "./kit.js";

interface Story {
  readonly owner: Owner;
  readonly first: SignedManifest;
  readonly second: SignedManifest;
  readonly head: Uint8Array;
  readonly batches: readonly { readonly bytes: Uint8Array; readonly headers: readonly Uint8Array[] }[];
}

async function storyOf(world: World): Promise<Story> {
  const owner = new Owner(world.entry);
  const first = await owner.manifest();
  const second = await owner.manifest(first);
  const writer = new Writer(owner);
  const head = await writer.head(first);
  const tag = randomBytes(32);
  const batches = [await writer.batch(2, [tag]), await writer.batch(1, [tag]), await writer.batch(3, [tag])];
  return { owner, first, second, head, batches };
}

/** Everything of the story, in order; each step is safe to repeat. */
async function tell(harmonizer: EmbeddedHarmonizer, { owner, first, second, head, batches }: Story): Promise<void> {
  await harmonizer.submitManifest(first.bytes);
  await harmonizer.submitHead(head);
  await Promise.all(batches.slice(0, 2).map(({ bytes }) => harmonizer.submitBatch(bytes)));
  await harmonizer.anchor(owner.capsule);
  await harmonizer.submitManifest(second.bytes);
  for (const { bytes } of batches.slice(2)) await harmonizer.submitBatch(bytes);
  await harmonizer.anchor(owner.capsule);
  await harmonizer.inForce(owner.capsule);
  await assertPulledBy(harmonizer, owner);
}

async function assertPulledBy(harmonizer: EmbeddedHarmonizer, owner: Owner): Promise<void> {
  for await (const bytes of (await harmonizer.pull(owner.capsule)).bundles) expect(bytes.length).toBeGreaterThan(0);
}

async function callsOf(driver: FaultDriver): Promise<number> {
  return Object.values(driver.calls).reduce((sum, calls) => sum + calls, 0);
}

const faults: Record<string, Fault> = {
  "is refused": { kind: "fail-before", code: "STORE_REFUSED" },
  "is lost before it is done": { kind: "fail-before", code: null },
  "is done and its answer lost": { kind: "fail-after", code: null },
  "is done and the connection breaks": { kind: "fail-after", code: "STORE_UNREACHABLE" },
};

for (const [name, fault] of Object.entries(faults)) {
  for (const from of [false, true]) {
    test(`when any one call ${name}${from ? ", and all after it," : ""} what is told again is there once`, async () => {
      const well = new World(faultDriver(memoryDriver()));
      const quiet = await well.harmonizer();
      const story = await storyOf(well);
      await tell(quiet, story);
      await quiet.close();
      const calls = await callsOf(well.driver as FaultDriver);
      expect(calls).toBeGreaterThan(30);
      for (let call = 1; call <= calls; call++) {
        const world = new World(faultDriver(memoryDriver()), well);
        await survive(world, story, fault, from ? { from: call } : call);
      }
    });
  }
}

async function survive(
  world: World,
  story: Story,
  fault: Fault,
  calls: number | { readonly from: number },
): Promise<void> {
  const driver = world.driver as FaultDriver;
  driver.plan({ operation: "any", calls, fault });
  let harmonizer: EmbeddedHarmonizer | null = null;
  try {
    harmonizer = await world.harmonizer();
    await tell(harmonizer, story);
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(STORE_|OUTCOME_UNKNOWN)/) });
  }
  driver.heal();
  harmonizer ??= await world.harmonizer();
  await tell(harmonizer, story);
  const records = story.batches.flatMap(({ headers }) => headers.map((header) => hex(hashOf(header))));
  expect([...(await assertSound(world))].sort()).toEqual([...records].sort());
  const { checkpoint, bundles } = await assertPulled(world, harmonizer, story.owner.capsule);
  expect(bundles.every(({ inclusion }) => inclusion?.size === checkpoint?.size)).toBe(true);
  await harmonizer.close();
  const again = await world.harmonizer();
  expect(await again.inForce(story.owner.capsule)).toEqual({ version: 2, hash: story.second.hash });
  await again.close();
}

test("a failing store shows as its own error, and what was pending is told to all who wait", async () => {
  const driver = faultDriver(memoryDriver());
  const world = new World(driver);
  const harmonizer = await world.harmonizer();
  const { first, head, batches } = await storyOf(world);
  await harmonizer.submitManifest(first.bytes);
  await harmonizer.submitHead(head);
  driver.plan({ operation: "any", keyPrefix: "harmonizer/sequence/", fault: { kind: "fail-before", code: null } });
  const outcomes = await Promise.allSettled(batches.map(({ bytes }) => harmonizer.submitBatch(bytes)));
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ reason: { code: expect.stringMatching(/^STORE_UNREACHABLE|^FORMAT_INVALID/) } });
  driver.heal();
  expect((await Promise.all(batches.map(({ bytes }) => harmonizer.submitBatch(bytes)))).flat()).toHaveLength(6);
  expect((await assertSound(world)).size).toBe(6);
});

test("a checkpoint that could not be written is written by the next", async () => {
  const driver = faultDriver(memoryDriver());
  const world = new World(driver);
  const harmonizer = await world.harmonizer();
  const { owner, first } = await storyOf(world);
  await harmonizer.submitManifest(first.bytes);
  for (const keyPrefix of ["harmonizer/tile/", "harmonizer/checkpoint"]) {
    driver.plan({ operation: "any-write", keyPrefix, fault: { kind: "fail-before", code: "STORE_FULL" } });
    await expect(harmonizer.anchor(owner.capsule)).rejects.toMatchObject({ code: "STORE_FULL" });
    driver.heal();
  }
  await harmonizer.anchor(owner.capsule);
  expect((await assertPulled(world, harmonizer, owner.capsule)).checkpoint?.size).toBe(2);
  await harmonizer.close();
});

test("a leftover of a submission that lost does not stand in the way of the one that won", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { first, head, batches } = await storyOf(world);
  await harmonizer.submitManifest(first.bytes);
  await harmonizer.submitHead(head);
  const store = await ObjectStore.open(world.driver);
  const [batch] = batches;
  if (batch === undefined) throw new Error("no batch");
  const leftover = `harmonizer/open/000000000002-${"ab".repeat(32)}`;
  await store.create(leftover, randomBytes(100));
  await harmonizer.submitBatch(batch.bytes);
  const names: string[] = [];
  for await (const { key } of store.list("harmonizer/open/")) names.push(key);
  const [, , bundle] = await bundlesIn(world);
  if (bundle === undefined) throw new Error("no bundle");
  expect(names.sort()).toEqual([leftover, `harmonizer/open/000000000002-${hex(bundleRoot(bundle))}`].sort());
});
