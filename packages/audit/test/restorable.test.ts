import { type AuthorityId, batch, batchStatement, erased, prunedBundle } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type Restorable, restorable, unspared } from "../src/index.js";
import { collect } from "./kit/audits.js";
import {
  audited,
  batchesIn,
  type Damaged,
  evidenceOf,
  parityIn,
  rotten,
  type Stripe,
  sequenceNote,
  storesOf,
  stripesOver,
} from "./kit/damage.js";
import { root } from "./kit/keys.js";
import { World } from "./kit/world.js";

let world: World;
let stripes: Stripe[];

async function shaped(): Promise<World> {
  const made = await World.create({ stripe: { batches: 2, parity: 2 } });
  for (let count = 0; count < 3; count++) await made.access();
  await made.anchor();
  return made;
}

beforeAll(async () => {
  world = await shaped();
  stripes = stripesOver(world, 2, 2);
});

async function found(stores: Damaged, of = world, from = stripes): Promise<Restorable[]> {
  return collect(restorable(await evidenceOf(of, stores, { parity: parityIn(from), batchCopy: async () => null })));
}

/** Writes back what was found. */
function apply(list: readonly Restorable[], { hostStore, journalStore }: Damaged): void {
  for (const { log, name, bytes } of list)
    if (bytes !== null) (log === "hosts" ? hostStore : journalStore).set(name, bytes);
}

function names(store: ReadonlyMap<string, Uint8Array>, what: RegExp): string[] {
  return [...store.keys()].filter((name) => what.test(name));
}

describe("what can be restored", () => {
  it("is nothing while nothing is lost", async () => {
    expect(await found(storesOf(world))).toEqual([]);
  });

  it("is every head and batch that was taken away or rotted, of hosts and of journals, bit for bit", async () => {
    const stores = storesOf(world);
    for (const store of [stores.hostStore, stores.journalStore]) {
      const [first = "", second = ""] = batchesIn(store);
      store.delete(first);
      store.set(second, rotten(store.get(second) ?? new Uint8Array(0)));
      for (const head of names(store, /head$/)) store.delete(head);
    }
    const list = await found(stores);
    const logs = new Set<"hosts" | AuthorityId>(list.map(({ log }) => log));
    expect(logs).toEqual(new Set(["hosts", world.capsule.authority]));
    expect(list).toHaveLength(6);
    apply(list, stores);
    expect(stores).toEqual(storesOf(world));
  });

  it("ends where parity ends: what is lost is told by number", async () => {
    const stripe = stripes.find(({ store, names: own }) => store === "hostStore" && own.length === 2);
    if (stripe === undefined) throw new Error("no stripe");
    const short: Stripe = { ...stripe, shards: stripe.shards.slice(1) };
    const stores = storesOf(world);
    for (const name of stripe.names) stores.hostStore.delete(name);
    const list = await found(stores, world, [short]);
    expect(list.map(({ bytes }) => bytes)).toEqual([null, null]);
    const expected = stripe.names.map((name) => {
      const { statement } = batch.decode(world.hostStore.get(name) ?? new Uint8Array(0));
      const { first, last } = batchStatement.read(statement).value;
      return Array.from({ length: last - first + 1 }, (_, at) => first + at);
    });
    expect(list.map(({ lost }) => lost)).toEqual(expected);
  });

  it("is not what the owner erased: what he took a body out of comes back without it", async () => {
    const own = await shaped();
    const [name = ""] = batchesIn(own.hostStore);
    const whole = own.hostStore.get(name) ?? new Uint8Array(0);
    const object = batch.decode(whole);
    const { instance, epoch, first } = batchStatement.read(object.statement).value;
    const without = batch.encode({ ...object, bodies: [null, ...object.bodies.slice(1)] });
    const because = "asked to";
    const value = {
      suite: 1,
      capsule: own.capsule.id,
      time: own.now,
      records: [{ instance, epoch, numbers: [first] }],
      because,
    } as const;
    await sequenceNote(own, "erased", await erased.sign(value, root));
    await own.anchor();

    // An erasure that a crash interrupted: the body still lies there.
    expect(await found(storesOf(own), own, [])).toEqual([{ log: "hosts", name, bytes: without, lost: [] }]);
    const stores = storesOf(own);
    stores.hostStore.set(name, without);
    expect(await found(stores, own, [])).toEqual([]);
    // And from parity over what was left of it.
    const left = {
      ...own,
      hostStore: stores.hostStore,
      journalStore: stores.journalStore,
      capsule: own.capsule,
    } as World;
    const after = stripesOver(left, 2, 2);
    stores.hostStore.delete(name);
    expect(await found(stores, own, after)).toEqual([{ log: "hosts", name, bytes: without, lost: [] }]);
    apply(await found(stores, own, after), stores);
    const { verdict } = await audited(own, await evidenceOf(own, stores, { parity: parityIn(after) }));
    expect(verdict).toMatchObject({ outcome: "proved", erased: 1 });
  });

  it("is nothing that the harmonizer does not stand for", async () => {
    const stores = storesOf(world);
    stores.hostStore.clear();
    const evidence = await evidenceOf(world, stores, { parity: parityIn(stripes) });
    async function* cut(): AsyncGenerator<Uint8Array> {
      for await (const bytes of evidence.bundles()) {
        const value = prunedBundle.decode(bytes);
        yield prunedBundle.encode({ ...value, receipt: rotten(value.receipt) });
      }
    }
    expect(await collect(restorable({ ...evidence, bundles: cut }))).toEqual([]);
  });

  it("throws what the evidence throws, and stops when told to", async () => {
    const evidence = await evidenceOf(world, storesOf(world));
    const log = { ...evidence.log, read: () => Promise.reject(new Error("no network")) };
    await expect(collect(restorable({ ...evidence, log }))).rejects.toThrow("no network");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(collect(restorable(evidence, { signal }))).rejects.toThrow("enough");
  });
});

describe("what the harmonizer should be given once more", () => {
  it("is every batch of a stripe whose parity rotted, or of which it has neither copy nor parity", async () => {
    const damaged = stripes.map((stripe, at) =>
      at === 0
        ? { ...stripe, shards: [rotten(stripe.shards[0] ?? new Uint8Array(0)), ...stripe.shards.slice(1)] }
        : stripe,
    );
    const [first] = stripes;
    const given = async (from: readonly Stripe[]): Promise<Uint8Array[]> =>
      collect(
        unspared(await evidenceOf(world, storesOf(world), { parity: parityIn(from), batchCopy: async () => null })),
      );
    const bytes = (first?.names ?? []).map((name) => world[first?.store ?? "hostStore"].get(name));
    expect(await given(stripes)).toEqual([]);
    expect(await given(damaged)).toEqual(bytes);
    expect(await given(stripes.slice(1))).toEqual(bytes);
  });
});
