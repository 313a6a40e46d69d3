import { signingKeyFromSeed } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type Alert,
  batch as batchFormat,
  batchStatement,
  type CapsuleId,
  type Later,
  openCheckpoint,
  type Pushed,
  prunedBundle,
  pushed,
  received,
} from "@fogbound/protocol";
import { memoryDriver, ObjectStore, readAll } from "@fogbound/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedHarmonizer, mailbox, openHarmonizer, type Sink } from "../src/index.js";
import { Owner, World, Writer } from "./kit.js";
import { type Begun, copiesIn, nameOf, stripesIn, submitNext } from "./stripe-kit.js";

/** What is to be done later, done when a test says so. */
class Hands {
  readonly due: { readonly milliseconds: number; readonly work: () => Promise<void> }[] = [];
  readonly later: Later = (milliseconds, work) => {
    const one = { milliseconds, work };
    this.due.push(one);
    return () => {
      const at = this.due.indexOf(one);
      if (at >= 0) this.due.splice(at, 1);
    };
  };

  /** Does what was asked for after such a time. */
  async run(picks: (milliseconds: number) => boolean = () => true): Promise<void> {
    const picked = this.due.filter(({ milliseconds }) => picks(milliseconds));
    for (const one of picked) this.due.splice(this.due.indexOf(one), 1);
    for (const { work } of picked) await work();
  }
}

let world: World;
let hands: Hands;
let box: ObjectStore;
let alerts: Alert[];
beforeEach(async () => {
  world = new World();
  hands = new Hands();
  box = await ObjectStore.open(memoryDriver());
  alerts = [];
});

async function open(...sinks: readonly Sink[]): Promise<EmbeddedHarmonizer> {
  const { origin, receiptKey, logKey } = world;
  const store = await world.store();
  const clock = () => world.now++;
  const raising = { raise: (alert: Alert) => void alerts.push(alert) };
  return openHarmonizer({ store, origin, receiptKey, logKey, clock, sinks, later: hands.later, alerts: raising });
}

/** A published capsule that is pushed after so many seconds or bytes, and an instance with a head. */
async function begun(harmonizer: EmbeddedHarmonizer, push: { seconds: number; bytes: number }): Promise<Begun> {
  const owner = new Owner(world.entry);
  const first = await owner.manifest(null, { push, stripe: { batches: 4, parity: 1 } });
  await harmonizer.submitManifest(first.bytes);
  const writer = new Writer(owner);
  await harmonizer.submitHead(await writer.head(first));
  return { owner, first, writer, batches: new Map() };
}

async function keysOf(store: ObjectStore, capsule: CapsuleId): Promise<number> {
  let keys = 0;
  for await (const { key } of store.list(`mailbox/${capsule}/`)) keys += key === "" ? 0 : 1;
  return keys;
}

async function pushesIn(store: ObjectStore, capsule: CapsuleId): Promise<Pushed[]> {
  const found: Pushed[] = [];
  for await (const { key } of store.list(`mailbox/${capsule}/`)) {
    const object = await store.get(key);
    if (object !== null) found.push(pushed.decode(await readAll(object, 10_000_000)));
  }
  return found;
}

/** As soon as it is so; everything here is in memory, and nothing waits for a clock. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate);
}

function batchesOf(pushes: readonly Pushed[]): string[] {
  return pushes
    .flatMap(({ batches }) => batches)
    .map((bytes) => {
      if (bytes === null) return "none";
      const { instance, epoch, batch } = batchStatement.read(batchFormat.decode(bytes).statement).value;
      return nameOf(instance, epoch, batch);
    });
}

const hourly = { seconds: 3600, bytes: 1_000_000_000 };

describe("A log is pushed", () => {
  it("when its size is reached: what is new, whole, under a checkpoint; and the stripes are closed", async () => {
    const harmonizer = await open(mailbox(box));
    const one = await begun(harmonizer, { seconds: 3600, bytes: 4000 });
    const { capsule } = one.owner;
    for (let turn = 0; turn < 3; turn++) await submitNext(harmonizer, one.batches, one.writer);
    expect(await pushesIn(box, capsule)).toEqual([]);
    await submitNext(harmonizer, one.batches, one.writer, 12);
    await until(async () => (await copiesIn(world)).length === 0);
    const [first, ...more] = await pushesIn(box, capsule);
    expect(more).toEqual([]);
    expect(batchesOf(first === undefined ? [] : [first])).toEqual([...one.batches.keys()]);
    expect(first?.batches).toEqual([...one.batches.values()]);
    const { size } = await openCheckpoint(first?.checkpoint ?? "", world.entry);
    const bundles = (first?.bundles ?? []).map((bytes) => prunedBundle.decode(bytes));
    expect(bundles.every(({ inclusion }) => inclusion?.size === size)).toBe(true);
    expect(bundles.at(-1)?.entries.at(-1)?.kind).toBe("tips");
    expect(await stripesIn(world)).toEqual(["1-4/1"]);
    await harmonizer.close();
  });

  it("when its time has come, and not again while nothing happens", async () => {
    const harmonizer = await open(mailbox(box));
    const one = await begun(harmonizer, hourly);
    await submitNext(harmonizer, one.batches, one.writer);
    expect(hands.due.map(({ milliseconds }) => milliseconds)).toEqual([3_600_000]);
    await hands.run();
    await until(async () => (await pushesIn(box, one.owner.capsule)).length === 1);
    await until(async () => (await copiesIn(world)).length === 0);
    expect(await stripesIn(world)).toEqual(["1-1/1"]);
    await hands.run();
    await submitNext(harmonizer, one.batches, one.writer);
    await hands.run();
    await until(async () => (await pushesIn(box, one.owner.capsule)).length === 2);
    const pushes = await pushesIn(box, one.owner.capsule);
    expect(batchesOf(pushes)).toEqual([...one.batches.keys()]);
    expect(pushes.map(({ number }) => number)).toEqual([1, 2]);
    await harmonizer.close();
  });

  it("by the clock too, where timers stand still", async () => {
    const harmonizer = await open(mailbox(box));
    const one = await begun(harmonizer, hourly);
    world.now += 3_600_000;
    await submitNext(harmonizer, one.batches, one.writer);
    await until(async () => (await pushesIn(box, one.owner.capsule)).length === 1);
    await harmonizer.close();
  });

  it("in as many objects as it takes, each batch once and all of them in order", async () => {
    const harmonizer = await open(mailbox(box));
    const one = await begun(harmonizer, hourly);
    for (let turn = 0; turn < 5; turn++) {
      const { bytes } = await one.writer.batch(1, [], 3_000_000);
      const { instance } = one.writer;
      one.batches.set(nameOf(instance, 1, turn + 1), bytes);
      await harmonizer.submitBatch(bytes);
    }
    await hands.run();
    await until(async () => (await keysOf(box, one.owner.capsule)) === 3);
    const pushes = await pushesIn(box, one.owner.capsule);
    const sent = [...one.batches.values()];
    for (const [at, bytes] of pushes.flatMap(({ batches }) => batches).entries())
      expect(Buffer.compare(bytes ?? new Uint8Array(), sent[at] ?? new Uint8Array())).toBe(0);
    await harmonizer.close();
  });
});

/** How many batches the stripes in the store cover, one that is in two of them twice. */
async function stripedNow(): Promise<number> {
  const ends = (await stripesIn(world)).map((name) => name.split(/[-/]/).map(Number));
  return ends.reduce((sum, [first = 0, last = 0]) => sum + last - first + 1, 0);
}

describe("A sink that takes nothing", () => {
  /** A mailbox behind a wire that can be cut, or that never answers. */
  function behindWire(name: string): {
    state: "up" | "cut" | "mute";
    tries: number;
    readonly sink: Sink;
    readonly store: Promise<ObjectStore>;
  } {
    const store = ObjectStore.open(memoryDriver());
    const wire = {
      state: "up" as "up" | "cut" | "mute",
      tries: 0,
      store,
      sink: {
        name,
        arrived: async (capsule, waiting) => mailbox(await store).arrived(capsule, waiting),
        push: async (bytes, waiting) => {
          wire.tries++;
          if (wire.state === "mute") return new Promise(() => undefined);
          if (wire.state === "cut") throw new FogboundError("STORE_UNREACHABLE", "the wire is cut");
          return mailbox(await store).push(bytes, waiting);
        },
      } satisfies Sink,
    };
    return wire;
  }

  it.each(["cut", "mute"] as const)(
    "because it is %s stops neither the others nor the log, and gets all when it is back",
    async (state) => {
      const wire = behindWire("far");
      const harmonizer = await open(wire.sink, mailbox(box, "near"));
      const one = await begun(harmonizer, hourly);
      const { capsule } = one.owner;
      wire.state = state;
      for (let turn = 1; turn <= 3; turn++) {
        for (let batch = 0; batch < 6; batch++) await submitNext(harmonizer, one.batches, one.writer);
        await hands.run((milliseconds) => milliseconds === 3_600_000);
        await until(async () => batchesOf(await pushesIn(box, capsule)).length === 6 * turn);
      }
      await until(async () => (await stripedNow()) === 18);
      // Whole still, beside their parity, for the sink that has not had them.
      expect(new Set(await copiesIn(world))).toEqual(new Set(one.batches.keys()));
      await until(async () => {
        await hands.run((milliseconds) => milliseconds === 60_000);
        return alerts.length > 0;
      });
      expect(alerts).toMatchObject([{ kind: "sink-failing", sink: "far", capsule }]);
      wire.state = "up";
      await until(async () => {
        await hands.run((milliseconds) => milliseconds < 60_000);
        return (await copiesIn(world)).length === 0;
      });
      expect(batchesOf(await pushesIn(await wire.store, capsule))).toEqual([...one.batches.keys()]);
      expect(alerts).toHaveLength(1);
      // None was made into a second stripe while its copy was kept.
      expect(await stripedNow()).toBe(18);
      await harmonizer.close();
    },
  );

  it("is asked again after longer and longer", async () => {
    const wire = behindWire("far");
    wire.state = "cut";
    const harmonizer = await open(wire.sink);
    const one = await begun(harmonizer, hourly);
    await submitNext(harmonizer, one.batches, one.writer);
    await hands.run();
    const waits: number[] = [];
    for (let tries = 1; tries <= 4; tries++) {
      await until(() => wire.tries === tries && hands.due.some(({ milliseconds }) => milliseconds < 60_000));
      waits.push(...hands.due.map(({ milliseconds }) => milliseconds));
      await hands.run();
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
    await harmonizer.close();
  });
});

describe("After a restart", () => {
  it("what lies in the mailbox says where to go on, and what was not pushed is pushed", async () => {
    const before = await open(mailbox(box));
    const one = await begun(before, hourly);
    await submitNext(before, one.batches, one.writer);
    await hands.run();
    await until(async () => (await pushesIn(box, one.owner.capsule)).length === 1);
    await submitNext(before, one.batches, one.writer);
    await before.close();
    const after = await open(mailbox(box));
    await until(async () => (await pushesIn(box, one.owner.capsule)).length === 2);
    expect(batchesOf(await pushesIn(box, one.owner.capsule))).toEqual([...one.batches.keys()]);
    await after.close();
    const idle = await open(mailbox(box));
    await idle.close();
    expect(await pushesIn(box, one.owner.capsule)).toHaveLength(2);
  });

  it("two processes with one mailbox push everything once between them", async () => {
    const [left, right] = [await open(mailbox(box)), await open(mailbox(box))];
    const one = await begun(left, { seconds: 3600, bytes: 1 });
    for (let turn = 0; turn < 8; turn++) await submitNext(turn % 2 === 0 ? left : right, one.batches, one.writer);
    await until(async () => new Set(batchesOf(await pushesIn(box, one.owner.capsule))).size === 8);
    const pushes = await pushesIn(box, one.owner.capsule);
    expect(pushes.map(({ number }) => number)).toEqual(pushes.map((_, at) => at + 1));
    expect(batchesOf(pushes)).toEqual([...one.batches.keys()]);
    await Promise.all([left.close(), right.close()]);
  });
});

describe("Only a signed note acknowledges", () => {
  it("a delivered push does not; a note does, up to the record it names and no further", async () => {
    const harmonizer = await open(mailbox(box));
    const one = await begun(harmonizer, hourly);
    const { capsule, root } = one.owner;
    const { instance } = one.writer;
    for (let turn = 0; turn < 2; turn++) await submitNext(harmonizer, one.batches, one.writer, 2);
    await hands.run();
    await until(async () => (await pushesIn(box, capsule)).length === 1);
    const hash = one.writer.previous ?? new Uint8Array();
    const open4 = [{ tip: { instance, epoch: 1, number: 4, hash }, acknowledged: 0 }];
    expect(await harmonizer.unacknowledged(capsule)).toEqual(open4);
    const noteOf = (chains: readonly (typeof open4)[number]["tip"][], key = root) =>
      received.sign({ suite: 1, capsule, time: 1, chains }, key);
    const invented = await noteOf([{ instance, epoch: 1, number: 4, hash: new Uint8Array(32) }]);
    await harmonizer.submitNote("received", invented);
    expect(await harmonizer.unacknowledged(capsule)).toEqual(open4);
    const stranger = signingKeyFromSeed(new Uint8Array(32).fill(7));
    const foreign = await noteOf([{ instance, epoch: 1, number: 4, hash }], stranger);
    await expect(harmonizer.submitNote("received", foreign)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    await harmonizer.submitNote("received", await noteOf([{ instance, epoch: 1, number: 4, hash }]));
    expect(await harmonizer.unacknowledged(capsule)).toEqual([]);
    await submitNext(harmonizer, one.batches, one.writer);
    expect(await harmonizer.unacknowledged(capsule)).toMatchObject([{ tip: { number: 5 }, acknowledged: 4 }]);
    await harmonizer.close();
  });
});

describe("Two processes under one instance key", () => {
  it("are refused, and somebody is told", async () => {
    const harmonizer = await open();
    const one = await begun(harmonizer, hourly);
    const twin = one.writer.clone();
    await submitNext(harmonizer, one.batches, one.writer);
    const { bytes } = await twin.batch();
    await expect(harmonizer.submitBatch(bytes)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    expect(alerts).toMatchObject([{ kind: "clone-suspected", instance: one.writer.instance }]);
    await harmonizer.close();
  });
});
