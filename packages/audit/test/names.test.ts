import { layout, prunedBundle } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { logObjectOf, Reached } from "../src/index.js";
import { World } from "./kit/world.js";

const instance = "ins_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

describe("A name in a log", () => {
  let own: World["host"]["instance"];

  beforeAll(async () => {
    own = (await World.create()).host.instance;
  });

  it("stands for a head, or for a batch", () => {
    expect(logObjectOf(layout.head(own, 7))).toEqual({ instance: own, epoch: 7, batch: null });
    expect(logObjectOf(layout.batch(own, 7, 12))).toEqual({ instance: own, epoch: 7, batch: 12 });
    expect(layout.batch(own, 7, 12)).toBe(`instances/${own}/00000007/00000012`);
  });

  it("stands for nothing when it is a wrap, or written otherwise", () => {
    for (const name of [
      "",
      "instances",
      `instances/${own}`,
      `instances/${own}/00000007`,
      `instances/${own}/00000007/`,
      layout.epochKey(own, 7, "00112233"),
      `${layout.head(own, 7)}/more`,
      `${layout.batch(own, 7, 12)}/`,
      `/${layout.head(own, 7)}`,
      `Instances/${own}/00000007/head`,
      `instances/${instance.replace("ins", "aut")}/00000007/head`,
      "instances/somebody/00000007/head",
      `instances/${own}/7/head`,
      `instances/${own}/0000000x/head`,
      `instances/${own}/-0000007/00000001`,
      `instances/${own}//head`,
      `instances/${own}/00000007/12`,
      `instances/${own}/00000007/0000001x`,
      `instances/${own}/00000007/heads`,
      `instances/${own}/NaN/head`,
      `instances/${own}/00000NaN/head`,
      `instances/${own}/00000007/00000NaN`,
      `instances/${own}/Infinity/head`,
      `instances/${own}/00000007/Infinity`,
      `instances/${own}/undefined/head`,
      `instances/${own}/00000007/undefined`,
    ])
      expect(logObjectOf(name), name).toBeNull();
  });
});

describe("How far a log goes", () => {
  it("is each epoch's last batch, whatever order the bundles come in, and no other capsule's", async () => {
    const world = await World.create();
    const { instance: host } = world.host;
    await world.access();
    await world.host.begin(world.current, world.tick());
    await world.log.sequenceOther((await World.create()).capsule.id, world.tick());
    await world.anchor();
    const bundles = (await world.log.pull(world.capsule.id)).map((bytes) => prunedBundle.decode(bytes));
    for (const all of [bundles, [...bundles].reverse()]) {
      const reached = new Reached(world.capsule.id);
      expect(reached.has({ instance: host, epoch: 1, batch: null })).toBe(false);
      for (const bundle of all) reached.add(bundle);
      const has = (epoch: number, batch: number | null): boolean => reached.has({ instance: host, epoch, batch });
      expect([has(1, null), has(1, 1), has(1, 2), has(1, 3)]).toEqual([true, true, true, false]);
      expect([has(2, null), has(2, 1)]).toEqual([true, false]);
      expect([has(3, null), has(3, 1)]).toEqual([false, false]);
      expect(reached.has({ instance: world.journal.instance, epoch: 1, batch: 2 })).toBe(true);
    }
  });

  it("is nowhere by bundles of another capsule, or by what another capsule has in them", async () => {
    const world = await World.create();
    await world.access();
    const other = await World.create();
    const bundles = await world.log.pull(world.capsule.id);
    const reached = new Reached(other.capsule.id);
    for (const bytes of bundles) reached.add(prunedBundle.decode(bytes));
    const leafHashes = [new Uint8Array(32)];
    const [first] = bundles.map((bytes) => prunedBundle.decode(bytes));
    if (first === undefined) throw new TypeError("no bundle");
    reached.add({ ...first, entries: [{ kind: "other", leafHashes }] });
    for (const batch of [null, 1]) expect(reached.has({ instance: world.host.instance, epoch: 1, batch })).toBe(false);
  });

  it("is not told by a bundle that holds what is no head or no batch", async () => {
    const world = await World.create();
    const [first] = (await world.log.pull(world.capsule.id)).map((bytes) => prunedBundle.decode(bytes));
    if (first === undefined) throw new TypeError("no bundle");
    const of = { capsule: world.capsule.id, version: 1 } as const;
    const junk = Uint8Array.of(1);
    for (const entry of [
      { ...of, kind: "head", head: junk },
      { ...of, kind: "batch", statement: junk, headers: [junk], ordinals: [[]] },
    ] as const)
      expect(() => new Reached(world.capsule.id).add({ ...first, entries: [entry] })).toThrow();
  });
});
