import { layout } from "@fogbound/protocol";
import { ObjectStore, type StoreDriver } from "@fogbound/storage";
import { expect, it } from "vitest";
import { sweepUnbegunEpoch } from "../src/index.js";
import { type Bench, capsule, newBench, openLogger, readLog, root, texts, withDriver, write } from "./kit.js";

/** The bench's objects, where something happens just before a call. */
async function storeOf(bench: Bench, before: Partial<Record<"create" | "delete", (key: string) => Promise<void>>>) {
  const { driver } = bench;
  const changes: Partial<StoreDriver> = {
    create: async (key, ...rest) => {
      await before.create?.(key);
      return driver.create(key, ...rest);
    },
    delete: async (key, ...rest) => {
      await before.delete?.(key);
      return driver.delete(key, ...rest);
    },
  };
  return ObjectStore.open(withDriver(driver, changes));
}

const placeOf = (bench: Bench, store: ObjectStore) => ({ store, root, capsule, instance: bench.instance });
const isHead = (bench: Bench, epoch: number) => (key: string) => key === root + layout.head(bench.instance, epoch);

it("a process that sweeps while another one begins an epoch takes no reader's key away: between its wraps and its head", async () => {
  const bench = await newBench();
  const swept: string[] = [];
  const other = await storeOf(bench, { delete: async (key) => void swept.push(key) });
  const create = async (key: string) => {
    if (isHead(bench, 2)(key)) await sweepUnbegunEpoch(placeOf(bench, other));
  };
  const logger = await openLogger({ ...bench, store: await storeOf(bench, { create }) });
  await write(logger, "one");
  await logger.beginEpoch(bench.manifest);
  await write(logger, "two");
  expect(swept.filter((key) => key.includes("/keys/"))).toHaveLength(1);
  expect(texts(await readLog(bench))).toEqual(["one", "two"]);
});

it("the same, where its wrap is put in the other's place meanwhile", async () => {
  const bench = await newBench();
  const other = await storeOf(bench, {});
  const create = async (key: string) => {
    if (!isHead(bench, 2)(key)) return;
    const place = placeOf(bench, other);
    const names: string[] = [];
    for await (const info of other.list(root + layout.epochKey(bench.instance, 2, ""))) names.push(info.key);
    await sweepUnbegunEpoch(place);
    for (const name of names) await other.create(name, new Uint8Array(80));
  };
  const logger = await openLogger({ ...bench, store: await storeOf(bench, { create }) });
  await write(logger, "one");
  await logger.beginEpoch(bench.manifest);
  await write(logger, "two");
  expect(texts(await readLog(bench))).toEqual(["one", "two"]);
});

it("the same, where it saw no head and deletes when the epoch has begun", async () => {
  const bench = await newBench();
  let headMayStand: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    headMayStand = resolve;
  });
  let begun: Promise<void> = Promise.resolve();
  let sweeping: Promise<void> = Promise.resolve();
  const other = await storeOf(bench, {
    delete: async (key) => {
      if (!key.includes("/keys/")) return;
      headMayStand();
      await begun;
    },
  });
  const create = async (key: string) => {
    if (!isHead(bench, 2)(key)) return;
    sweeping = sweepUnbegunEpoch(placeOf(bench, other));
    await gate;
  };
  const logger = await openLogger({ ...bench, store: await storeOf(bench, { create }) });
  await write(logger, "one");
  begun = logger.beginEpoch(bench.manifest);
  await begun;
  await sweeping;
  await write(logger, "two");
  expect(texts(await readLog(bench))).toEqual(["one", "two"]);
});
