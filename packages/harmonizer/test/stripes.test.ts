import { randomBytes } from "@fogbound/crypto";
import { batch as batchFormat, batchStatement, copies, parityShard } from "@fogbound/protocol";
import { memoryDriver, ObjectStore, type StoreDriver } from "@fogbound/storage";
import { faultDriver } from "@fogbound/storage/conformance";
import { describe, expect, test } from "vitest";
import { History } from "../src/history.js";
import { type EmbeddedHarmonizer, openHarmonizer } from "../src/index.js";
import { LogReader } from "../src/log-reader.js";
import { Manifests } from "../src/manifest-facts.js";
import { OpenCopies } from "../src/open-copies.js";
import { Stripes } from "../src/stripes.js";
import { bundlesIn } from "./checks.js";
import { HeldBack } from "./held-back.js";
import { aroundCreate, Owner, World, Writer } from "./kit.js";
import {
  assertSpared,
  type Batches,
  begun,
  copiesIn,
  keysIn,
  named,
  nameOf,
  readKey,
  remember,
  shardsIn,
  stripesIn,
  submitNext,
} from "./stripe-kit.js";

const fourAndTwo = { batches: 4, parity: 2 };

describe("a stripe", () => {
  test("is closed when it has its batches, of unequal lengths: then the copies are gone", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, fourAndTwo);
    for (const records of [1, 7, 2]) await submitNext(harmonizer, batches, writer, records);
    expect(await copiesIn(world)).toHaveLength(3);
    expect(await shardsIn(world)).toEqual([]);
    for (const records of [3, 1]) await submitNext(harmonizer, batches, writer, records);
    await harmonizer.close();
    expect(await stripesIn(world)).toEqual(["1-4/2"]);
    expect([...(await assertSpared(world, batches))]).toEqual([nameOf(writer.instance, 1, 5)]);
    const [shard] = await shardsIn(world);
    expect(shard?.lengths).toEqual([...batches.values()].slice(0, 4).map(({ length }) => length));
    expect(new Set(shard?.lengths).size).toBeGreaterThan(2);
  });

  test("holds fewer at an epoch's end, and none of the next epoch", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, first } = await begun(world, harmonizer, fourAndTwo);
    for (let count = 0; count < 6; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.submitHead(await writer.head(first));
    await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    expect(await stripesIn(world)).toEqual(["1-4/2", "5-6/2"]);
    expect([...(await assertSpared(world, batches))]).toEqual([nameOf(writer.instance, 2, 1)]);
  });

  test("is of one instance, when two take turns", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner, first } = await begun(world, harmonizer, fourAndTwo);
    const other = new Writer(owner);
    await harmonizer.submitHead(await other.head(first));
    for (let count = 0; count < 4; count++) {
      await submitNext(harmonizer, batches, writer);
      await submitNext(harmonizer, batches, other, 2);
    }
    await harmonizer.close();
    expect((await shardsIn(world)).map(({ instance }) => instance).sort()).toEqual(
      [writer, writer, other, other].map(({ instance }) => instance).sort(),
    );
    expect((await assertSpared(world, batches)).size).toBe(0);
  });

  test("is as the manifest in force says, which may change while it is open", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner, first } = await begun(world, harmonizer, fourAndTwo);
    for (let count = 0; count < 2; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.submitManifest((await owner.manifest(first, { stripe: { batches: 3, parity: 5 } })).bytes);
    await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    expect(await stripesIn(world)).toEqual(["1-3/5"]);
    expect((await assertSpared(world, batches, 5)).size).toBe(0);
  });

  test("of a manifest that asks for no parity has none, and keeps no copies beyond it", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, { batches: 2, parity: 0 });
    for (let count = 0; count < 3; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    expect(await keysIn(world, "harmonizer/parity/")).toEqual([]);
    expect(await copiesIn(world)).toEqual([nameOf(writer.instance, 1, 3)]);
  });

  test("of no batches is of one", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, { batches: 0, parity: 1 });
    for (let count = 0; count < 2; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    expect(await stripesIn(world)).toEqual(["1-1/1", "2-2/1"]);
    expect((await assertSpared(world, batches, 1)).size).toBe(0);
  });

  test("is closed for a capsule when it is asked for, full or not, and no other capsule's", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const one = await begun(world, harmonizer, fourAndTwo);
    const other = await begun(world, harmonizer, fourAndTwo);
    for (const { batches, writer } of [one, one, other]) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    const store = await world.store();
    const log = new LogReader(new History(store, world.entry));
    await log.replay(store, async () => undefined);
    const copies = new OpenCopies(store, log);
    const stripes = new Stripes({ store, log, manifests: new Manifests(store), copies, refresh: () => log.refresh() });
    stripes.recover();
    await stripes.close(one.owner.capsule);
    expect(await stripesIn(world)).toEqual(["1-2/2"]);
    expect(await copiesIn(world)).toEqual([nameOf(other.writer.instance, 1, 1)]);
    await assertSpared(world, new Map([...one.batches, ...other.batches]));
  });
});

describe("copies", () => {
  test("that rotted leave the others alone: they become parity at the epoch's end", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, first } = await begun(world, harmonizer, fourAndTwo);
    for (let count = 0; count < 3; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    const [, second = ""] = await keysIn(world, "harmonizer/open/");
    const bytes = await readKey(world, second);
    await (await world.store()).replace(second, randomBytes(100));
    const after = await world.harmonizer();
    expect(await after.batchCopy(writer.instance, 1, 2)).toBeNull();
    for (let count = 0; count < 6; count++) await submitNext(after, batches, writer);
    await after.submitHead(await writer.head(first));
    await after.close();
    expect((await stripesIn(world)).sort()).toEqual(["1-1/2", "3-6/2", "7-9/2"]);
    expect(await copiesIn(world)).toEqual([nameOf(writer.instance, 1, 2)]);
    await (await world.store()).replace(second, bytes);
    await assertSpared(world, batches);
  });

  test("that went leave the others alone, after a restart too", async () => {
    const world = new World();
    const before = await world.harmonizer();
    const { batches, writer, first } = await begun(world, before, fourAndTwo);
    for (let count = 0; count < 3; count++) await submitNext(before, batches, writer);
    await before.close();
    const [, second = ""] = await keysIn(world, "harmonizer/open/");
    const bytes = await readKey(world, second);
    await (await world.store()).delete(second);
    const after = await world.harmonizer();
    for (let count = 0; count < 4; count++) await submitNext(after, batches, writer);
    await after.submitHead(await writer.head(first));
    await after.close();
    expect((await stripesIn(world)).sort()).toEqual(["1-1/2", "3-6/2", "7-7/2"]);
    await (await world.store()).create(second, bytes);
    await assertSpared(world, batches);
  });

  test("of a bundle that lost its number go at once, and those of the winner stay", async () => {
    const driver = memoryDriver();
    const keys = new World(driver);
    let overtake: (() => Promise<void>) | null = null;
    const slow = aroundCreate(driver, async (key, create) => {
      const first = overtake;
      if (key.startsWith("harmonizer/sequence/") && first !== null) {
        overtake = null;
        await first();
      }
      return create();
    });
    const [loser, winner] = [await new World(slow, keys).harmonizer(), await keys.harmonizer()];
    const { batches, writer, owner, first } = await begun(keys, loser, fourAndTwo);
    const other = new Writer(owner);
    await winner.submitHead(await other.head(first));
    overtake = async () => void (await submitNext(winner, batches, other));
    await submitNext(loser, batches, writer);
    expect(await copiesIn(keys)).toEqual([nameOf(other.instance, 1, 1), nameOf(writer.instance, 1, 1)]);
    expect((await assertSpared(keys, batches)).size).toBe(2);
    await Promise.all([loser.close(), winner.close()]);
  });

  test("of a bundle that lost its number, put after its stripe was closed, go at the next start", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, { batches: 1, parity: 1 });
    await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    const late = [1, 2].map((bundle) => `harmonizer/open/${named(bundle)}-${"ab".repeat(32)}`);
    for (const key of late) await (await world.store()).create(key, randomBytes(30));
    await (await world.harmonizer()).close();
    expect(await copiesIn(world)).toEqual([]);
    await assertSpared(world, batches, 1);
  });

  test("of a bundle to come stay, as their process may be about to create it", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, fourAndTwo);
    const early = `harmonizer/open/${named(2)}-${"ab".repeat(32)}`;
    await (await world.store()).create(early, randomBytes(30));
    await harmonizer.close();
    const again = await world.harmonizer();
    await again.close();
    expect(await copiesIn(world)).toEqual([early]);
    await submitNext(await world.harmonizer(), batches, writer);
    await (await world.harmonizer()).close();
    expect(await copiesIn(world)).toEqual([nameOf(writer.instance, 1, 1)]);
    await assertSpared(world, batches);
  });

  test("of one bundle go when the last of its batches is under parity, and each is read past a rotten one", async () => {
    const heldBack = new HeldBack();
    const world = new World(heldBack.driver);
    const before = await world.harmonizer();
    const { batches, writers: sent } = await sharedBundle(heldBack, world, before, 3);
    await before.close();
    const [key = "", ...others] = await keysIn(world, "harmonizer/open/");
    expect(others).toEqual([]);
    const { batches: whole } = copies.decode(await readKey(world, key));
    // What is sent at the same time is sequenced in any order.
    const order = whole.map((bytes) => (bytes === null ? null : instanceOf(bytes)));
    const writers = order.flatMap((instance) => sent.filter((one) => one.instance === instance));
    const rotten = whole.map((bytes, at) => (at === 1 ? randomBytes(100) : bytes));
    await (await world.store()).replace(key, copies.encode({ suite: 1, batches: rotten }));
    const after = await world.harmonizer();
    for (const [at, { instance }] of writers.entries())
      expect(await after.batchCopy(instance, 1, 1)).toEqual(rotten[at]);
    for (const [at, writer] of writers.entries()) {
      await submitNext(after, batches, writer);
      if (at < 2) expect(await copiesIn(world)).toContain(nameOf(writers[2]?.instance ?? "", 1, 1));
    }
    await after.close();
    expect((await stripesIn(world)).sort()).toEqual(["1-2/1", "1-2/1"].slice(1));
    expect(new Set((await shardsIn(world)).map(({ instance }) => instance)).size).toBe(2);
    expect(await keysIn(world, "harmonizer/open/")).toContain(key);
    await (await world.store()).replace(key, copies.encode({ suite: 1, batches: whole }));
    await (await world.harmonizer()).close();
    expect(await copiesIn(world)).toEqual([]);
    await assertSpared(world, batches, 1);
  });

  test("of more than one object holds are spread over bundles, and none is refused for it", async () => {
    const heldBack = new HeldBack();
    const world = new World(heldBack.driver);
    const harmonizer = await world.harmonizer();
    const { batches, owner, first } = await begun(world, harmonizer, fourAndTwo);
    const writers = Array.from({ length: 5 }, () => new Writer(owner));
    for (const writer of writers) await harmonizer.submitHead(await writer.head(first));
    const written = await Promise.all(writers.map((writer) => writer.batch(1, [], 3 * 1024 * 1024)));
    for (const { bytes } of written) remember(batches, bytes);
    await heldBack.submitTogether(
      world,
      harmonizer,
      written.map(({ bytes }) => bytes),
    );
    await harmonizer.close();
    expect((await assertSpared(world, batches)).size).toBe(5);
    const perBundle = (await bundlesIn(world)).map(
      ({ entries }) => entries.filter(({ kind }) => kind === "batch").length,
    );
    expect(Math.max(...perBundle)).toBe(2);
    const { bytes } = await (writers[0] ?? new Writer(owner)).batch(1, [], 8 * 1024 * 1024 - 100);
    await expect((await world.harmonizer()).submitBatch(bytes)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  });

  test("stay when the parity over them has rotted, and it is written anew", async () => {
    const world = new World(faultDriver(memoryDriver()));
    const driver = world.driver as ReturnType<typeof faultDriver>;
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, fourAndTwo);
    driver.plan({ operation: "delete", keyPrefix: "harmonizer/open/", fault: { kind: "fail-before", code: null } });
    for (let count = 0; count < 4; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    driver.heal();
    expect(await copiesIn(world)).toHaveLength(4);
    const [rotten = ""] = await keysIn(world, "harmonizer/parity/");
    const bytes = await readKey(world, rotten);
    bytes[bytes.length - 5] = (bytes.at(-5) ?? 0) ^ 1;
    await (await world.store()).replace(rotten, bytes);
    await (await world.harmonizer()).close();
    expect(await copiesIn(world)).toEqual([]);
    expect((await assertSpared(world, batches)).size).toBe(0);
  });

  test("of a batch that no shard is long enough for stay as they are, and hold up nobody", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, first } = await begun(world, harmonizer, { batches: 2, parity: 1 });
    await submitNext(harmonizer, batches, writer);
    const { bytes } = await writer.batch(1, [], 8 * 1024 * 1024 - 1000);
    remember(batches, bytes);
    await harmonizer.submitBatch(bytes);
    for (let count = 0; count < 2; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.submitHead(await writer.head(first));
    await harmonizer.close();
    expect((await stripesIn(world)).sort()).toEqual(["1-1/1", "3-4/1"]);
    expect([...(await assertSpared(world, batches, 1))]).toEqual([nameOf(writer.instance, 1, 2)]);
  });
});

describe("processes", () => {
  test("that share one instance close stripes over what both sequenced", async () => {
    const world = new World();
    const both = [await world.harmonizer(), await world.harmonizer()] as const;
    const { batches, writer } = await begun(world, both[0], fourAndTwo);
    for (let count = 0; count < 16; count++) await submitNext(both[count % 2 === 0 ? 0 : 1], batches, writer);
    await Promise.all(both.map((one) => one.close()));
    expect((await shardsIn(world)).length).toBeGreaterThan(0);
    await assertSpared(world, batches);
    await (await world.harmonizer()).close();
    expect((await assertSpared(world, batches)).size).toBeLessThan(4);
  });

  test("may close one stripe at once", async () => {
    for (let round = 0; round < 8; round++) {
      const world = new World(faultDriver(memoryDriver()));
      const driver = world.driver as ReturnType<typeof faultDriver>;
      const before = await world.harmonizer();
      const { batches, writer } = await begun(world, before, fourAndTwo);
      driver.plan({ operation: "any", keyPrefix: "harmonizer/parity/", fault: { kind: "fail-before", code: null } });
      for (let count = 0; count < 5; count++) await submitNext(before, batches, writer);
      await before.close();
      driver.heal();
      expect((await assertSpared(world, batches)).size).toBe(5);
      const shifted = new World(late(driver, round), world);
      const three = await Promise.all([world.harmonizer(), shifted.harmonizer(), world.harmonizer()]);
      await Promise.all(three.map((one) => one.close()));
      expect(await stripesIn(world)).toEqual(["1-4/2"]);
      expect((await assertSpared(world, batches)).size).toBe(1);
    }
  });

  test("may close at different places", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner } = await begun(world, harmonizer, fourAndTwo);
    for (let count = 0; count < 3; count++) await submitNext(harmonizer, batches, writer);
    const store = await world.store();
    const log = new LogReader(new History(store, world.entry));
    await log.replay(store, async () => undefined);
    const copies = new OpenCopies(store, log);
    const other = new Stripes({ store, log, manifests: new Manifests(store), copies, refresh: () => log.refresh() });
    other.recover();
    await other.close(owner.capsule);
    for (let count = 0; count < 5; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    expect((await stripesIn(world)).sort()).toEqual(["1-3/2", "1-4/2", "5-8/2"]);
    expect((await assertSpared(world, batches)).size).toBe(0);
  });

  test("close only after their stripes are", async () => {
    const driver = memoryDriver();
    let shards = 0;
    const slow = aroundCreate(driver, async (key, create) => {
      for (let turns = 0; key.startsWith("harmonizer/parity/") && turns < 50; turns++) await new Promise(setImmediate);
      const info = await create();
      if (key.startsWith("harmonizer/parity/")) shards++;
      return info;
    });
    const world = new World(slow);
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, fourAndTwo);
    for (let count = 0; count < 4; count++) await submitNext(harmonizer, batches, writer);
    expect(shards).toBe(0);
    await harmonizer.close();
    expect(shards).toBe(2);
    expect(await copiesIn(world)).toEqual([]);
  });

  test("that may only read write nothing, and answer all the same", async () => {
    const world = new World(faultDriver(memoryDriver()));
    const driver = world.driver as ReturnType<typeof faultDriver>;
    const before = await world.harmonizer();
    const { batches, writer, owner } = await begun(world, before, fourAndTwo);
    for (let count = 0; count < 4; count++) await submitNext(before, batches, writer);
    await before.anchor(owner.capsule);
    driver.plan({ operation: "any", keyPrefix: "harmonizer/parity/", fault: { kind: "fail-before", code: null } });
    for (let count = 0; count < 4; count++) await submitNext(before, batches, writer);
    await before.close();
    driver.heal();
    const { create, replace, delete: deleted } = driver.calls;
    const store = await ObjectStore.open(driver, { readOnly: true });
    const { origin, receiptKey, logKey } = world;
    const reader = await openHarmonizer({ store, origin, receiptKey, logKey, clock: () => world.now });
    expect(await reader.parity(writer.instance, 1, 2)).toHaveLength(2);
    expect(await reader.batchCopy(writer.instance, 1, 6)).toEqual(batches.get(nameOf(writer.instance, 1, 6)));
    await reader.close();
    expect(driver.calls).toMatchObject({ create, replace, delete: deleted });
  });
});

describe("parity, asked for", () => {
  test("is there for closed stripes only, and nothing for what was never sequenced", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner, first } = await begun(world, harmonizer, fourAndTwo);
    for (let count = 0; count < 6; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    const again = await world.harmonizer();
    for (let batch = 1; batch <= 4; batch++) {
      const shards = await again.parity(writer.instance, 1, batch);
      const found = shards.map((bytes) => parityShard.decode(bytes));
      expect(found.map(({ index, first: from, parity }) => [index, from, parity])).toEqual([
        [0, 1, 2],
        [1, 1, 2],
      ]);
      expect(await again.batchCopy(writer.instance, 1, batch)).toBeNull();
    }
    for (const batch of [5, 6]) {
      expect(await again.parity(writer.instance, 1, batch)).toEqual([]);
      expect(await again.batchCopy(writer.instance, 1, batch)).toEqual(batches.get(nameOf(writer.instance, 1, batch)));
    }
    for (const [epoch, batch] of [
      [1, 7],
      [2, 1],
      [0, 0],
      [1, 99_999_999],
    ] as const)
      expect(await again.parity(writer.instance, epoch, batch)).toEqual([]);
    expect(await again.parity(new Writer(owner).instance, 1, 1)).toEqual([]);
    await again.submitHead(await writer.head(first));
    await again.close();
    await expect(again.parity(writer.instance, 1, 1)).rejects.toThrow(TypeError);
  });

  test("is found among many stripes, and among stripes over the same batches", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, { batches: 1, parity: 2 });
    for (let count = 0; count < 5; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    const store = await world.store();
    for (const index of [0, 1, 2])
      await store.create(
        `harmonizer/parity/${writer.instance}/00000001/00000003-00000003/00${index}-of-003`,
        randomBytes(9),
      );
    const again = await world.harmonizer();
    expect(await again.parity(writer.instance, 1, 3)).toHaveLength(5);
    expect(await again.parity(writer.instance, 1, 4)).toHaveLength(2);
    await again.close();
  });

  test("is not taken for absent when the store fails", async () => {
    const world = new World(faultDriver(memoryDriver()));
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, { batches: 1, parity: 2 });
    await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    const again = await world.harmonizer();
    for (const operation of ["list", "get"] as const) {
      (world.driver as ReturnType<typeof faultDriver>).plan({
        operation,
        keyPrefix: "harmonizer/parity/",
        fault: { kind: "fail-before", code: "STORE_UNREACHABLE" },
      });
      await expect(again.parity(writer.instance, 1, 1)).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
      (world.driver as ReturnType<typeof faultDriver>).heal();
    }
    await again.close();
  });
});

test("closing costs the same for each batch, however many instances share a bundle", async () => {
  const few = await callsFor(3);
  const many = await callsFor(30);
  expect(many.calls).toBeLessThanOrEqual(10 * few.calls);
  expect(many.bundleBytes).toBeLessThanOrEqual(12 * few.bundleBytes);
});

/** Batches of so many instances in one bundle, two of which make a stripe. */
async function sharedBundle(
  heldBack: HeldBack,
  world: World,
  harmonizer: EmbeddedHarmonizer,
  instances: number,
): Promise<{ batches: Batches; writers: readonly Writer[] }> {
  const { batches, owner, first } = await begun(world, harmonizer, { batches: 2, parity: 1 });
  const writers = Array.from({ length: instances }, () => new Writer(owner));
  for (const writer of writers) await harmonizer.submitHead(await writer.head(first));
  const written = await Promise.all(writers.map((writer) => writer.batch()));
  for (const { bytes } of written) remember(batches, bytes);
  await heldBack.submitTogether(
    world,
    harmonizer,
    written.map(({ bytes }) => bytes),
  );
  expect((await bundlesIn(world)).at(-1)?.entries).toHaveLength(instances);
  return { batches, writers };
}

function instanceOf(bytes: Uint8Array): string {
  return batchStatement.read(batchFormat.decode(bytes).statement).value.instance;
}

/** Calls of closing one stripe of each of so many instances, which send at the same time. */
async function callsFor(instances: number): Promise<{ calls: number; bundleBytes: number }> {
  const counted = { calls: 0, bundleBytes: 0, on: false };
  const world = new World(counting(memoryDriver(), counted));
  const harmonizer = await world.harmonizer();
  const owner = new Owner(world.entry);
  const first = await owner.manifest(null, { stripe: fourAndTwo });
  await harmonizer.submitManifest(first.bytes);
  const writers = Array.from({ length: instances }, () => new Writer(owner));
  const heads = await Promise.all(writers.map((writer) => writer.head(first)));
  await Promise.all(heads.map((head) => harmonizer.submitHead(head)));
  const batches: Batches = new Map();
  for (let round = 0; round < 4; round++) {
    const written = [];
    for (const writer of writers) written.push((await writer.batch()).bytes);
    for (const bytes of written) remember(batches, bytes);
    counted.on = round === 3;
    await Promise.all(written.map((bytes) => harmonizer.submitBatch(bytes)));
  }
  await harmonizer.close();
  counted.on = false;
  expect((await assertSpared(world, batches)).size).toBe(0);
  const most = Math.max(...(await bundlesIn(world)).map(({ entries }) => entries.length));
  expect(most).toBeGreaterThan(instances / 2);
  return counted;
}

function counting(driver: StoreDriver, counted: { calls: number; bundleBytes: number; on: boolean }): StoreDriver {
  const count = (): void => {
    if (counted.on) counted.calls++;
  };
  return {
    ...aroundCreate(driver, async (key, create) => {
      count();
      // Slow enough that what is submitted meanwhile goes into one bundle.
      for (let turn = 0; key.startsWith("harmonizer/sequence/") && turn < 500; turn++) await new Promise(setImmediate);
      return create();
    }),
    get: async (key, ...rest) => {
      count();
      const found = await driver.get(key, ...rest);
      if (counted.on && key.startsWith("harmonizer/sequence/")) counted.bundleBytes += found?.size ?? 0;
      return found;
    },
    list: (...all) => {
      count();
      return driver.list(...all);
    },
  };
}

/** A store that lets every call wait for so many turns of the loop. */
function late(driver: StoreDriver, turns: number): StoreDriver {
  const later = async (): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
  };
  return {
    ...aroundCreate(driver, async (_, create) => later().then(create)),
    get: (...all) => later().then(() => driver.get(...all)),
    list: (...all) => later().then(() => driver.list(...all)),
    delete: (...all) => later().then(() => driver.delete(...all)),
  };
}
