import { describe, expect, test } from "vitest";
import { compareKeys } from "../src/index.js";
import { storePrefix } from "../src/store-key.js";
import { freshStores, inParallel, keysOf, type OpenStore, type StoreSuite, utf8 } from "./suite.js";

const keys = ["a", "a-b", "a.b", "a/1", "a/10", "a/2", "a/B", "a/b", "a/b/c", "a0", "b", "b/c"];

export function testList(suite: StoreSuite): void {
  describe("list", () => {
    const fresh = freshStores(suite);

    test("nothing lists nothing", async () => {
      const { store } = fresh();
      expect(await keysOf(store.list(""))).toEqual([]);
      expect(await keysOf(store.list("any/where"))).toEqual([]);
    });

    test("every object, in the order of its key's bytes, with its size", async () => {
      const { store } = fresh();
      await createAll(fresh(), [...keys].reverse());
      expect(await keysOf(store.list(""))).toEqual([...keys].sort(compareKeys));
      const sizes: number[] = [];
      for await (const info of store.list("a/1")) sizes.push(info.size);
      expect(sizes).toEqual([3, 4]);
    });

    test("a prefix is any start of a key, not a folder", async () => {
      const { store } = fresh();
      await createAll(fresh(), keys);
      for (const prefix of ["a", "a/", "a/1", "a/b", "a/b/", "a-", "b/c", "b/cc", "c"])
        expect(await keysOf(store.list(prefix))).toEqual(
          keys.filter((key) => key.startsWith(prefix)).sort(compareKeys),
        );
    });

    test("after continues behind any string, there or not, inside the prefix or not", async () => {
      const { store } = fresh();
      await createAll(fresh(), keys);
      for (const prefix of ["", "a/", "b"])
        for (const after of ["a", "a/", "a/1", "a/15", "a/b/c", "A", "b/c", "zzz"]) {
          const expected = keys.filter((key) => key.startsWith(prefix) && compareKeys(key, after) > 0);
          expect(await keysOf(store.list(prefix, { after }))).toEqual(expected.sort(compareKeys));
        }
    });

    test("the driver's pages keep to their limit and together are everything", async () => {
      const { driver } = fresh();
      await createAll(fresh(), keys);
      const inner = storePrefix(suite.prefix ?? "");
      const { signal } = new AbortController();
      for (const limit of [1, 2, 3, 5]) {
        const seen: string[] = [];
        for (let page = await driver.list(`${inner}a`, "", limit, signal); page.length > 0; ) {
          expect(page.length).toBeLessThanOrEqual(limit);
          seen.push(...page.map(({ key }) => key));
          page = await driver.list(`${inner}a`, seen.at(-1) ?? "", limit, signal);
        }
        const expected = keys.filter((key) => key.startsWith("a")).sort(compareKeys);
        expect(seen).toEqual(expected.map((key) => inner + key));
      }
    });

    test("more than a page of a thousand comes whole", async () => {
      const { store } = fresh();
      const many = Array.from(
        { length: 1_105 },
        (_, index) => `many/${String(index % 11)}/${String(index).padStart(5, "0")}`,
      );
      await createAll(fresh(), many);
      expect(await keysOf(store.list("many/"))).toEqual([...many].sort(compareKeys));
      expect(await keysOf(store.list("", { after: "many/9/01000" }))).toEqual(
        many.filter((key) => key > "many/9/01000").sort(compareKeys),
      );
    });

    test("objects that come and go meanwhile disturb no other", async () => {
      const { store } = fresh();
      await createAll(fresh(), keys);
      const seen: string[] = [];
      for await (const { key } of store.list("")) {
        seen.push(key);
        if (key === "a") await store.delete("a/10");
        if (key === "a/1") await store.create("zz", utf8("late"));
      }
      const steady = keys.filter((key) => key !== "a/10").sort(compareKeys);
      expect(seen.filter((key) => key !== "a/10" && key !== "zz")).toEqual(steady);
    });
  });
}

async function createAll({ store }: OpenStore, all: readonly string[]): Promise<void> {
  await inParallel(all, 16, (key) => store.create(key, utf8(key)));
}
