import { describe, expect, test } from "vitest";
import { type Bytes, type FoundObject, memoryDriver, type ObjectInfo, ObjectStore, readAll } from "../src/index.js";
import { answering, isProbe, VendorError } from "./answering.js";

const modified = new Date(0);
const content = Uint8Array.of(1, 2, 3);

function bodyOf(chunks: readonly Uint8Array[], error?: unknown): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const next = left.shift();
      if (next !== undefined) return controller.enqueue(next);
      if (error === undefined) controller.close();
      else controller.error(error);
    },
  });
}

/** A store whose `get` gives this object for every key but the probe's. */
function giving(object: () => Omit<FoundObject, "key">): Promise<ObjectStore> {
  const driver = answering((real) => ({
    get: (key, ...rest) => (isProbe(key) ? real.get(key, ...rest) : Promise.resolve({ key, ...object() })),
  }));
  return ObjectStore.open(driver, { maxRetries: 0 });
}

async function readUnder(store: ObjectStore, signal?: AbortSignal): Promise<Uint8Array> {
  const object = await store.get("a", signal === undefined ? {} : { signal });
  if (object === null) throw new Error("Expected an object.");
  return readAll(object, 100);
}

describe("a body is whole or an error", () => {
  const unreachable = { code: "STORE_UNREACHABLE" };

  test("one that ends early, runs on, or breaks with a vendor's error", async () => {
    const bodies = [
      () => bodyOf([content.slice(0, 2)]),
      () => bodyOf([]),
      () => bodyOf([content, content]),
      () => bodyOf([content.slice(0, 2)], new VendorError(null)),
      () => bodyOf([content.slice(0, 2)], new VendorError("STORE_UNREACHABLE")),
    ];
    for (const body of bodies) {
      const store = await giving(() => ({ size: 3, modified, body: body() }));
      await expect(readUnder(store)).rejects.toMatchObject(unreachable);
    }
    const refused = await giving(() => ({ size: 3, modified, body: bodyOf([], new VendorError("STORE_REFUSED")) }));
    await expect(readUnder(refused)).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });

  test("an abort between two chunks, or before the first", async () => {
    const reason = new Error("gone");
    const controller = new AbortController();
    const store = await giving(() => ({ size: 3, modified, body: bodyOf([content.slice(0, 1), content.slice(1)]) }));
    const object = await store.get("a", { signal: controller.signal });
    const reader = object?.body.getReader();
    expect((await reader?.read())?.value).toEqual(content.slice(0, 1));
    controller.abort(reason);
    await expect(reader?.read()).rejects.toBe(reason);
    await expect(store.get("a", { signal: controller.signal })).rejects.toBe(reason);
  });

  test("an abort that comes while the object is answered", async () => {
    const reason = new Error("gone");
    const controller = new AbortController();
    let cancelled = 0;
    const body = (): ReadableStream<Uint8Array> => new ReadableStream({ cancel: () => void cancelled++ });
    const store = await giving(() => {
      queueMicrotask(() => controller.abort(reason));
      return { size: 3, modified, body: body() };
    });
    await expect(readUnder(store, controller.signal)).rejects.toBe(reason);
  });

  test("one that is given up is cancelled at the store", async () => {
    let cancelled: unknown = null;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(content.slice(0, 1)),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    const store = await giving(() => ({ size: 3, modified, body }));
    const object = await store.get("a");
    await object?.body.cancel("enough");
    expect(cancelled).toBe("enough");
  });

  test("read whole, once, and by nobody else", async () => {
    const store = await giving(() => ({ size: 3, modified, body: bodyOf([content.slice(0, 1), content.slice(1)]) }));
    const object = await store.get("a");
    if (object === null) throw new Error("Expected an object.");
    expect(await object.bytes(3)).toEqual(content);
    await expect(object.bytes()).rejects.toThrow(TypeError);
    expect(() => object.body).toThrow(TypeError);
    const other = await store.get("a");
    const reader = other?.body.getReader();
    await expect(other?.bytes()).rejects.toThrow(TypeError);
    await expect(reader?.read()).resolves.toMatchObject({ value: content.slice(0, 1) });
  });

  test("whole, of no more bytes than were asked for, or of 8 MiB", async () => {
    const store = await giving(() => ({ size: 3, modified, body: bodyOf([content]) }));
    await expect((await store.get("a"))?.bytes(2)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    const large = new Uint8Array(8 * 2 ** 20 + 1);
    const largeStore = await giving(() => ({ size: large.length, modified, body: bodyOf([large]) }));
    await expect((await largeStore.get("a"))?.bytes()).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    expect((await (await largeStore.get("a"))?.bytes(large.length))?.length).toBe(large.length);
  });

  test("more than the reader has room for is no small object", async () => {
    const store = await giving(() => ({ size: 3, modified, body: bodyOf([content]) }));
    const object = await store.get("a");
    if (object === null) throw new Error("Expected an object.");
    await expect(readAll(object, 2)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  });
});

describe("an answer that can be none makes the store unsuitable", () => {
  const wrong: readonly Omit<ObjectInfo, "key">[] = [
    { size: -1, modified },
    { size: 1.5, modified },
    { size: Number.NaN, modified },
    { size: 3, modified: new Date(Number.NaN) },
  ];

  test.each(wrong)("%j", async (info) => {
    const unsuitable = { code: "STORE_UNSUITABLE" };
    const driver = answering((real) => ({
      head: async (key, signal) => (isProbe(key) ? real.head(key, signal) : { key, ...info }),
      replace: async (key) => ({ key, ...info }),
      upload: async (key, source) => {
        for await (const _ of source);
        return { key, ...info };
      },
      list: async () => [{ key: "a", ...info }],
      get: (key, range, signal) =>
        isProbe(key) ? real.get(key, range, signal) : Promise.resolve({ key, ...info, body: bodyOf([content]) }),
    }));
    const store = await ObjectStore.open(driver, { maxRetries: 0 });
    await expect(store.head("a")).rejects.toMatchObject(unsuitable);
    await expect(store.get("a")).rejects.toMatchObject(unsuitable);
    await expect(store.replace("a", content)).rejects.toMatchObject(unsuitable);
    await expect(store.upload("a", content)).rejects.toMatchObject(unsuitable);
    await expect(store.list("").next()).rejects.toMatchObject(unsuitable);
  });

  test.each([
    ["backwards", ["b", "a"]],
    ["twice the same", ["a", "a"]],
    ["another prefix's", ["a", "z"]],
  ])("a listing that goes %s", async (_, keys) => {
    const driver = answering(() => ({ list: async () => keys.map((key) => ({ key, size: 0, modified })) }));
    const store = await ObjectStore.open(driver);
    const listing = store.list(keys.includes("z") ? "a" : "");
    const all = async (): Promise<void> => {
      for await (const __ of listing);
    };
    await expect(all()).rejects.toMatchObject({ code: "STORE_UNSUITABLE" });
  });
});

describe("an upload of which the outcome is open is settled by looking", () => {
  function uploading(head: (key: string) => Promise<ObjectInfo | null>): Promise<ObjectStore> {
    const driver = answering((real) => ({
      head: (key, signal) => (isProbe(key) ? real.head(key, signal) : head(key)),
      async upload(_, source) {
        for await (const __ of source);
        throw new VendorError(null);
      },
    }));
    return ObjectStore.open(driver, { maxRetries: 0 });
  }

  test("there, of another size, not there, not to be seen", async () => {
    const there = await uploading(async (key) => ({ key, size: 3, modified }));
    expect(await there.upload("a", content)).toEqual({ key: "a", size: 3, modified });
    const other = await uploading(async (key) => ({ key, size: 2, modified }));
    await expect(other.upload("a", content)).rejects.toMatchObject({ code: "STORE_UNSUITABLE" });
    const missing = await uploading(async () => null);
    await expect(missing.upload("a", content)).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
    const unseen = await uploading(() => Promise.reject(new VendorError(null)));
    await expect(unseen.upload("a", content)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  });

  test("an abort while looking rejects with its own reason", async () => {
    const reason = new Error("gone");
    const controller = new AbortController();
    const store = await uploading(() => new Promise(() => controller.abort(reason)));
    await expect(store.upload("a", content, { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe("a caller's mistake is told before anything is asked", () => {
  test("content that is none, or gives something else than bytes", async () => {
    const store = await ObjectStore.open(memoryDriver());
    const text: unknown = "text";
    await expect(store.create("a", text as Uint8Array)).rejects.toThrow(TypeError);
    await expect(store.create("a", new Uint8Array(8 * 1024 * 1024 + 1))).rejects.toThrow(RangeError);
    await expect(store.upload("a", 5 as unknown as Bytes)).rejects.toThrow(TypeError);
    const words = (async function* () {
      yield text as Uint8Array;
    })();
    await expect(store.upload("a", words)).rejects.toThrow(TypeError);
    expect(await store.head("a")).toBeNull();
  });

  test("retention that the store does not enforce, and anything after close", async () => {
    const store = await ObjectStore.open(memoryDriver());
    const retained = store.create("a", content, { retainUntil: new Date(2 ** 40) });
    await expect(retained).rejects.toMatchObject({ code: "STORE_UNSUPPORTED" });
    await store[Symbol.asyncDispose]();
    await store.close();
    await expect(store.head("a")).rejects.toThrow(TypeError);
    await expect(store.list("").next()).rejects.toThrow(TypeError);
  });
});

describe("a range that begins at or after the end", () => {
  const range = { offset: 3, length: 1 };
  const refusing = (head: (key: string) => Promise<ObjectInfo | null>, code: "STORE_REFUSED" | null) =>
    ObjectStore.open(
      answering((real) => ({
        head: (key, signal) => (isProbe(key) ? real.head(key, signal) : head(key)),
        get: (key, ...rest) => (isProbe(key) ? real.get(key, ...rest) : Promise.reject(new VendorError(code))),
      })),
      { maxRetries: 0 },
    );

  test("is the caller's mistake, however the store refuses it", async () => {
    for (const code of ["STORE_REFUSED", null] as const) {
      const store = await refusing(async (key) => ({ key, size: 3, modified }), code);
      await expect(store.get("a", { range })).rejects.toThrow(RangeError);
    }
  });

  test("and is not asked for again", async () => {
    let asked = 0;
    const driver = answering((real) => ({
      head: (key, signal) => (isProbe(key) ? real.head(key, signal) : Promise.resolve({ key, size: 3, modified })),
      get: (key, ...rest) => {
        if (isProbe(key)) return real.get(key, ...rest);
        asked++;
        return Promise.reject(new VendorError(null));
      },
    }));
    const store = await ObjectStore.open(driver, { maxRetries: 4 });
    await expect(store.get("a", { range })).rejects.toThrow(RangeError);
    expect(asked).toBe(1);
  });

  test("and any other refusal stays what it is", async () => {
    const longer = await refusing(async (key) => ({ key, size: 4, modified }), "STORE_REFUSED");
    await expect(longer.get("a", { range })).rejects.toMatchObject({ code: "STORE_REFUSED" });
    const gone = await refusing(async () => null, "STORE_REFUSED");
    await expect(gone.get("a", { range })).rejects.toMatchObject({ code: "STORE_REFUSED" });
    await expect(gone.get("a")).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });
});
