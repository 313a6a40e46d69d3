import { describe, expect, test } from "vitest";
import { memoryDriver, ObjectStore, type StoreDriver } from "../src/index.js";
import { answering, isProbe, VendorError } from "./answering.js";

const bytes = Uint8Array.of(1);

/** Answers to the creates of the probe, counted from 1; the first four come at the same time. */
function onCreate(
  answer: (
    real: StoreDriver,
    count: number,
    ...args: Parameters<StoreDriver["create"]>
  ) => ReturnType<StoreDriver["create"]>,
): StoreDriver {
  let count = 0;
  return answering((real) => ({ create: (...args) => answer(real, ++count, ...args) }));
}

describe("a store on which nothing can rest is refused, with the condition it ignored", () => {
  const liars: Record<string, [StoreDriver, string]> = {
    "every writer wins": [
      onCreate((real, _, key, content, __, signal) => real.replace(key, content, signal)),
      "4 of 4 writers",
    ],
    "the race has one winner, a later writer wins too": [
      onCreate((real, count, key, content, retainUntil, signal) =>
        count <= 4 ? real.create(key, content, retainUntil, signal) : real.replace(key, content, signal),
      ),
      "a second create of the same key succeeded",
    ],
    "the loser is told so, and his bytes lie there": [
      onCreate(async (real, count, key, content, retainUntil, signal) => {
        if (count > 4) await real.replace(key, content, signal);
        return real.create(key, content, retainUntil, signal);
      }),
      "changed the object",
    ],
    "all exist, before anything was written": [
      onCreate(() => Promise.reject(new VendorError("OBJECT_EXISTS"))),
      "OBJECT_EXISTS for a key that was never written",
    ],
    "create-only is not supported": [
      onCreate(() => Promise.reject(new VendorError("STORE_UNSUPPORTED"))),
      "create-only is not supported",
    ],
    "what was created is not seen": [answering(() => ({ head: async () => null })), "head did not see an object"],
    "what was created cannot be read": [answering(() => ({ get: async () => null })), "get did not see an object"],
    "a miss is an object": [
      answering((real) => ({
        head: async (key, signal) => (await real.head(key, signal)) ?? { key, size: 0, modified: new Date() },
      })),
      "head answered with an object for a key that was never written",
    ],
  };

  test.each(Object.entries(liars))("%s", async (_, [driver, condition]) => {
    let closed = 0;
    const watched = answering(
      (real) => ({
        errorCode: (error) => real.errorCode(error),
        close: async () => {
          closed++;
        },
      }),
      driver,
    );
    const unsuitable = { code: "STORE_UNSUITABLE", message: expect.stringContaining(condition) };
    await expect(ObjectStore.open(watched, { maxRetries: 0 })).rejects.toMatchObject(unsuitable);
    expect(closed).toBe(1);
  });

  test("a miss that is an object, also when it is opened to be read only", async () => {
    const driver = answering(() => ({ head: async (key) => ({ key, size: 0, modified: new Date() }) }));
    await expect(ObjectStore.open(driver, { readOnly: true })).rejects.toMatchObject({ code: "STORE_UNSUITABLE" });
  });
});

describe("a store that takes no writes opens, and says why", () => {
  test("one that refuses them", async () => {
    const store = await ObjectStore.open(onCreate(() => Promise.reject(new VendorError("STORE_REFUSED"))));
    expect(store.readOnly).toBe(true);
    expect(await store.get("a")).toBeNull();
    for (const write of [
      store.create("a", bytes),
      store.upload("a", bytes),
      store.replace("a", bytes),
      store.delete("a"),
    ])
      await expect(write).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });

  test("one that is full still deletes", async () => {
    const store = await ObjectStore.open(onCreate(() => Promise.reject(new VendorError("STORE_FULL"))));
    expect(store.readOnly).toBe(true);
    await expect(store.create("a", bytes)).rejects.toMatchObject({ code: "STORE_FULL" });
    await store.delete("a");
  });

  test("one with room for a single object is full", async () => {
    const driver = onCreate((real, count, ...args) =>
      count <= 4 ? real.create(...args) : Promise.reject(new VendorError("STORE_FULL")),
    );
    const store = await ObjectStore.open(driver);
    await expect(store.create("a", bytes)).rejects.toMatchObject({ code: "STORE_FULL" });
  });

  test("one that was opened so is asked for nothing but a miss", async () => {
    const store = await ObjectStore.open(
      onCreate(() => Promise.reject(new Error("was written to"))),
      { readOnly: true },
    );
    await expect(store.create("a", bytes)).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });
});

describe("a store that cannot be asked is unreachable", () => {
  test("when no create says how it ended, and nothing can be read back", async () => {
    const driver = answering((real) => ({
      create: () => Promise.reject(new VendorError(null)),
      get: (key, ...rest) => (isProbe(key) ? Promise.reject(new VendorError(null)) : real.get(key, ...rest)),
    }));
    await expect(ObjectStore.open(driver, { maxRetries: 0 })).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  });

  test("when no create arrives", async () => {
    const driver = onCreate(() => Promise.reject(new VendorError("STORE_UNREACHABLE")));
    await expect(ObjectStore.open(driver, { maxRetries: 0 })).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  });
});

test("an abort while it is opened rejects with its own reason, and closes the driver", async () => {
  const reason = new Error("gone");
  const controller = new AbortController();
  let closed = 0;
  const driver = answering(() => ({
    create: () => new Promise(() => controller.abort(reason)),
    close: async () => {
      closed++;
    },
  }));
  await expect(ObjectStore.open(driver, { signal: controller.signal })).rejects.toBe(reason);
  expect(closed).toBe(1);
});

test("options that are none are a caller's mistake", async () => {
  for (const maxRetries of [-1, 0.5, Number.NaN])
    await expect(ObjectStore.open(memoryDriver(), { maxRetries })).rejects.toThrow(RangeError);
  for (const prefix of ["/", "a//b", "..", ".fogbound", "\ud800"])
    await expect(ObjectStore.open(memoryDriver(), { prefix })).rejects.toThrow(TypeError);
});
