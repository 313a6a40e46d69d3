import { memoryDriver, type StoreDriver } from "@fogbound/storage";
import { expect, test } from "vitest";
import { hosted, World } from "./kit.js";

/** More than there are manifests kept whole. */
const capsules = 260;

test("batches of many capsules in turn read no manifest: what is asked of each with every bundle is remembered", async () => {
  const reads = { manifests: 0 };
  const world = new World(countingManifests(memoryDriver(), reads));
  const harmonizer = await world.harmonizer();
  const all = await Promise.all(Array.from({ length: capsules }, () => hosted(world, harmonizer)));
  const submitAll = () =>
    Promise.all(all.map(async ({ writer }) => harmonizer.submitBatch((await writer.batch()).bytes)));
  await submitAll();
  reads.manifests = 0;
  await submitAll();
  await harmonizer.close();
  expect(reads.manifests).toBe(0);
});

function countingManifests(driver: StoreDriver, reads: { manifests: number }): StoreDriver {
  const get = driver.get.bind(driver);
  return Object.assign(driver, {
    get: (...all: Parameters<StoreDriver["get"]>) => {
      if (all[0].startsWith("harmonizer/manifests/")) reads.manifests++;
      return get(...all);
    },
  });
}
