import { randomBytes } from "@fogbound/crypto";
import { hashOf, leafReceipt } from "@fogbound/protocol";
import { memoryDriver, type StoreDriver } from "@fogbound/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assertPulled, assertSound, hex } from "./checks.js";
import { hosted, Owner, World, Writer } from "./kit.js";

test("two processes over one store: every record once, counts without gap, one chain", async () => {
  const world = new World();
  const both = [await world.harmonizer(), await world.harmonizer()] as const;
  const { owner, first } = await hosted(world, both[0]);
  const tag = randomBytes(32);
  const writers = Array.from({ length: 10 }, () => new Writer(owner));
  for (const [index, writer] of writers.entries())
    await both[index % 2 === 0 ? 0 : 1].submitHead(await writer.head(first));
  const batches = await Promise.all(
    writers.map(async (writer) => [
      await writer.batch(1, [tag]),
      await writer.batch(2, [tag]),
      await writer.batch(1, []),
      await writer.batch(1, [tag]),
      await writer.batch(1, [tag]),
    ]),
  );
  // Each process is given everything, so that every batch is submitted twice, at the same time.
  const submitAll = (harmonizer: (typeof both)[number]) =>
    Promise.all(batches.map((ofWriter) => Promise.all(ofWriter.map(({ bytes }) => harmonizer.submitBatch(bytes)))));
  const [left, right] = await Promise.all([submitAll(both[0]), submitAll(both[1])]);
  expect(left).toEqual(right);
  expect((await assertSound(world)).size).toBe(60);
  const ordinals = left.flat(2).flatMap((bytes) => leafReceipt.decode(bytes).ordinals);
  expect(ordinals.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  await Promise.all(both.map((harmonizer) => harmonizer.anchor(owner.capsule)));
  for (const harmonizer of both) await assertPulled(world, harmonizer, owner.capsule);
  await Promise.all(both.map((harmonizer) => harmonizer.close()));
});

test("two processes, two rival manifests and two children of one record: one winner each", async () => {
  for (let round = 0; round < 10; round++) {
    const world = new World();
    const both = [await world.harmonizer(), await world.harmonizer()];
    const [one, other] = both;
    if (one === undefined || other === undefined) throw new Error("two processes");
    const { owner, first, writer } = await hosted(world, one);
    const twin = writer.clone();
    const rivals = [await owner.manifest(first), await owner.manifest(first, { leaseSeconds: 5 })];
    const children = [await writer.batch(), await twin.batch()];
    const outcomes = await Promise.allSettled([
      one.submitManifest(rivals[0]?.bytes ?? new Uint8Array()),
      other.submitManifest(rivals[1]?.bytes ?? new Uint8Array()),
    ]);
    const chains = await Promise.allSettled([
      one.submitBatch(children[0]?.bytes ?? new Uint8Array()),
      other.submitBatch(children[1]?.bytes ?? new Uint8Array()),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "MANIFEST_STALE" } });
    expect(chains.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(chains.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "HOST_UNPROVED" } });
    const winner = rivals[outcomes.findIndex(({ status }) => status === "fulfilled")];
    for (const harmonizer of both)
      expect(await harmonizer.inForce(owner.capsule)).toEqual({ version: 2, hash: winner?.hash });
    await assertSound(world);
  }
});

/** Lets the store's answers arrive in the order that the given numbers say. */
function interleaved(driver: StoreDriver, delays: readonly number[]): StoreDriver {
  let call = 0;
  const later = async (): Promise<void> => {
    for (let turns = delays[call++ % delays.length] ?? 0; turns > 0; turns--) await new Promise(setImmediate);
  };
  return {
    name: driver.name,
    capabilities: driver.capabilities,
    create: async (...all) => {
      await later();
      const info = await driver.create(...all);
      await later();
      return info;
    },
    upload: (...all) => driver.upload(...all),
    replace: async (...all) => later().then(() => driver.replace(...all)),
    get: async (...all) => later().then(() => driver.get(...all)),
    head: async (...all) => later().then(() => driver.head(...all)),
    list: async (...all) => later().then(() => driver.list(...all)),
    delete: async (...all) => later().then(() => driver.delete(...all)),
    close: () => driver.close(),
    errorCode: (error) => driver.errorCode(error),
  };
}

test("whatever the order of the store's answers, and whatever the sizes", async () => {
  const plan = fc.record({
    delays: fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }),
    sizes: fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 4,
    }),
    anchors: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ delays, sizes, anchors }) => {
      const world = new World(interleaved(memoryDriver(), delays));
      const processes = [await world.harmonizer(), await world.harmonizer()];
      const [one] = processes;
      if (one === undefined) throw new Error("two processes");
      const owner = new Owner(world.entry);
      const first = await owner.manifest();
      await one.submitManifest(first.bytes);
      const tags = [randomBytes(32), randomBytes(32)];
      const expected = new Set<string>();
      const work = sizes.map(async (ofWriter, index) => {
        const harmonizer = processes[index % 2] ?? one;
        const writer = new Writer(owner);
        await harmonizer.submitHead(await writer.head(first));
        const batches = [];
        for (const size of ofWriter) batches.push(await writer.batch(size, tags.slice(index % 3)));
        for (const { headers } of batches) for (const header of headers) expected.add(hex(hashOf(header)));
        await Promise.all(batches.map(({ bytes }) => harmonizer.submitBatch(bytes)));
        if (anchors) await harmonizer.anchor(owner.capsule);
      });
      await Promise.all(work);
      expect(await assertSound(world)).toEqual(expected);
      await Promise.all(processes.map((harmonizer) => harmonizer.close()));
      const again = await world.harmonizer();
      const { checkpoint, bundles } = await assertPulled(world, again, owner.capsule);
      expect(bundles.every(({ inclusion }) => inclusion?.size === checkpoint?.size)).toBe(true);
      await again.close();
    }),
    { numRuns: 40 },
  );
});
