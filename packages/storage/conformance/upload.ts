import { describe, expect, test } from "vitest";
import type { Bytes } from "../src/index.js";
import { contentOf, freshStores, keysOf, patternBytes, type StoreSuite, sameBytes, utf8 } from "./suite.js";

const large = 20 * 1024 * 1024 + 7;

export function testUpload(suite: StoreSuite): void {
  describe("upload", () => {
    const fresh = freshStores(suite);

    test("every kind of source arrives whole", async () => {
      const { store } = fresh();
      const bytes = patternBytes(200_000, 1);
      const sources: Record<string, Bytes> = {
        array: bytes,
        blob: new Blob([new Uint8Array(bytes)]),
        stream: new Blob([new Uint8Array(bytes)]).stream(),
        iterable: unevenChunks(bytes),
      };
      for (const [name, source] of Object.entries(sources)) {
        expect(await store.upload(`source/${name}`, source)).toMatchObject({
          key: `source/${name}`,
          size: bytes.length,
        });
        expect(sameBytes(await contentOf(store, `source/${name}`), bytes)).toBe(true);
      }
    });

    test("20 MiB in uneven chunks arrives whole", async () => {
      const { store } = fresh();
      const bytes = patternBytes(large, 2);
      await store.upload("large", unevenChunks(bytes));
      expect(await store.head("large")).toMatchObject({ size: large });
      expect(sameBytes(await contentOf(store, "large"), bytes)).toBe(true);
    });

    test("no chunk at all is an empty object", async () => {
      const { store } = fresh();
      await store.upload("empty", unevenChunks(new Uint8Array(0)));
      expect(await contentOf(store, "empty")).toEqual(new Uint8Array(0));
    });

    test("nothing is visible until all of it is", async () => {
      const { store } = fresh();
      const seen: unknown[] = [];
      const looking = async function* (): AsyncGenerator<Uint8Array> {
        for (let part = 0; part < 4; part++) {
          yield patternBytes(3_000_000, part);
          seen.push(await store.head("slow"), await store.get("slow"), await keysOf(store.list("")));
        }
      };
      await store.upload("slow", looking());
      expect(seen).toEqual(Array.from({ length: 4 }, () => [null, null, []]).flat());
      expect(await store.head("slow")).toMatchObject({ size: 12_000_000 });
    });

    test("a source that fails leaves nothing, and its own error comes through", async () => {
      const { store } = fresh();
      const failure = new Error("the disk the source was on");
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield patternBytes(9_000_000, 3);
        throw failure;
      };
      await expect(store.upload("half", failing())).rejects.toBe(failure);
      expect(await store.head("half")).toBeNull();
      expect(await keysOf(store.list(""))).toEqual([]);
      await store.upload("half", utf8("again"));
      expect(await contentOf(store, "half")).toEqual(utf8("again"));
    });

    test("a source of something else than bytes is a TypeError and leaves nothing", async () => {
      const { store } = fresh();
      // @ts-expect-error a string is no chunk
      await expect(store.upload("text", textChunks())).rejects.toThrow(TypeError);
      // @ts-expect-error a number is no source
      await expect(store.upload("text", 7)).rejects.toThrow(TypeError);
      expect(await store.head("text")).toBeNull();
    });

    test("onto a taken key: OBJECT_EXISTS where that is claimed, and in any case one of the two, whole", async () => {
      const { store } = fresh();
      await store.upload("taken", utf8("first"));
      const second = await Promise.allSettled([store.upload("taken", utf8("the second"))]);
      const expected = store.capabilities.largeCreateOnly ? "first" : "the second";
      expect(second[0].status).toBe(store.capabilities.largeCreateOnly ? "rejected" : "fulfilled");
      if (second[0].status === "rejected") expect(second[0].reason).toMatchObject({ code: "OBJECT_EXISTS" });
      expect(await contentOf(store, "taken")).toEqual(utf8(expected));
    });

    test("uploads side by side do not mix", async () => {
      const { store } = fresh();
      const contents = Array.from({ length: 6 }, (_, index) => patternBytes(1_000_000 + index, index));
      await Promise.all(contents.map((content, index) => store.upload(`side/${index}`, unevenChunks(content))));
      for (const [index, content] of contents.entries())
        expect(sameBytes(await contentOf(store, `side/${index}`), content)).toBe(true);
    });
  });
}

/** Chunks of 1 byte to about 700 KB, an empty one among them. */
async function* unevenChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (let size = 1; offset < bytes.length; size = (size * 7) % 700_001) {
    yield bytes.subarray(offset, offset + size);
    offset += size;
    if (size === 7) yield new Uint8Array(0);
  }
}

async function* textChunks(): AsyncGenerator<string> {
  yield "text";
}
