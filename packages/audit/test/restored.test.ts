import { randomBytes } from "@fogbound/crypto";
import { erased, layout, prunedBundle } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import type { Evidence } from "../src/evidence.js";
import { type Restorable, restorable } from "../src/index.js";
import { collect } from "./kit/audits.js";
import { batchesIn, sequenceNote } from "./kit/damage.js";
import { root } from "./kit/keys.js";
import { iterate, objects, World } from "./kit/world.js";

async function found(world: World, changes: Partial<Evidence> = {}): Promise<Restorable[]> {
  const evidence = await world.evidence(changes);
  return collect(restorable({ ...evidence, parity: async () => [] }));
}

const names = (list: readonly Restorable[]): string[] => list.map(({ name }) => name);

async function anchored(manifest: Parameters<(typeof World)["create"]>[0] = {}): Promise<World> {
  const world = await World.create(manifest);
  await world.access();
  await world.anchor();
  return world;
}

describe("What a log's store lacks", () => {
  it("is brought back beside bundles that cannot be read, and heads that do not hold", async () => {
    const world = await anchored();
    const head = { kind: "head", capsule: world.capsule.id, version: 1, head: randomBytes(60) } as const;
    await world.log.sequence([head], world.tick());
    await world.anchor();
    const name = layout.head(world.host.instance, 1);
    const bytes = world.hostStore.get(name);
    world.hostStore.delete(name);
    const bundles = await world.log.pull(world.capsule.id);
    expect(await found(world, { bundles: () => iterate([randomBytes(90), ...bundles]) })).toEqual([
      { log: "hosts", name, bytes, lost: [] },
    ]);
  });

  it("is not what another capsule has in the same bundle, shown or not", async () => {
    const [world, other] = [await anchored(), await anchored()];
    const theirs = other.hostStore.get(layout.head(other.host.instance, 1)) ?? new Uint8Array(0);
    const entries = [
      { kind: "head", capsule: other.capsule.id, version: 1, head: theirs },
      { kind: "manifest", capsule: world.capsule.id, version: 2, hash: randomBytes(32) },
    ] as const;
    await world.log.sequence(entries, world.tick());
    await world.anchor();
    const pulled = await world.log.pull(world.capsule.id);
    const shown = pulled.map((bytes) => {
      const value = prunedBundle.decode(bytes);
      return value.entries.some(({ kind }) => kind === "other") ? prunedBundle.encode({ ...value, entries }) : bytes;
    });
    for (const bundles of [pulled, shown]) expect(await found(world, { bundles: () => iterate(bundles) })).toEqual([]);
  });

  it("is not told of a journal whose authority could not be asked", async () => {
    const world = await anchored();
    world.hostStore.clear();
    const list = await found(world, { journals: new Map([[world.capsule.authority, null]]) });
    expect(names(list)).toContain(layout.head(world.host.instance, 1));
    expect(names(list).some((name) => name.includes(world.journal.instance) && name.endsWith("head"))).toBe(false);
  });

  it("is no batch of an epoch that the owner erased, though a copy of it is left", async () => {
    const world = await anchored();
    const [name = ""] = batchesIn(world.hostStore);
    const copies = new Map(batchesIn(world.hostStore).map((one) => [one, world.hostStore.get(one) ?? null]));
    const batchCopy: Evidence["batchCopy"] = async (instance, epoch, batch) =>
      copies.get(layout.batch(instance, epoch, batch)) ?? null;
    for (const one of copies.keys()) world.hostStore.delete(one);
    expect(names(await found(world, { batchCopy }))).toContain(name);
    const records = [{ instance: world.host.instance, epoch: 1, numbers: null }];
    const value = { suite: 1, capsule: world.capsule.id, time: world.now, records, because: "asked to" } as const;
    await sequenceNote(world, "erased", await erased.sign(value, root));
    await world.anchor();
    expect(await found(world, { batchCopy })).toEqual([]);
    const kept = objects(new Map([...world.hostStore].filter(([one]) => !one.endsWith("head"))));
    expect(names(await found(world, { batchCopy, log: kept }))).not.toContain(name);
  });
});
