import { describe, expect, test } from "vitest";
import { readAll } from "../src/index.js";
import { contentOf, freshStores, patternBytes, type StoreSuite, sameBytes, utf8 } from "./suite.js";

const size = 200_000;

export function testRead(suite: StoreSuite): void {
  describe("get and head", () => {
    const fresh = freshStores(suite);

    test("a miss is null", async () => {
      const { store } = fresh();
      expect(await store.get("none")).toBeNull();
      expect(await store.get("none", { range: { offset: 0, length: 1 } })).toBeNull();
      expect(await store.head("none")).toBeNull();
      await store.create("some/object", utf8("x"));
      expect(await store.get("some")).toBeNull();
      expect(await store.head("some/object/deeper")).toBeNull();
    });

    test("ranges are exact, are cut to the end, and leave size the whole object's", async () => {
      const { store } = fresh();
      const bytes = patternBytes(size, 1);
      await store.create("ranged", bytes);
      const ranges = [
        [0, 1],
        [0, size],
        [65_535, 65_537],
        [size - 1, 1],
        [size - 1, 1_000],
        [0, Number.MAX_SAFE_INTEGER],
      ] as const;
      for (const [offset, length] of ranges) {
        const object = await store.get("ranged", { range: { offset, length } });
        expect(object?.size).toBe(size);
        const part = object === null ? null : await readAll(object, size);
        expect(sameBytes(part, bytes.subarray(offset, Math.min(size, offset + length)))).toBe(true);
      }
    });

    test("a range that begins at or after the end is a RangeError, as is one that is none", async () => {
      const { store } = fresh();
      await store.create("ranged", patternBytes(10, 1));
      await store.create("empty", new Uint8Array(0));
      const wrong = [
        [10, 1],
        [1_000_000, 5],
        [-1, 5],
        [0, 0],
        [0.5, 1],
        [0, Number.NaN],
      ] as const;
      for (const [offset, length] of wrong)
        await expect(store.get("ranged", { range: { offset, length } })).rejects.toThrow(RangeError);
      await expect(store.get("empty", { range: { offset: 0, length: 1 } })).rejects.toThrow(RangeError);
    });

    test("a body that is given up harms nobody", async () => {
      const { store } = fresh();
      const bytes = patternBytes(4_000_000, 2);
      await store.create("long", bytes);
      for (let round = 0; round < 20; round++) {
        const object = await store.get("long");
        await object?.body.cancel();
      }
      expect(sameBytes(await contentOf(store, "long"), bytes)).toBe(true);
    });

    test("bodies side by side do not mix", async () => {
      const { store } = fresh();
      const bytes = patternBytes(size, 3);
      await store.create("shared", bytes);
      const parts = await Promise.all(
        Array.from({ length: 16 }, async (_, index) => {
          const range = { offset: index * 10_000, length: 10_000 };
          const object = await store.get("shared", { range });
          return object === null ? null : readAll(object, 10_000);
        }),
      );
      for (const [index, part] of parts.entries())
        expect(sameBytes(part, bytes.subarray(index * 10_000, (index + 1) * 10_000))).toBe(true);
    });

    test("what was read can be changed without changing what is stored", async () => {
      const { store } = fresh();
      await store.create("kept", utf8("kept"));
      (await contentOf(store, "kept"))?.fill(0);
      expect(await contentOf(store, "kept")).toEqual(utf8("kept"));
    });
  });
}
