import { ObjectStore, readAll } from "@fogbound/storage";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { minio, type ObjectLock } from "../src/index.js";
import { type FreshS3, freshS3, s3Server } from "./fresh-s3.js";

type Client = ReturnType<Awaited<ReturnType<typeof s3Server>>["rawClient"]>;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

async function textUnder(store: ObjectStore, key: string): Promise<string | null> {
  const object = await store.get(key);
  return object === null ? null : new TextDecoder().decode(await readAll(object, 100));
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
}

async function versionsOf(
  client: Client,
  bucket: string,
  key: string,
): Promise<readonly { readonly versionId: string }[]> {
  const all = await client.listObjects(bucket, key, true, { IncludeVersion: true }).toArray();
  return all.filter(({ name }) => name === key);
}

const kinds: readonly ObjectLock[] = (await s3Server()).hasObjectLock ? ["compliance", "governance"] : [];

describe.each(kinds)("object lock, %s", (objectLock) => {
  let fresh: FreshS3;
  let store: ObjectStore;
  let client: Client;

  beforeEach(async () => {
    fresh = await freshS3({ objectLock });
    store = await ObjectStore.open(fresh.driver);
    client = (await s3Server()).rawClient();
  });
  afterEach(() => store.close());

  test("the store itself says what is retained, how and until when, and lets nobody delete it", async () => {
    const retainUntil = inAnHour();
    await store.create("record", utf8("kept"), { retainUntil });
    const [version] = await versionsOf(client, fresh.bucket, "record");
    const { versionId = "" } = version ?? {};
    const told = Object(await client.getObjectRetention(fresh.bucket, "record", { versionId }));
    expect(told.mode).toBe(objectLock.toUpperCase());
    expect(new Date(told.retainUntilDate).getTime()).toBe(Math.ceil(retainUntil.getTime() / 1000) * 1000);
    await expect(client.removeObject(fresh.bucket, "record", { versionId })).rejects.toMatchObject({
      code: "AccessDenied",
    });
    await expect(store.delete("record")).rejects.toMatchObject({ code: "STORE_REFUSED" });
    await expect(store.replace("record", utf8("other"))).rejects.toMatchObject({ code: "STORE_REFUSED" });
    expect(await textUnder(store, "record")).toBe("kept");
  });

  test("a delete marker hides nothing, and frees no key", async () => {
    await store.create("record", utf8("kept"), { retainUntil: inAnHour() });
    await store.create("other", utf8("not retained"));
    for (const key of ["record", "other"]) await client.removeObject(fresh.bucket, key);
    await expect(client.statObject(fresh.bucket, "record")).rejects.toMatchObject({ code: "NotFound" });
    expect(await textUnder(store, "record")).toBe("kept");
    expect(await store.head("record")).toMatchObject({ size: 4 });
    expect(await store.get("record", { range: { offset: 1, length: 2 } })).toMatchObject({ size: 4 });
    expect(await keysOf(store)).toEqual(["other", "record"]);
    for (const key of ["record", "other"])
      await expect(store.create(key, utf8("anew"))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    expect(await textUnder(store, "other")).toBe("not retained");
  });

  test("what somebody puts over an object does not take its place", async () => {
    await store.create("record", utf8("the first"), { retainUntil: inAnHour() });
    for (let count = 0; count < 3; count++) await client.putObject(fresh.bucket, "record", `forged ${count}`);
    expect(await textUnder(store, "record")).toBe("the first");
    expect(await store.head("record")).toMatchObject({ size: 9 });
    for await (const { size } of store.list("record")) expect(size).toBe(9);
    await expect(store.upload("record", utf8("a longer one"))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  });

  test("what was replaced or deleted leaves no version behind", async () => {
    await store.replace("derived", utf8("one"));
    await store.replace("derived", utf8("two"));
    expect(await versionsOf(client, fresh.bucket, "derived")).toHaveLength(1);
    await client.removeObject(fresh.bucket, "derived");
    await store.delete("derived");
    expect(await versionsOf(client, fresh.bucket, "derived")).toEqual([]);
  });

  test("a key with more versions and markers than a page is one object in a listing", async () => {
    await store.create("b", utf8("the first"));
    for (let count = 0; count < 12; count++) {
      await client.putObject(fresh.bucket, "b", `later ${count}`);
      await client.removeObject(fresh.bucket, "b");
    }
    for (const key of ["a", "c"]) await store.create(key, utf8(key));
    const seen: string[] = [];
    const { signal } = new AbortController();
    for (let page = await fresh.driver.list("", "", 2, signal); page.length > 0; ) {
      seen.push(...page.map(({ key, size }) => `${key} ${size}`));
      page = await fresh.driver.list("", seen.at(-1)?.split(" ")[0] ?? "", 2, signal);
    }
    expect(seen.filter((entry) => !entry.startsWith(".fogbound"))).toEqual(["a 1", "b 9", "c 1"]);
  });

  test("the object that proved retention goes when it can, and is no object of the store", async () => {
    expect(await keysOf(store)).toEqual([]);
    expect(store.capabilities).toEqual({ largeCreateOnly: true, enforcedRetention: true, conditionalDelete: false });
    const again = await ObjectStore.open(minio(fresh.options), { readOnly: true });
    expect(again.capabilities.enforcedRetention).toBe(false);
    await again.close();
  });
});

test("a bucket that keeps no versions claims neither large create-only nor retention", async () => {
  const store = await ObjectStore.open((await freshS3()).driver);
  expect(store.capabilities).toEqual({ largeCreateOnly: false, enforcedRetention: false, conditionalDelete: false });
  await store.close();
});
