import { type ChainTip, received } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { epochs, type LoggedEpoch } from "../src/index.js";
import { sequenceNote } from "./kit/damage.js";
import { root, stranger } from "./kit/keys.js";
import { World } from "./kit/world.js";

const day = 86_400_000;

/** An instance with one access in its first epoch and one in its second; one access is a batch of asking and one of delivering. */
async function twoEpochs(retainDays: number | null = 1): Promise<World> {
  const world = await World.create({ retainDays });
  await world.access();
  await world.host.begin(world.current, world.tick());
  await world.access();
  return world;
}

async function logged(world: World): Promise<readonly LoggedEpoch[]> {
  await world.anchor();
  return epochs(await world.evidence());
}

async function hosts(world: World): Promise<readonly LoggedEpoch[]> {
  return (await logged(world)).filter(({ log }) => log === "hosts");
}

async function acknowledge(world: World, tip: ChainTip, key: typeof root = root): Promise<void> {
  const note = { suite: 1, capsule: world.capsule.id, time: world.now, chains: [tip] } as const;
  await sequenceNote(world, "received", await received.sign(note, key));
}

describe("the epochs of a capsule", () => {
  it("are every head in the log's order, with what stands under each", async () => {
    const world = await twoEpochs();
    const { instance } = world.host;
    const none = { ended: false, expired: false, received: false };
    expect(await logged(world)).toEqual([
      {
        log: world.capsule.authority,
        instance: world.journal.instance,
        epoch: 1,
        batches: 3,
        records: 3,
        first: 1,
        last: 3,
        ...none,
      },
      { log: "hosts", instance, epoch: 1, batches: 2, records: 2, first: 1, last: 2, ...none, ended: true },
      { log: "hosts", instance, epoch: 2, batches: 2, records: 2, first: 3, last: 4, ...none },
    ]);
  });

  it("without a record have nothing that could be missed by whoever acknowledges", async () => {
    const world = await World.create();
    expect(await hosts(world)).toMatchObject([
      { batches: 0, records: 0, first: 1, last: 0, ended: false, received: true },
    ]);
  });

  it("have ended where another instance took over, and may run where none did", async () => {
    const world = await World.create();
    await world.access();
    const { tip } = world.host;
    await world.start({ previous: tip });
    expect((await hosts(world)).map(({ ended }) => ended)).toEqual([true, false]);
  });

  it("are past their retention the longest that any manifest asked for after they ended", async () => {
    for (const [days, later, expired] of [
      [1, day / 2, false],
      [1, 2 * day, true],
      [3, 2 * day, false],
      [null, 1000 * day, false],
    ] as const) {
      const world = await twoEpochs(days);
      world.now += later;
      expect((await hosts(world)).map((one) => one.expired)).toEqual([expired, false]);
    }
  });

  it("were received once the owner signed for their last record, or for a later one", async () => {
    const world = await twoEpochs();
    const early = { ...world.host.tip };
    await world.access();
    await acknowledge(world, early);
    expect((await hosts(world)).map((one) => one.received)).toEqual([true, false]);
    await acknowledge(world, world.host.tip);
    expect((await hosts(world)).map((one) => one.received)).toEqual([true, true]);
  });

  it("were not received by a stranger's word, another record's hash, or another instance's", async () => {
    const world = await twoEpochs();
    const { tip } = world.host;
    await acknowledge(world, tip, stranger);
    await acknowledge(world, { ...tip, hash: new Uint8Array(32) });
    await acknowledge(world, { ...tip, instance: world.journal.instance });
    expect((await hosts(world)).map((one) => one.received)).toEqual([false, false]);
  });
});
