import { FogboundError } from "@fogbound/errors";
import { ObjectStore, readAll } from "@fogbound/storage";
import type { HttpFault } from "@fogbound/tool-store-servers/fault-plan";
import { type FaultProxy, startFaultProxy } from "@fogbound/tool-store-servers/fault-proxy";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inChunks, patternBytes, rawBytes, rawNames, utf8 } from "./bytes.js";
import { smallBlockDriver } from "./driver-of.js";
import { azureServer, type FreshContainer, freshContainer } from "./fresh-container.js";

const before = patternBytes(3_000, 1);
const large = patternBytes(30_000, 2);
let container: FreshContainer;
let proxy: FaultProxy;
let store: ObjectStore;

beforeEach(async () => {
  container = await freshContainer();
  proxy = await startFaultProxy((await azureServer()).endpoint);
  const options = { ...container.options, endpoint: proxy.endpoint };
  store = await ObjectStore.open(smallBlockDriver(options, 8_192));
  await store.create("there", before);
});

afterEach(async () => {
  await proxy.stop();
  await container.stop();
});

/** A write to a fresh key, and what must lie there in the end when it is said to be done. */
const writes: Record<string, { readonly bytes: Uint8Array; write(): Promise<unknown> }> = {
  create: { bytes: utf8("created"), write: () => store.create("new", utf8("created")) },
  replace: { bytes: utf8("replaced"), write: () => store.replace("new", utf8("replaced")) },
  "upload of one block": { bytes: utf8("short"), write: () => store.upload("new", inChunks(utf8("short"), 2)) },
  "upload of many blocks": { bytes: large, write: () => store.upload("new", inChunks(large, 5_000)) },
};

async function whole(key: string): Promise<Uint8Array | null> {
  const object = await store.get(key);
  return object === null ? null : readAll(object, 1_000_000);
}

const reads: Record<string, { readonly expected: unknown; read(): Promise<unknown> }> = {
  get: { expected: before, read: () => whole("there") },
  head: { expected: before.length, read: async () => (await store.head("there"))?.size },
  list: {
    expected: ["there"],
    read: async () => {
      const keys: string[] = [];
      for await (const { key } of store.list("")) keys.push(key);
      return keys;
    },
  },
};

const busy = { status: 503, headers: { "retry-after": "1", "x-ms-error-code": "ServerBusy" } } as const;
const passing: Record<string, HttpFault> = {
  "a reset before the server heard of it": { kind: "reset", when: "before" },
  "a reset half-way through what is sent": { kind: "reset", when: "mid-upload" },
  "a reset after it was done": { kind: "reset", when: "after" },
  "500 instead of doing it": { kind: "answer", when: "before", status: 500 },
  "500 after it was done": { kind: "answer", when: "after", status: 500 },
  "503 with Retry-After instead of doing it": { kind: "answer", when: "before", ...busy },
  "503 with Retry-After after it was done": { kind: "answer", when: "after", ...busy },
  "an answer byte by byte": { kind: "slow" },
  "an answer cut short": { kind: "truncate", missing: 20 },
  "an answer that announces less than comes": { kind: "wrong-length", difference: -20 },
};

describe.each(Object.entries(passing))("%s", (_, fault) => {
  test.each(Object.keys(writes))("%s, whichever request it hits, is done once and whole, or rejects", async (name) => {
    const { bytes, write } = writes[name] ?? expect.unreachable();
    let outcome: unknown;
    for (let call = 1; ; call++) {
      proxy.plan({ calls: call, fault });
      outcome = await write().catch((error: unknown) => error);
      const hit = proxy.happened()[0] === 1;
      proxy.heal();
      const found = await rawBytes(container.raw, "new");
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(FogboundError);
      else expect(found).toEqual(bytes);
      if (found !== null) expect(found).toEqual(bytes);
      expect(await rawNames(container.raw)).toEqual(found === null ? ["there"] : ["new", "there"]);
      await container.raw.getBlobClient("new").deleteIfExists();
      if (!hit) break;
    }
    expect(outcome).not.toBeInstanceOf(Error);
  });

  test.each(Object.keys(writes).filter((name) => name !== "replace"))(
    "%s onto what is there is told so, and changes nothing",
    async (name) => {
      await container.raw.getBlockBlobClient("new").upload("theirs", 6);
      proxy.plan({ method: "PUT", calls: { from: 1 }, path: /\/new(?:$|\?comp=blocklist)/, fault });
      const outcome = await (writes[name] ?? expect.unreachable()).write().catch((error: unknown) => error);
      expect(outcome).toMatchObject({ code: "OBJECT_EXISTS" });
      expect(await rawBytes(container.raw, "new")).toEqual(utf8("theirs"));
    },
  );

  test.each(Object.keys(reads))("%s is whole, or rejects, and is never absence", async (name) => {
    const { expected, read } = reads[name] ?? expect.unreachable();
    for (const calls of [1, { from: 1 }]) {
      proxy.plan({ calls, fault });
      const outcome = await read().catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(FogboundError);
      else expect(outcome).toEqual(expected);
      expect(proxy.happened()[0]).toBeGreaterThan(0);
      proxy.heal();
    }
    expect(await read()).toEqual(expected);
  });

  test("delete is done, or rejects", async () => {
    proxy.plan({ method: "DELETE", calls: 1, fault });
    await store.delete("there");
    expect(await rawNames(container.raw)).toEqual([]);
  });
});

test.each(Object.keys(reads))("%s of an answer that announces more than comes is whole, or rejects", async (name) => {
  const { expected, read } = reads[name] ?? expect.unreachable();
  proxy.plan({ calls: 1, fault: { kind: "wrong-length", difference: 20 } });
  const outcome = await read().catch((error: unknown) => error);
  if (outcome instanceof Error) expect(outcome).toBeInstanceOf(FogboundError);
  else expect(outcome).toEqual(expected);
  expect(proxy.happened()).toEqual([1]);
  expect(await read()).toEqual(expected);
});

test("one call is one request: the client repeats nothing by itself", async () => {
  const { driver } = { driver: smallBlockDriver({ ...container.options, endpoint: proxy.endpoint }, 8_192) };
  const { signal } = new AbortController();
  const calls = [
    () => driver.create("new", utf8("x"), null, signal),
    () => driver.replace("new", utf8("x"), signal),
    () => driver.get("there", null, signal),
    () => driver.head("there", signal),
    () => driver.delete("there", signal),
  ];
  for (const status of [408, 429, 500, 503])
    for (const call of calls) {
      proxy.plan({ fault: { kind: "answer", when: "before", status } });
      const error = await call().catch((thrown: unknown) => thrown);
      expect(driver.errorCode(error)).toBeNull();
      expect(proxy.happened()).toEqual([1]);
      proxy.heal();
    }
});

test("403 refuses at once, and neither writes nor hides anything", async () => {
  const denied = { status: 403, headers: { "x-ms-error-code": "AuthorizationFailure" } };
  proxy.plan({ fault: { kind: "answer", when: "before", ...denied } });
  for (const { write } of Object.values(writes))
    await expect(write()).rejects.toMatchObject({ code: "STORE_REFUSED", retryable: false });
  for (const { read } of Object.values(reads)) await expect(read()).rejects.toMatchObject({ code: "STORE_REFUSED" });
  await expect(store.delete("there")).rejects.toMatchObject({ code: "STORE_REFUSED" });
  proxy.heal();
  expect(await rawNames(container.raw)).toEqual(["there"]);
});

test("a store that stays away leaves no large object, and no blocks that somebody would see", async () => {
  proxy.plan({ path: /comp=block(?:&|$)/, calls: { from: 2 }, fault: { kind: "reset", when: "before" } });
  await expect(store.upload("new", inChunks(large, 5_000))).rejects.toBeInstanceOf(FogboundError);
  proxy.heal();
  expect(await store.head("new")).toBeNull();
  expect(await rawNames(container.raw)).toEqual(["there"]);
});

test("a commit whose answers are all lost is known by the blocks that lie there", async () => {
  proxy.plan({ path: /comp=blocklist/, fault: { kind: "reset", when: "after" } });
  expect(await store.upload("new", inChunks(large, 5_000))).toMatchObject({ key: "new", size: large.length });
  proxy.heal();
  expect(await rawBytes(container.raw, "new")).toEqual(large);
});

test("a commit that another upload overtook while its own answer was lost is not mistaken for one's own", async () => {
  const theirs = patternBytes(large.length, 3);
  const overtaken = async function* (): AsyncGenerator<Uint8Array> {
    yield* inChunks(large, 5_000);
    const other = await ObjectStore.open(smallBlockDriver(container.options, 8_192));
    await other.upload("new", inChunks(theirs, 5_000));
  };
  proxy.plan({ path: /comp=blocklist/, method: "PUT", fault: { kind: "reset", when: "before" } });
  await expect(store.upload("new", overtaken())).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  expect(await rawBytes(container.raw, "new")).toEqual(theirs);
});
