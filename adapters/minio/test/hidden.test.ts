import { type HiddenObject, ObjectStore } from "@fogbound/storage";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FreshS3, freshS3, s3Server } from "./fresh-s3.js";

type Client = ReturnType<Awaited<ReturnType<typeof s3Server>>["rawClient"]>;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function hiddenIn(store: ObjectStore, prefix = ""): Promise<HiddenObject[]> {
  const found: HiddenObject[] = [];
  for await (const one of store.hidden(prefix)) found.push(one);
  return found;
}

// A server without object lock keeps no versions either, so nothing can lie over an object.
const kinds = (await s3Server()).hasObjectLock ? (["compliance"] as const) : [];

describe.each(kinds)("what lies over objects in a bucket with object lock, %s", (objectLock) => {
  let fresh: FreshS3;
  let store: ObjectStore;
  let client: Client;

  beforeEach(async () => {
    fresh = await freshS3({ objectLock, prefix: "vault" });
    store = await ObjectStore.open(fresh.driver);
    client = (await s3Server()).rawClient();
  });
  afterEach(() => store.close());

  test("is told of each object: a marker, other bytes, and until when the object is kept", async () => {
    const retainUntil = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    for (const key of ["a/kept", "a/plain", "a/untouched", "b/refilled"])
      await store.create(key, utf8(key), key === "a/kept" ? { retainUntil } : {});
    for (const key of ["a/kept", "a/plain", "b/refilled"]) await client.removeObject(fresh.bucket, `vault/${key}`);
    for (const text of ["forged", "twice"]) await client.putObject(fresh.bucket, "vault/b/refilled", text);
    const kept = { key: "a/kept", size: 6, deleted: true, refilled: 0, retainUntil };
    const plain = { key: "a/plain", size: 7, deleted: true, refilled: 0, retainUntil: null };
    const refilled = { key: "b/refilled", size: 10, deleted: true, refilled: 2, retainUntil: null };
    expect(await hiddenIn(store)).toMatchObject([kept, plain, refilled]);
    expect(await hiddenIn(store, "a/p")).toMatchObject([plain]);
    await store.delete("a/plain");
    expect(await hiddenIn(store, "a/p")).toEqual([]);
  });

  test("is nothing where the same bytes lie twice, where only a marker is left, or a marker is the oldest", async () => {
    await store.create("same", utf8("bytes"));
    await client.putObject(fresh.bucket, "vault/same", "bytes");
    await client.removeObject(fresh.bucket, "vault/nothing");
    await client.removeObject(fresh.bucket, "vault/after a marker");
    await store.create("after a marker", utf8("bytes"));
    expect(await hiddenIn(store)).toEqual([]);
  });

  test("is found among more keys and versions than a page has", async () => {
    await store.create("object 0", utf8("first"));
    // A key with more than a page of versions by itself, and then others.
    for (let batch = 0; batch < 11; batch++)
      await Promise.all(
        Array.from({ length: 100 }, (_, at) => client.putObject(fresh.bucket, "vault/object 0", `${batch} ${at}`)),
      );
    await store.create("object 1", utf8("first"));
    await client.removeObject(fresh.bucket, "vault/object 1");
    expect(await hiddenIn(store)).toMatchObject([
      { key: "object 0", refilled: 1100, deleted: false },
      { key: "object 1", refilled: 0, deleted: true },
    ]);
  });
});

test("nothing is hidden in a bucket that keeps no versions", async () => {
  const store = await ObjectStore.open((await freshS3()).driver);
  await store.create("a", utf8("bytes"));
  expect(await hiddenIn(store)).toEqual([]);
  await store.close();
});
