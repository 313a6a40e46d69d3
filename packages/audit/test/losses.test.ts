import { erased, type Manifest, received } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { Findings } from "../src/findings.js";
import { Notes } from "../src/notes.js";
import { codesOf, entriesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { acknowledge, batchesIn, namesOfEpoch, parityIn, rotten, sequenceNote, stripesOver } from "./kit/damage.js";
import { readerKey, root } from "./kit/keys.js";
import { World } from "./kit/world.js";

const day = 86_400_000;

interface Kept {
  readonly world: World;
  /** Names of the first epoch's objects. */
  readonly host: readonly string[];
  readonly journal: readonly string[];
}

/**
 * An epoch of two accesses and then one of one; tips of so many days after the first epoch's end. Before them, these
 * manifests were published.
 */
async function kept(
  days: number,
  first: Partial<Manifest> = { retainDays: 30 },
  later: readonly Partial<Manifest>[] = [],
  isReceived = true,
): Promise<Kept> {
  const world = await World.create(first);
  for (let count = 0; count < 2; count++) await world.access();
  await world.journal.begin(world.current, world.tick());
  await world.host.begin(world.current, world.tick());
  const end = world.now;
  for (const changes of later) await world.publish(await world.capsule.manifest(world.current, changes));
  await world.access({ fresh: true });
  if (isReceived) await acknowledge(world);
  world.now = end + days * day;
  await world.anchor();
  const host = namesOfEpoch(world.hostStore, world.host.instance, 1);
  const journal = namesOfEpoch(world.journalStore, world.journal.instance, 1);
  return { world, host, journal };
}

function drop(store: Map<string, Uint8Array>, names: readonly string[]): void {
  for (const name of names) store.delete(name);
}

describe("an epoch past its retention", () => {
  it("may be gone, wholly: a host's, a journal's, or both; it is counted and not missed", async () => {
    for (const [dropsHost, dropsJournal, records, entries] of [
      [true, false, 4, 3],
      [false, true, 3, 3],
      [true, true, 7, 1],
    ] as const) {
      const { world, host, journal } = await kept(30.1);
      if (dropsHost) drop(world.hostStore, host);
      if (dropsJournal) drop(world.journalStore, journal);
      const verdict = await verdictOf(world);
      expect(verdict.findings).toEqual([]);
      expect(verdict).toMatchObject({ outcome: "proved", dropped: records, erased: 0 });
      expect(verdict.notProved).toEqual(["bytes-rehashed", "witnessed", "time-trusted"]);
      expect(await entriesOf(world)).toHaveLength(entries);
    }
  });

  it("may leave its head and its wraps behind, as one whose dropping was broken off does", async () => {
    const { world, host } = await kept(31);
    drop(
      world.hostStore,
      host.filter((name) => batchesIn(world.hostStore).includes(name)),
    );
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", dropped: 4, findings: [] });
    drop(
      world.hostStore,
      host.filter((name) => name.includes("/keys/")),
    );
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", dropped: 4, findings: [] });
  });

  it("is not missed though the harmonizer could bring some of it back", async () => {
    for (const [batches, parity] of [
      [1, 2],
      [3, 2],
      [8, 2],
    ] as const) {
      const { world, host } = await kept(31, { retainDays: 30, stripe: { batches, parity } });
      const stripes = stripesOver(world, batches, parity);
      drop(world.hostStore, host);
      expect(await verdictOf(world, { parity: parityIn(stripes) })).toMatchObject({ outcome: "proved", findings: [] });
    }
  });

  it("may hold no record at all", async () => {
    const world = await World.create({ retainDays: 30 });
    await world.host.begin(world.current, world.tick());
    await world.host.begin(world.current, world.tick());
    world.now += 31 * day;
    await world.access();
    await world.anchor();
    for (const epoch of [1, 2]) drop(world.hostStore, namesOfEpoch(world.hostStore, world.host.instance, epoch));
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", dropped: 0, findings: [] });
  });

  it("is broken when it is gone one day too early", async () => {
    for (const days of [29, 29.999]) {
      const { world, host } = await kept(days);
      drop(world.hostStore, host);
      const verdict = await expectFinding(world, "BATCH_MISSING", "broken");
      expect(codesOf(verdict)).toEqual(["BATCH_MISSING", "EPOCH_UNREADABLE", "HEAD_INVALID", "WRAP_ALTERED"]);
      expect(verdict.dropped).toBe(0);
    }
  });

  it("is broken when nobody acknowledged it, or not all of it", async () => {
    const { world, host } = await kept(31, { retainDays: 30 }, [], false);
    expect((await verdictOf(world)).outcome).toBe("proved");
    drop(world.hostStore, host);
    expect((await expectFinding(world, "BATCH_MISSING", "broken")).dropped).toBe(0);
    const early = await World.create({ retainDays: 30 });
    await early.access();
    await acknowledge(early);
    await early.access();
    await early.host.begin(early.current, early.tick());
    early.now += 31 * day;
    await early.anchor();
    drop(early.hostStore, namesOfEpoch(early.hostStore, early.host.instance, 1));
    await expectFinding(early, "BATCH_MISSING", "broken");
    await acknowledge(early);
    await early.anchor();
    expect(await verdictOf(early)).toMatchObject({ outcome: "proved", findings: [] });
  });

  it("is broken when what was acknowledged is not written yet, or another record than is there", async () => {
    for (const lie of [{ number: 1000 }, { hash: new Uint8Array(32) }]) {
      const world = await World.create({ retainDays: 30 });
      await world.access();
      const chains = [{ ...world.host.tip, ...lie }];
      const note = { suite: 1, capsule: world.capsule.id, time: world.now, chains } as const;
      await sequenceNote(world, "received", await received.sign(note, readerKey)); // by an auditor
      if ("number" in lie) await world.access();
      await world.host.begin(world.current, world.tick());
      world.now += 31 * day;
      await world.anchor();
      drop(world.hostStore, namesOfEpoch(world.hostStore, world.host.instance, 1));
      const verdict = await expectFinding(world, "BATCH_MISSING", "broken");
      expect(verdict.dropped).toBe(0);
    }
  });

  it("ends when the next begins, not with its last record", async () => {
    const world = await World.create({ retainDays: 30 });
    await world.access();
    const last = world.now;
    world.now += 10 * day;
    await world.host.begin(world.current, world.tick());
    await acknowledge(world);
    world.now = last + 31 * day;
    await world.anchor();
    drop(world.hostStore, namesOfEpoch(world.hostStore, world.host.instance, 1));
    await expectFinding(world, "BATCH_MISSING", "broken");
    world.now = last + 41 * day;
    await world.anchor();
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", dropped: 2 });
  });

  it("is broken when only part of it is gone, or was altered", async () => {
    for (const keep of [0, 1, 2, 3]) {
      const { world, host } = await kept(31);
      const batches = host.filter((name) => batchesIn(world.hostStore).includes(name));
      const bytes = world.hostStore.get(batches[keep] ?? "") ?? new Uint8Array(0);
      drop(world.hostStore, host);
      world.hostStore.set(batches[keep] ?? "", bytes);
      expect((await expectFinding(world, "BATCH_MISSING", "broken")).dropped).toBe(0);
      world.hostStore.set(batches[keep] ?? "", rotten(bytes));
      await expectFinding(world, "BATCH_MISSING", "broken");
    }
  });

  it("is unreadable, and not dropped, when only its wraps are gone", async () => {
    const { world, host } = await kept(31);
    drop(
      world.hostStore,
      host.filter((name) => name.includes("/keys/")),
    );
    const verdict = await expectFinding(world, "EPOCH_UNREADABLE", "incomplete");
    expect(codesOf(verdict)).toEqual(["EPOCH_UNREADABLE", "WRAP_ALTERED"]);
    expect(verdict.dropped).toBe(0);
  });
});

describe("the retention", () => {
  const laws: Record<string, readonly [Partial<Manifest>, readonly Partial<Manifest>[]]> = {
    "of null keeps for ever": [{ retainDays: null }, []],
    "of the manifest it began under counts, though a later one is shorter": [{ retainDays: 90 }, [{ retainDays: 1 }]],
    "of a later manifest counts for older epochs too, when it is longer": [{ retainDays: 30 }, [{ retainDays: 90 }]],
    "of a later manifest counts for older epochs too, when it is null": [{ retainDays: 30 }, [{ retainDays: null }]],
    "of one in between counts, though the last is short": [
      { retainDays: 30 },
      [{ retainDays: null }, { retainDays: 30 }],
    ],
  };
  for (const [law, [first, later]] of Object.entries(laws))
    it(law, async () => {
      const { world, host } = await kept(60, first, later);
      expect((await verdictOf(world)).outcome).toBe("proved");
      drop(world.hostStore, host);
      await expectFinding(world, "BATCH_MISSING", "broken");
    });

  it("of no days lets an epoch go when it has ended", async () => {
    const { world, host } = await kept(0.1, { retainDays: 0 });
    drop(world.hostStore, host);
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", dropped: 4, findings: [] });
  });

  it("of a manifest that was not shown is for ever", async () => {
    const { world, host } = await kept(60, { retainDays: 30 }, [{ retainDays: null }, { retainDays: 30 }]);
    drop(world.hostStore, host);
    world.manifests.splice(1, 1);
    await expectFinding(world, "BATCH_MISSING", "broken");
  });

  it("is measured by tips: without any, nothing is past it", async () => {
    const world = await World.create({ retainDays: 0 });
    await world.access();
    await world.host.begin(world.current, world.tick());
    world.now += 9 * day;
    await world.log.sign();
    drop(world.hostStore, namesOfEpoch(world.hostStore, world.host.instance, 1));
    await expectFinding(world, "BATCH_MISSING", "broken");
  });

  it("never excuses the epoch that runs", async () => {
    const { world } = await kept(400);
    drop(world.hostStore, namesOfEpoch(world.hostStore, world.host.instance, 2));
    await expectFinding(world, "BATCH_MISSING", "broken");
    const { world: other } = await kept(400);
    drop(other.journalStore, namesOfEpoch(other.journalStore, other.journal.instance, 2));
    await expectFinding(other, "BATCH_MISSING", "broken");
  });

  it("lets the last epoch of an instance go when another has taken its place", async () => {
    const world = await World.create({ retainDays: 30 });
    await world.access();
    const { instance, tip } = world.host;
    await world.start({ previous: tip });
    world.now += 29 * day;
    await world.access({ fresh: true });
    await acknowledge(world);
    await world.anchor();
    drop(world.hostStore, namesOfEpoch(world.hostStore, instance, 1));
    await expectFinding(world, "BATCH_MISSING", "broken");
    world.now += 2 * day;
    await world.anchor();
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", dropped: 2, findings: [] });
  });

  it("does not excuse twice what was erased besides", async () => {
    const { world, host } = await kept(31);
    drop(world.hostStore, host);
    const records = [{ instance: world.host.instance, epoch: 1, numbers: null }];
    const note = { suite: 1, capsule: world.capsule.id, time: world.now, records, because: "both" } as const;
    await sequenceNote(world, "erased", await erased.sign(note, root));
    await world.anchor();
    const verdict = await verdictOf(world);
    expect(verdict.dropped + verdict.erased).toBe(4);
    expect(verdict.outcome).toBe("proved");
    drop(
      world.hostStore,
      namesOfEpoch(world.hostStore, world.host.instance, 2).filter((name) => name.includes("/keys/")),
    );
    expect((await verdictOf(world)).outcome).toBe("incomplete");
  });
});

describe("what is excused at the end", () => {
  it("is excused however much there is of it, and the rest stands however much there is of that", () => {
    for (const isExcused of [() => true, () => false]) {
      const findings = new Findings();
      for (let count = 0; count < 1200; count++)
        findings.add("DELIVERY_UNASKED", "broken", `delivery ${count}`, [], isExcused);
      findings.add("DELIVERY_UNASKED", "broken", "another");
      const settled = findings.settle(null, new Notes());
      expect(settled.map(({ sentence }) => sentence).slice(-2)).toEqual(
        isExcused()
          ? ["1 more findings of this kind are not listed."]
          : ["200 more findings of this kind are not listed.", "1 more findings of this kind are not listed."],
      );
      expect(settled).toHaveLength(isExcused() ? 1 : 1002);
    }
  });

  it("covers one answer that is shown in two deliveries of one request", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const permit = await world.answer(asked);
    for (let count = 0; count < 2; count++) await world.deliver(asked, [permit]);
    const name = batchesIn(world.journalStore)[1] ?? "";
    world.journalStore.delete(name);
    const records = [{ instance: world.journal.instance, epoch: 1, numbers: [2] }];
    const note = { suite: 1, capsule: world.capsule.id, time: world.now, records, because: "asked" } as const;
    await sequenceNote(world, "erased", await erased.sign(note, root));
    await world.anchor();
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", erased: 1, findings: [] });
  });
});
