import { rootFromRange } from "@fogbound/crypto";
import { erased, openCheckpoint, prunedBundle, prunedLeafHashes } from "@fogbound/protocol";
import { describe, expect, test } from "vitest";
import { partialTileIn } from "../src/names.js";
import { TileTree } from "../src/tree.js";
import { assertPulled, hex } from "./checks.js";
import { hosted, World } from "./kit.js";
import { keysIn, readKey } from "./stripe-kit.js";

async function partialTilesIn(world: World): Promise<string[]> {
  return (await keysIn(world, "harmonizer/tile/")).filter((key) => partialTileIn(key) !== null);
}

describe("a partial tile that a wider one has replaced", () => {
  test("goes with the checkpoint that needs it no more, and the last one with the full tile", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { owner, writer } = await hosted(world, harmonizer);
    for (const records of [1, 3, 5]) {
      await harmonizer.submitBatch((await writer.batch(records)).bytes);
      await harmonizer.anchor(owner.capsule);
      const { checkpoint } = await assertPulled(world, harmonizer, owner.capsule);
      expect(await partialTilesIn(world)).toEqual([`harmonizer/tile/0/000.p/${checkpoint?.size}`]);
    }
    await harmonizer.submitBatch((await writer.batch(250)).bytes);
    await harmonizer.anchor(owner.capsule);
    const { checkpoint } = await assertPulled(world, harmonizer, owner.capsule);
    const width = (checkpoint?.size ?? 0) - 256;
    expect(await keysIn(world, "harmonizer/tile/")).toEqual([
      "harmonizer/tile/0/000",
      `harmonizer/tile/0/001.p/${width}`,
      "harmonizer/tile/1/000.p/1",
    ]);
    await harmonizer.close();
  });

  test("goes at the next start's first checkpoint, where a process was stopped before it could delete it", async () => {
    const world = new World();
    const before = await world.harmonizer();
    const { owner, writer } = await hosted(world, before);
    await before.submitBatch((await writer.batch(300)).bytes);
    await before.anchor(owner.capsule);
    await before.close();
    const sound = await keysIn(world, "harmonizer/tile/");
    const left = ["harmonizer/tile/0/000.p/7", "harmonizer/tile/0/000.p/255", "harmonizer/tile/0/001.p/2"];
    const store = await world.store();
    for (const name of left) await store.create(name, new Uint8Array(32));
    // Nothing has come since: no tile is written, and no checkpoint.
    const after = await world.harmonizer();
    await after.anchor(owner.capsule);
    expect(await keysIn(world, "harmonizer/tile/")).toEqual(sound);
    await after.close();
  });

  test("is not missed by whoever is reading under the checkpoint before", async () => {
    const world = new World();
    const writing = await world.harmonizer();
    const { owner, writer } = await hosted(world, writing);
    for (let count = 0; count < 5; count++) await writing.submitBatch((await writer.batch(40)).bytes);
    await writing.anchor(owner.capsule);
    const reading = await world.harmonizer();
    const pulled = await reading.pull(owner.capsule);
    const log = { origin: world.origin, logKey: world.logKey.publicKey };
    const { size, root } = await openCheckpoint(pulled.checkpoint ?? "", log);
    for (const records of [10, 100]) {
      const before = await partialTilesIn(world);
      await writing.submitBatch((await writer.batch(records)).bytes);
      await writing.anchor(owner.capsule);
      expect((await partialTilesIn(world)).filter((name) => before.includes(name))).toEqual([]);
      let included = 0;
      for await (const bytes of pulled.bundles) {
        const bundle = prunedBundle.decode(bytes);
        const proof = bundle.inclusion?.proof ?? [];
        expect(bundle.inclusion?.size).toBe(size);
        expect(hex(rootFromRange(bundle.first, prunedLeafHashes(bundle), size, proof))).toBe(hex(root));
        included++;
      }
      expect(included).toBeGreaterThan(6);
    }
    await reading.close();
    await writing.close();
  });

  test("is told from a wider one, which another process may have written", () => {
    const tree = new TileTree();
    for (let leaf = 0; leaf < 256 + 10; leaf++) tree.append(new Uint8Array(32));
    const outgrown = (level: number, index: number, width: number) => tree.outgrew({ level, index, width });
    expect([outgrown(0, 0, 255), outgrown(0, 1, 9)]).toEqual([true, true]);
    expect([outgrown(0, 1, 10), outgrown(0, 1, 11), outgrown(0, 2, 1), outgrown(1, 0, 1), outgrown(2, 0, 1)]).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  test.each([
    ["harmonizer/tile/0/000.p/7", { level: 0, index: 0, width: 7 }],
    ["harmonizer/tile/1/x001/x234/067.p/255", { level: 1, index: 1_234_067, width: 255 }],
    ["harmonizer/tile/0/000", null],
    ["harmonizer/tile/0/000.p/256", null],
    ["harmonizer/tile/0/x000/001.p/7", null],
    ["harmonizer/tile/0/000.p/07", null],
    ["harmonizer/tile/0/000.p/7/8", null],
    ["other/harmonizer/tile/0/000.p/7", null],
  ])("is told by its name alone: %s", (name, tile) => {
    expect(partialTileIn(name)).toEqual(tile);
  });
});

test("the mark of an erasure that was changed is written anew, and told", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { owner, writer } = await hosted(world, harmonizer);
  await harmonizer.submitBatch((await writer.batch(2)).bytes);
  const { capsule, root } = owner;
  const records = [{ instance: writer.instance, epoch: 1, numbers: [1] }];
  const note = await erased.sign({ suite: 1, capsule, time: 1, records, because: "asked to" }, root);
  await harmonizer.submitNote("erased", note);
  const [mark = ""] = await keysIn(world, "harmonizer/erased/");
  const before = await readKey(world, mark);
  expect((await harmonizer.pull(capsule)).repaired).toEqual([]);
  await (await world.store()).replace(mark, before.with(3, (before[3] ?? 0) ^ 1));
  expect((await harmonizer.pull(capsule)).repaired).toEqual([mark]);
  expect(await readKey(world, mark)).toEqual(before);
  await harmonizer.close();
});

test("a manifest shown once more puts the harmonizer's copy back; one that lies damaged before it was sequenced stops nothing", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { owner, first } = await hosted(world, harmonizer);
  const store = await world.store();
  const [copy = ""] = await keysIn(world, "harmonizer/manifests/");
  expect(await harmonizer.kept(owner.capsule)).toEqual([{ name: copy, manifest: first.hash, isWhole: true }]);
  await store.replace(copy, new Uint8Array(9_000));
  expect(await harmonizer.kept(owner.capsule)).toEqual([{ name: copy, manifest: first.hash, isWhole: false }]);
  const receipt = await harmonizer.submitManifest(first.bytes);
  expect(await harmonizer.submitManifest(first.bytes)).toEqual(receipt);
  expect(await readKey(world, copy)).toEqual(first.bytes);

  const second = await owner.manifest(first);
  await store.create(copy.replace(/\d{8}-[0-9a-f]{64}$/, `00000002-${hex(second.hash)}`), new Uint8Array(3));
  await harmonizer.submitManifest(second.bytes);
  expect((await harmonizer.kept(owner.capsule)).map(({ isWhole }) => isWhole)).toEqual([true, true]);
  await harmonizer.close();
});
