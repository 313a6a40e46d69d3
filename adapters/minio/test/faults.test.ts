import { ObjectStore, readAll } from "@fogbound/storage";
import type { HttpFault, PlannedHttpFault } from "@fogbound/tool-store-servers/fault-plan";
import { type FaultProxy, startFaultProxy } from "@fogbound/tool-store-servers/fault-proxy";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { minio } from "../src/index.js";
import { freshS3, incompleteUploads, s3Server } from "./fresh-s3.js";

const partBytes = 5 * 1024 * 1024;
const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => (index * 31) % 251);
const large = Uint8Array.from({ length: 3 * partBytes + 7 }, (_, index) => (index * 2_654_435_761) >>> 24);

const errorPage =
  '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We encountered one.</Message></Error>';

/** What may have been done although the answer says nothing of it, or was not done although it may look so. */
const open: Record<string, HttpFault> = {
  "a reset before anything arrived": { kind: "reset", when: "before" },
  "a reset half-way": { kind: "reset", when: "mid-upload" },
  "a reset after all was done": { kind: "reset", when: "after" },
  "a 500 before anything arrived": { kind: "answer", when: "before", status: 500, body: errorPage },
  "a 500 after all was done": { kind: "answer", when: "after", status: 500, body: errorPage },
  "a 503 that says when to come back": { kind: "answer", when: "before", status: 503, headers: { "retry-after": "1" } },
  "a 409 without a code": { kind: "answer", when: "before", status: 409 },
  "a 409 after all was done": { kind: "answer", when: "after", status: 409 },
  "a 404 of a gateway": { kind: "answer", when: "before", status: 404, body: "<p>Not found</p>" },
  silence: { kind: "silence" },
};

/** What only an answer with a body can suffer. */
const answered: Record<string, HttpFault> = {
  "a body that ends early": { kind: "truncate", missing: 10 },
  "a body longer than announced": { kind: "wrong-length", difference: -10 },
  "a body shorter than announced": { kind: "wrong-length", difference: 10 },
};

let proxy: FaultProxy;
let store: ObjectStore;
/** The same one, asked at most twice, and not waited for long. Whether it fails is all that is asked of it. */
let impatient: ObjectStore;
let bucket: string;

beforeEach(async () => {
  const fresh = await freshS3();
  bucket = fresh.bucket;
  proxy = await startFaultProxy(fresh.options.endpoint);
  const options = { ...fresh.options, endpoint: proxy.endpoint, partBytes };
  store = await ObjectStore.open(minio({ ...options, idleSeconds: 4 }));
  impatient = await ObjectStore.open(minio({ ...options, idleSeconds: 0.5 }), { maxRetries: 1 });
});
afterEach(async () => {
  proxy.heal();
  await store.close();
  await impatient.close();
  await proxy.stop();
});

async function rawBytes(key: string): Promise<Buffer | null> {
  const client = (await s3Server()).rawClient();
  try {
    return Buffer.concat(await (await client.getObject(bucket, key)).toArray());
  } catch (error) {
    expect(error).toMatchObject({ code: "NoSuchKey" });
    return null;
  }
}

async function contentOf(key: string): Promise<Uint8Array | null> {
  const object = await store.get(key);
  return object === null ? null : readAll(object, 100_000_000);
}

async function keysOf(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

const of = (key: string): RegExp => new RegExp(`/${key}(\\?|$)`);

async function after<T>(fault: PlannedHttpFault, work: () => Promise<T>): Promise<T | { readonly failed: unknown }> {
  proxy.plan(fault);
  const outcome = await work().catch((error: { code?: unknown }) => ({ failed: error.code ?? error }));
  expect(proxy.happened()[0]).toBeGreaterThan(0);
  proxy.heal();
  return outcome;
}

describe.each(Object.entries(open))("%s", (_, fault) => {
  test("once while creating: it is created, once, with these bytes", async () => {
    const created = await after({ method: "PUT", path: of("new"), calls: 1, fault }, () => store.create("new", bytes));
    expect(created).toMatchObject({ key: "new", size: bytes.length });
    expect(await rawBytes("new")).toEqual(Buffer.from(bytes));
    await expect(store.create("new", bytes)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  });

  test("once while creating what is there: it exists, and stays as it is", async () => {
    await store.create("taken", Uint8Array.of(1));
    const outcome = await after({ method: "PUT", path: of("taken"), calls: 1, fault }, () =>
      store.create("taken", bytes),
    );
    expect(outcome).toEqual({ failed: "OBJECT_EXISTS" });
    expect(await rawBytes("taken")).toEqual(Buffer.of(1));
  });

  test("always: every call fails, and none finds that there is nothing", async () => {
    await store.create("there", bytes);
    for (const [name, work] of everyCall()) {
      const outcome = await after({ path: /./, fault }, work);
      expect({ name, outcome }).toEqual({
        name,
        outcome: { failed: expect.stringMatching(/^(STORE_UNREACHABLE|OUTCOME_UNKNOWN)$/) },
      });
    }
    expect(await rawBytes("there")).not.toBeNull();
  });

  test("once in each request of a large upload: whole, or nothing and no parts", async () => {
    for (const [name, method, path] of [
      ["start", "POST", /\?uploads/],
      ["part", "PUT", /partNumber=2/],
      ["end", "POST", /\?uploadId/],
    ] as const) {
      const outcome = await after({ method, path, calls: 1, fault }, () => store.upload(name, large));
      const found = await rawBytes(name);
      if ("failed" in outcome)
        expect({ name, outcome, found }).toEqual({ name, outcome: { failed: "STORE_UNREACHABLE" }, found: null });
      else expect(found !== null && Buffer.compare(found, large) === 0).toBe(true);
      if (name !== "end") expect(outcome).toMatchObject({ size: large.length });
    }
    await store.close();
    // A start whose answer was lost leaves an upload without parts.
    expect((await incompleteUploads(bucket)).length).toBeLessThanOrEqual(1);
  });

  test("once while deleting, looking, reading or listing: it is done", async () => {
    await store.create("there", bytes);
    expect(await after({ method: "HEAD", calls: 1, fault }, () => store.head("there"))).toMatchObject({ size: 3_000 });
    expect(await after({ method: "GET", calls: 1, fault }, () => contentOf("there"))).toEqual(bytes);
    expect(await after({ method: "GET", calls: 1, fault }, () => keysOf(""))).toEqual(["there"]);
    await after({ method: "DELETE", calls: 1, fault }, () => store.delete("there"));
    expect(await rawBytes("there")).toBeNull();
  });
});

describe.each(Object.entries(answered))("%s", (_, fault) => {
  test("is no shorter object, no shorter listing, and no miss", async () => {
    for (const key of ["a", "b", "c"]) await store.create(key, bytes);
    const range = { offset: 1, length: 2_000 };
    const read = async (): Promise<Uint8Array | null> => {
      const object = await store.get("a", { range });
      return object === null ? null : readAll(object, 10_000);
    };
    expect(await after({ method: "GET", path: of("a"), fault }, read)).toEqual({ failed: "STORE_UNREACHABLE" });
    expect(await read()).toEqual(bytes.subarray(1, 2_001));
    expect(await after({ method: "GET", path: /list-type/, calls: 1, fault }, () => keysOf(""))).toEqual([
      "a",
      "b",
      "c",
    ]);
    const always = await after({ method: "GET", path: /list-type/, fault }, () => impatient.list("").next());
    expect(always).toEqual({ failed: "STORE_UNREACHABLE" });
  });
});

test("a body that comes byte by byte comes whole", async () => {
  await store.create("slow", bytes);
  expect(await after({ method: "GET", fault: { kind: "slow" } }, () => contentOf("slow"))).toEqual(bytes);
});

test("a 403 is a refusal at once: nothing is repeated, nothing written, nothing called absent", async () => {
  await store.create("there", bytes);
  const fault = { kind: "answer", when: "before", status: 403, body: "<p>Forbidden</p>" } as const;
  const refused = { failed: "STORE_REFUSED" };
  for (const [name, work] of everyCall()) {
    proxy.plan({ fault });
    const outcome = await work().catch((error: { code?: unknown }) => ({ failed: error.code }));
    expect({ name, outcome, requests: proxy.happened()[0] }).toEqual({ name, outcome: refused, requests: 1 });
    proxy.heal();
  }
  expect(await rawBytes("there")).toEqual(Buffer.from(bytes));
  expect(await rawBytes("new")).toBeNull();
});

test("a 200 that reports an error when the parts are put together is no object", async () => {
  const fault = { kind: "answer", when: "before", status: 200, body: errorPage } as const;
  const outcome = await after({ method: "POST", path: /\?uploadId/, fault }, () => store.upload("half", large));
  expect(outcome).toEqual({ failed: "STORE_UNREACHABLE" });
  expect(await rawBytes("half")).toBeNull();
  await store.close();
  expect(await incompleteUploads(bucket)).toEqual([]);
});

function everyCall(): [string, () => Promise<unknown>][] {
  return [
    ["get", () => impatient.get("there")],
    ["get of a miss", () => impatient.get("none")],
    ["head", () => impatient.head("there")],
    ["head of a miss", () => impatient.head("none")],
    ["list", () => impatient.list("").next()],
    ["create", () => impatient.create("new", bytes)],
    ["replace", () => impatient.replace("there", bytes)],
    ["upload", () => impatient.upload("new", large)],
    ["delete", () => impatient.delete("none")],
  ];
}
