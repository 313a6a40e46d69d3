import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultDriver } from "../conformance/index.js";
import { compareKeys, memoryDriver, ObjectStore, readAll, routedDriver, type StoreDriver } from "../src/index.js";
import { answering, VendorError } from "./answering.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function keysOf(store: ObjectStore, prefix = "", after = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix, { after })) keys.push(key);
  return keys;
}

/** As a vault is split: contents, logs, harmonizer. */
function split() {
  const [content, log, harmonizer] = [memoryDriver(), memoryDriver(), memoryDriver()];
  const routes = [
    { prefixes: ["capsules/*/instances/", "authority/"], driver: log },
    { prefixes: ["harmonizer/"], driver: harmonizer },
  ];
  return { content, log, harmonizer, driver: routedDriver(routes, content) };
}

describe("routedDriver", () => {
  it("keeps each key in the one store it belongs to, and shows them as one", async () => {
    const { content, log, harmonizer, driver } = split();
    const store = await ObjectStore.open(driver);
    const places: [string, StoreDriver][] = [
      ["authority/aut_1/x", log],
      ["authority", content],
      ["capsules/cap_1/content/c", content],
      ["capsules/cap_1/instances/ins_1/head", log],
      ["capsules/cap_1/instances", content],
      ["capsules/cap_2/x/instances/y", content],
      ["harmonizer/checkpoint", harmonizer],
      ["harmonizers/checkpoint", content],
    ];
    for (const [key] of places) await store.create(key, utf8(key));
    for (const [key, where] of places) {
      for (const part of [content, log, harmonizer])
        expect(await part.head(key, new AbortController().signal).then((info) => info !== null)).toBe(part === where);
      const object = await store.get(key);
      expect(object && new TextDecoder().decode(await readAll(object, 100))).toBe(key);
    }
    expect(await keysOf(store)).toEqual(places.map(([key]) => key).sort(compareKeys));
    expect(await keysOf(store, "capsules/cap_1/")).toEqual([
      "capsules/cap_1/content/c",
      "capsules/cap_1/instances",
      "capsules/cap_1/instances/ins_1/head",
    ]);
    expect(await keysOf(store, "capsules/", "capsules/cap_1/instances")).toEqual([
      "capsules/cap_1/instances/ins_1/head",
      "capsules/cap_2/x/instances/y",
    ]);
    for (const [key] of places) await store.delete(key);
    expect(await keysOf(store)).toEqual([]);
  });

  it("sees nothing of what lies in a store under a key that belongs elsewhere", async () => {
    const { content, harmonizer, driver } = split();
    const astray = await ObjectStore.open(content);
    await astray.create("harmonizer/checkpoint", utf8("an older copy"));
    const store = await ObjectStore.open(driver);
    expect(await store.get("harmonizer/checkpoint")).toBeNull();
    expect(await keysOf(store)).toEqual([]);
    await store.create("harmonizer/checkpoint", utf8("the one"));
    expect(await keysOf(store)).toEqual(["harmonizer/checkpoint"]);
    expect(await keysOf(await ObjectStore.open(harmonizer))).toEqual(["harmonizer/checkpoint"]);
    await store.delete("harmonizer/checkpoint");
    expect(await keysOf(astray)).toEqual(["harmonizer/checkpoint"]);
  });

  it("lists as one store would, whatever is asked for, in pages of any length", async () => {
    const segment = fc.constantFrom("a", "b", "*", "aa", "ü", "😀");
    const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
    const prefixes = fc.array(
      key.map((one) => `${one}/`),
      { maxLength: 3 },
    );
    const asked = fc.record({
      keys: fc.uniqueArray(key, { maxLength: 25 }),
      first: prefixes,
      second: prefixes,
      start: key,
    });
    const seen = fc.record({
      cut: fc.nat(6),
      after: fc.option(key, { nil: "" }),
      pageLength: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(asked, seen, async ({ keys, first, second, start }, { cut, after, pageLength }) => {
        const short = (): StoreDriver =>
          answering((real) => ({
            list: (from, last, limit, signal) => real.list(from, last, Math.min(limit, pageLength), signal),
          }));
        const routes = [first, second].map((all) => ({ prefixes: all, driver: short() }));
        const store = await ObjectStore.open(routedDriver(routes, short()));
        for (const one of keys) await store.create(one, utf8(one));
        const prefix = start.isWellFormed() ? [...start].slice(0, cut).join("") : "";
        const expected = keys.filter((one) => one.startsWith(prefix) && compareKeys(one, after) > 0).sort(compareKeys);
        expect(await keysOf(store, prefix, after)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("can do what all of its stores can", async () => {
    const able = memoryDriver({ enforcedRetention: true });
    expect(routedDriver([{ prefixes: ["a/"], driver: memoryDriver() }], able).capabilities).toEqual({
      largeCreateOnly: true,
      enforcedRetention: false,
      conditionalDelete: false,
    });
    const both = routedDriver([{ prefixes: ["a/"], driver: memoryDriver({ enforcedRetention: true }) }], able);
    const store = await ObjectStore.open(both);
    await store.create("a/kept", utf8("kept"), { retainUntil: new Date(Date.now() + 60_000) });
    await expect(store.delete("a/kept")).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });

  it("is proved part by part: one that ignores conditions, or cannot be reached, is not opened, and all are closed", async () => {
    const liar = answering((real) => ({
      create: (key, bytes, _retainUntil, signal) => real.replace(key, bytes, signal),
    }));
    const away = faultDriver(memoryDriver(), [
      { operation: "any", onProbes: true, fault: { kind: "fail-before", code: "STORE_UNREACHABLE" } },
    ]);
    for (const [bad, code] of [
      [liar, "STORE_UNSUITABLE"],
      [away, "STORE_UNREACHABLE"],
    ] as const)
      for (const place of ["route", "rest"] as const) {
        let closed = 0;
        const counting = (driver: StoreDriver): StoreDriver =>
          answering(
            (real) => ({ close: () => real.close().then(() => void closed++), errorCode: (e) => real.errorCode(e) }),
            driver,
          );
        const [one, other] = [counting(memoryDriver()), counting(bad)];
        const driver =
          place === "rest"
            ? routedDriver([{ prefixes: ["a/"], driver: one }], other)
            : routedDriver([{ prefixes: ["a/"], driver: other }], one);
        await expect(ObjectStore.open(driver, { maxRetries: 0 })).rejects.toMatchObject({ code });
        expect(closed).toBe(2);
      }
  });

  it("takes no writes where one of them takes none, says whose refusal that is, and takes the others", async () => {
    const refusing = (): StoreDriver =>
      answering(() => ({ name: "kept shut", create: () => Promise.reject(new VendorError("STORE_REFUSED")) }));
    const store = await ObjectStore.open(routedDriver([{ prefixes: ["a/"], driver: refusing() }], memoryDriver()), {
      prefix: "vault",
    });
    expect(store.readOnly).toBe(false);
    const message = expect.stringContaining("kept shut");
    const refused = { code: "STORE_REFUSED", message };
    await store.create("b", utf8("b"));
    await store.create("vault-a/b", utf8("b"));
    await store.delete("b");
    expect(await keysOf(store)).toEqual(["vault-a/b"]);
    const within = await ObjectStore.open(
      routedDriver([{ prefixes: ["vault/a/"], driver: refusing() }], memoryDriver()),
      {
        prefix: "vault",
      },
    );
    await within.create("b", utf8("b"));
    await expect(within.create("a/b", utf8("b"))).rejects.toMatchObject(refused);
    await expect(within.upload("a/b", utf8("b"))).rejects.toMatchObject(refused);
    await expect(within.replace("a/b", utf8("b"))).rejects.toMatchObject(refused);
    await expect(within.delete("a/b")).rejects.toMatchObject(refused);
    const shut = await ObjectStore.open(routedDriver([{ prefixes: ["a/"], driver: refusing() }], refusing()));
    expect(shut.readOnly).toBe(true);
    await expect(shut.create("b", utf8("b"))).rejects.toMatchObject(refused);
  });

  it("leaves each vendor's errors to its own driver, in a call and in a body", async () => {
    const failing = (code: VendorError["code"], meaning: VendorError["code"]): StoreDriver =>
      answering((real) => ({
        get: async (key, range, signal) => {
          const object = await real.get(key, range, signal);
          const body = new ReadableStream<Uint8Array>({
            pull: (controller) => controller.error(new VendorError(code)),
          });
          return object && { ...object, body };
        },
        head: (key, signal) => (key.includes("probe") ? real.head(key, signal) : Promise.reject(new VendorError(code))),
        errorCode: () => meaning,
      }));
    const readable = { readOnly: true, maxRetries: 0 } as const;
    const parts = [failing(null, "STORE_REFUSED"), failing("STORE_REFUSED", "STORE_FULL")] as const;
    for (const part of parts) await part.replace("a/x", utf8("x"), new AbortController().signal);
    for (const part of parts) await part.replace("x", utf8("x"), new AbortController().signal);
    const store = await ObjectStore.open(routedDriver([{ prefixes: ["a/"], driver: parts[0] }], parts[1]), readable);
    await expect(store.head("a/x")).rejects.toMatchObject({ code: "STORE_REFUSED" });
    await expect(store.head("x")).rejects.toMatchObject({ code: "STORE_FULL" });
    for (const [key, code] of [
      ["a/x", "STORE_REFUSED"],
      ["x", "STORE_FULL"],
    ] as const) {
      const object = await store.get(key);
      await expect(object?.body.getReader().read()).rejects.toMatchObject({ code });
    }
  });

  it("does not merge what a store lists out of order", async () => {
    const disordered = answering((real) => ({
      list: async (...given) => (await real.list(...given)).toReversed(),
    }));
    const store = await ObjectStore.open(routedDriver([{ prefixes: ["a/"], driver: disordered }], memoryDriver()));
    for (const key of ["a/1", "a/2", "b"]) await store.create(key, utf8(key));
    await expect(keysOf(store)).rejects.toMatchObject({ code: "STORE_UNSUITABLE" });
  });

  it("refuses a prefix that would cut a segment", () => {
    for (const prefix of ["", "/", "a", "a/b", "a//"])
      expect(() => routedDriver([{ prefixes: [prefix], driver: memoryDriver() }], memoryDriver())).toThrow(TypeError);
  });
});
