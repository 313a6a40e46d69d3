import { describe, expect, test } from "vitest";
import { smallObjectBytes } from "../src/index.js";
import { contentOf, freshStores, keysOf, patternBytes, type StoreSuite, sameBytes, utf8 } from "./suite.js";

export function testCreate(suite: StoreSuite): void {
  describe("create, replace, delete", () => {
    const fresh = freshStores(suite);

    test("what was created is there, as create, head and list describe it", async () => {
      const { store } = fresh();
      const created = await store.create("a/object", utf8("content"));
      expect(created).toMatchObject({ key: "a/object", size: 7 });
      expect(created.modified).toBeInstanceOf(Date);
      expect(await store.head("a/object")).toMatchObject({ key: "a/object", size: 7 });
      expect(await contentOf(store, "a/object")).toEqual(utf8("content"));
      expect(await keysOf(store.list(""))).toEqual(["a/object"]);
    });

    test("an empty object is an object", async () => {
      const { store } = fresh();
      await store.create("empty", new Uint8Array(0));
      expect(await store.head("empty")).toMatchObject({ size: 0 });
      expect(await contentOf(store, "empty")).toEqual(new Uint8Array(0));
      await expect(store.create("empty", utf8("more"))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    });

    test("8 MiB is taken, one byte more is a RangeError and writes nothing", async () => {
      const { store } = fresh();
      const largest = patternBytes(smallObjectBytes, 1);
      await store.create("largest", largest);
      expect(sameBytes(await contentOf(store, "largest"), largest)).toBe(true);
      await expect(store.create("larger", new Uint8Array(smallObjectBytes + 1))).rejects.toThrow(RangeError);
      expect(await store.head("larger")).toBeNull();
    });

    test("a second create gets OBJECT_EXISTS and changes nothing", async () => {
      const { store } = fresh();
      await store.create("taken", utf8("first"));
      await expect(store.create("taken", utf8("second"))).rejects.toMatchObject({
        code: "OBJECT_EXISTS",
        retryable: false,
      });
      await expect(store.create("taken", utf8("first"))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
      expect(await contentOf(store, "taken")).toEqual(utf8("first"));
    });

    test("of sixteen writers at the same time exactly one wins, twenty times over", async () => {
      const { store } = fresh();
      for (let round = 0; round < 20; round++) {
        const key = `race/${round}`;
        const writers = Array.from({ length: 16 }, (_, writer) => utf8(`writer ${writer} of round ${round}`));
        const outcomes = await Promise.allSettled(writers.map((bytes) => store.create(key, bytes)));
        const winners = writers.filter((_, writer) => outcomes[writer]?.status === "fulfilled");
        const losses = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
        expect(winners).toHaveLength(1);
        for (const loss of losses) expect(loss).toMatchObject({ code: "OBJECT_EXISTS" });
        expect(await contentOf(store, key)).toEqual(winners[0]);
      }
    });

    test("bytes that the caller changes meanwhile are written as they were given", async () => {
      const { store } = fresh();
      const bytes = utf8("as given");
      const created = store.create("copy", bytes);
      bytes.fill(0);
      await created;
      expect(await contentOf(store, "copy")).toEqual(utf8("as given"));
    });

    test("retention is enforced where it is claimed, and refused where it is not", async () => {
      const { store } = fresh();
      const retainUntil = new Date(Date.now() + 5_000);
      if (store.capabilities.enforcedRetention) {
        await store.create("retained", utf8("kept"), { retainUntil });
        await expect(store.delete("retained")).rejects.toMatchObject({ code: "STORE_REFUSED" });
        expect(await contentOf(store, "retained")).toEqual(utf8("kept"));
      } else {
        const refused = store.create("retained", utf8("kept"), { retainUntil });
        await expect(refused).rejects.toMatchObject({ code: "STORE_UNSUPPORTED" });
        expect(await store.head("retained")).toBeNull();
      }
    });

    test("replace writes what was not there, and over what was", async () => {
      const { store } = fresh();
      expect(await store.replace("derived", utf8("one"))).toMatchObject({ key: "derived", size: 3 });
      expect(await store.replace("derived", utf8("three"))).toMatchObject({ size: 5 });
      expect(await contentOf(store, "derived")).toEqual(utf8("three"));
      await expect(store.create("derived", utf8("four"))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
      await expect(store.replace("derived", new Uint8Array(smallObjectBytes + 1))).rejects.toThrow(RangeError);
    });

    test("a reader of an object that is being replaced sees one of the two, whole", async () => {
      const { store } = fresh();
      const contents = [patternBytes(300_000, 1), patternBytes(200_000, 2)];
      await store.replace("swapped", patternBytes(300_000, 1));
      const writing = (async () => {
        for (let round = 0; round < 20; round++)
          await store.replace("swapped", patternBytes(300_000 - 100_000 * (round % 2), 1 + (round % 2)));
      })();
      for (let read = 0; read < 20; read++) {
        const seen = await contentOf(store, "swapped");
        expect(contents.some((content) => sameBytes(seen, content))).toBe(true);
      }
      await writing;
    });

    test("what was deleted is a miss, and its key is free", async () => {
      const { store } = fresh();
      await store.create("gone", utf8("first"));
      await store.delete("gone");
      expect(await store.head("gone")).toBeNull();
      expect(await store.get("gone")).toBeNull();
      expect(await keysOf(store.list(""))).toEqual([]);
      await store.create("gone", utf8("second"));
      expect(await contentOf(store, "gone")).toEqual(utf8("second"));
    });

    test("deleting what is not there resolves", async () => {
      const { store } = fresh();
      await store.delete("never/was");
      expect(await store.head("never/was")).toBeNull();
    });
  });
}
