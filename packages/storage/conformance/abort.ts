import { describe, expect, test } from "vitest";
import type { ObjectStore } from "../src/index.js";
import { contentOf, freshStores, keysOf, patternBytes, type StoreSuite, sameBytes, utf8 } from "./suite.js";

const reason = new Error("no longer wanted");

/** Every call, on keys that exist and that do not. */
const calls: Record<string, (store: ObjectStore, signal: AbortSignal) => Promise<unknown>> = {
  create: (store, signal) => store.create("new", utf8("new"), { signal }),
  upload: (store, signal) => store.upload("new", utf8("new"), { signal }),
  replace: (store, signal) => store.replace("old", utf8("new"), { signal }),
  get: (store, signal) => store.get("old", { signal }),
  head: (store, signal) => store.head("old", { signal }),
  "head of a miss": (store, signal) => store.head("none", { signal }),
  list: (store, signal) => keysOf(store.list("", { signal })),
  delete: (store, signal) => store.delete("old", { signal }),
};

export function testAbort(suite: StoreSuite): void {
  describe("abort", () => {
    const fresh = freshStores(suite);

    test.each(Object.keys(calls))(
      "%s with an aborted signal rejects with its reason and does nothing",
      async (name) => {
        const { store } = fresh();
        await store.create("old", utf8("old"));
        await expect(calls[name]?.(store, AbortSignal.abort(reason))).rejects.toBe(reason);
        expect(await contentOf(store, "old")).toEqual(utf8("old"));
        expect(await keysOf(store.list(""))).toEqual(["old"]);
      },
    );

    test("an upload aborted half-way rejects at once, though its source hangs, and leaves nothing", async () => {
      const { store } = fresh();
      const controller = new AbortController();
      const hanging = async function* (): AsyncGenerator<Uint8Array> {
        yield patternBytes(9_000_000, 1);
        setTimeout(() => controller.abort(reason), 20);
        await new Promise(() => undefined);
      };
      await expect(store.upload("half", hanging(), { signal: controller.signal })).rejects.toBe(reason);
      expect(await store.head("half")).toBeNull();
      expect(await keysOf(store.list(""))).toEqual([]);
      await store.upload("half", utf8("again"));
      expect(await contentOf(store, "half")).toEqual(utf8("again"));
    });

    test("a body aborted half-way errors with the reason", async () => {
      const { store } = fresh();
      const bytes = patternBytes(8_000_000, 2);
      await store.create("long", bytes);
      const controller = new AbortController();
      const object = await store.get("long", { signal: controller.signal });
      const reader = object?.body.getReader();
      expect((await reader?.read())?.done).toBe(false);
      controller.abort(reason);
      await expect(reader?.read()).rejects.toBe(reason);
      expect(sameBytes(await contentOf(store, "long"), bytes)).toBe(true);
    });

    test("a listing aborted half-way rejects with the reason, and does not end", async () => {
      const { store } = fresh();
      for (const key of ["a", "b", "c"]) await store.create(key, utf8(key));
      const controller = new AbortController();
      const seen: string[] = [];
      const listing = (async () => {
        for await (const { key } of store.list("", { signal: controller.signal })) {
          seen.push(key);
          controller.abort(reason);
        }
      })();
      await expect(listing).rejects.toBe(reason);
      expect(seen).toEqual(["a"]);
    });

    test("creates aborted at any moment are there whole or not at all", async () => {
      const { store } = fresh();
      const bytes = patternBytes(500_000, 3);
      for (let round = 0; round < 20; round++) {
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), round / 4);
        const outcome = await store
          .create(`moment/${round}`, bytes, { signal: controller.signal })
          .catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBe(reason);
        const found = await contentOf(store, `moment/${round}`);
        if (!(outcome instanceof Error) || found !== null) expect(sameBytes(found, bytes)).toBe(true);
      }
    });
  });
}
