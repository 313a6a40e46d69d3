import { expect, test } from "vitest";
import { type HiddenObject, memoryDriver, ObjectStore, routedDriver, type StoreDriver } from "../src/index.js";
import { answering, VendorError } from "./answering.js";

const about = { size: 1, modified: new Date(0), deleted: true, refilled: 0, retainUntil: null };

async function all(store: ObjectStore, prefix: string): Promise<HiddenObject[]> {
  const found: HiddenObject[] = [];
  for await (const one of store.hidden(prefix)) found.push(one);
  return found;
}

test("a store asks for what is hidden page by page, and leaves its own probes out", async () => {
  const keys = ["vault/.fogbound/probe/1", "vault/a/1", "vault/a/2", "vault/a/3"];
  const asked: string[] = [];
  const driver = answering(() => ({
    hidden: async (prefix, after) => {
      asked.push(`${prefix} after ${after}`);
      if (asked.length === 2) throw new VendorError(null);
      const rest = keys.filter((key) => key > after).slice(0, 2);
      return rest.map((key) => ({ ...about, key }));
    },
  }));
  const store = await ObjectStore.open(driver, { prefix: "vault" });
  expect(await all(store, "")).toEqual(["a/1", "a/2", "a/3"].map((key) => ({ ...about, key })));
  const again = "vault/ after vault/a/1";
  expect(asked).toEqual(["vault/ after ", again, again, "vault/ after vault/a/3"]);
});

test("nothing is hidden where nothing can be, and a failure is told", async () => {
  const plain = await ObjectStore.open(memoryDriver());
  await plain.create("a", new Uint8Array(1));
  expect(await all(plain, "")).toEqual([]);
  const refusing = answering(() => ({ hidden: () => Promise.reject(new VendorError("STORE_REFUSED")) }));
  await expect(all(await ObjectStore.open(refusing), "")).rejects.toMatchObject({ code: "STORE_REFUSED" });
  const unordered = answering(() => ({ hidden: async () => ["b", "a"].map((key) => ({ ...about, key })) }));
  await expect(all(await ObjectStore.open(unordered), "")).rejects.toMatchObject({ code: "STORE_UNSUITABLE" });
  await plain.close();
  await expect(all(plain, "")).rejects.toThrow(TypeError);
});

test("of several stores as one, each tells of its own keys, in one order", async () => {
  const paged = (...keys: readonly string[]): StoreDriver =>
    answering(() => ({
      hidden: async (prefix, after) => {
        const rest = keys.filter((key) => key.startsWith(prefix) && key > after).slice(0, 2);
        return rest.map((key) => ({ ...about, key }));
      },
    }));
  const routed = routedDriver(
    [{ prefixes: ["logs/*/deep/"], driver: paged("a", "logs/1/deep/a", "logs/2/deep/b", "logs/3/deep/c") }],
    paged("logs/1/a", "logs/1/deep/copy", "logs/9/a", "z"),
  );
  const store = await ObjectStore.open(routed);
  const keysOf = async (prefix: string): Promise<string[]> => (await all(store, prefix)).map(({ key }) => key);
  expect(await keysOf("")).toEqual(["logs/1/a", "logs/1/deep/a", "logs/2/deep/b", "logs/3/deep/c", "logs/9/a", "z"]);
  expect(await keysOf("logs/1/deep/")).toEqual(["logs/1/deep/a"]);
  const beside = await ObjectStore.open(routedDriver([{ prefixes: ["a/"], driver: memoryDriver() }], paged("b")));
  expect((await all(beside, "")).map(({ key }) => key)).toEqual(["b"]);
});
