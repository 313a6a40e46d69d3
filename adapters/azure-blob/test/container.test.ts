import { compareKeys, ObjectStore, readAll } from "@fogbound/storage";
import { hostileKeys } from "@fogbound/storage/conformance";
import { afterEach, beforeEach, expect, test } from "vitest";
import { azureBlob, azureBlobFromUrl } from "../src/index.js";
import { inChunks, patternBytes, rawBytes, rawNames, utf8 } from "./bytes.js";
import { smallBlockDriver } from "./driver-of.js";
import { connectionString, type FreshContainer, freshContainer } from "./fresh-container.js";

let container: FreshContainer;

beforeEach(async () => {
  container = await freshContainer();
});
afterEach(() => container.stop());

async function keysOf(store: ObjectStore, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

async function whole(store: ObjectStore, key: string): Promise<Uint8Array | null> {
  const object = await store.get(key);
  return object === null ? null : readAll(object, 1_000_000);
}

test("the container holds what was written, under names one can read, and nothing else", async () => {
  const store = await ObjectStore.open(smallBlockDriver(container.options, 1_000));
  await store.create("capsules/cap_7k2m/manifests/00000001-ab", utf8("manifest"));
  await store.upload("capsules/cap_7k2m/content", inChunks(patternBytes(2_500, 1), 700));
  await store.replace("a\\b", utf8("escaped"));
  const { raw } = container;
  expect(await rawNames(raw)).toEqual([
    "capsules/cap_7k2m/content",
    "capsules/cap_7k2m/manifests/00000001-ab",
    "\u0161\u015c\u0162",
  ]);
  expect(await rawBytes(raw, "capsules/cap_7k2m/content")).toEqual(patternBytes(2_500, 1));
  const list = await raw.getBlockBlobClient("capsules/cap_7k2m/content").getBlockList("all");
  expect(list.committedBlocks?.map(({ size }) => size)).toEqual([1_000, 1_000, 500]);
  expect(list.uncommittedBlocks ?? []).toEqual([]);
  for (const name of await rawNames(raw))
    expect((await raw.getBlobClient(name).getProperties()).contentType).toBe("application/octet-stream");
});

test("what others write under our names is an object; under other names it is nobody's", async () => {
  const { raw } = container;
  await raw.getBlockBlobClient("by/hand").upload("one", 3);
  const blob = raw.getBlockBlobClient("in.blocks");
  await blob.stageBlock("AAAA", "two", 3);
  await blob.commitBlockList(["AAAA"]);
  const append = raw.getAppendBlobClient("appended");
  await append.create();
  await append.appendBlock("three", 5);
  for (const name of ["é", "a b", "trailing.", "a//b", "~"]) await raw.getBlockBlobClient(name).upload("x", 1);
  await blob.createSnapshot();
  await raw.getBlockBlobClient("unfinished").stageBlock("AAAA", "four", 4);
  const store = await ObjectStore.open(container.driver);
  expect(await keysOf(store)).toEqual(["appended", "by/hand", "in.blocks"]);
  expect(await whole(store, "in.blocks")).toEqual(utf8("two"));
  expect(await whole(store, "appended")).toEqual(utf8("three"));
  expect(await store.head("unfinished")).toBeNull();
  await expect(store.create("by/hand", utf8("ours"))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  await expect(store.upload("appended", utf8("ours"))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  await store.delete("in.blocks");
  expect(await blob.exists()).toBe(false);
});

test("keys that Azure folds together stay apart, by the vendor's own client too", async () => {
  const store = await ObjectStore.open(container.driver);
  for (const key of hostileKeys.slice(0, 60)) await store.create(key, utf8(`content of ${key}`));
  const names = await rawNames(container.raw);
  expect(new Set(names).size).toBe(60);
  for (const name of names) expect(await rawBytes(container.raw, name)).not.toBeNull();
  expect(await keysOf(store)).toEqual(hostileKeys.slice(0, 60).sort(compareKeys));
});

test("a key too long for its prefix is refused before anything is sent", async () => {
  const store = await ObjectStore.open(azureBlob({ ...container.options, prefix: "deep/down" }));
  const longest = "y".repeat(1024 - "deep/down/".length);
  await store.create(longest, utf8("fits"));
  expect(await rawNames(container.raw)).toEqual([`deep/down/${longest}`]);
  for (const call of [store.create(`${longest}y`, utf8("x")), store.get(`${longest}y`), store.delete(`${longest}y`)])
    await expect(call).rejects.toMatchObject({ code: "STORE_UNSUPPORTED" });
});

test("two prefixes of one container see nothing of each other", async () => {
  const one = await ObjectStore.open(azureBlob({ ...container.options, prefix: "vault" }));
  const other = await ObjectStore.open(azureBlob({ ...container.options, prefix: "vault2/" }));
  const root = await ObjectStore.open(container.driver);
  for (const key of ["a", "é"]) await one.create(key, utf8("one"));
  await other.create("a", utf8("other"));
  expect(await keysOf(one)).toEqual(["a", "é"]);
  expect(await keysOf(other)).toEqual(["a"]);
  expect(await keysOf(root, "vault/")).toEqual(["vault/a"]);
});

test("the same store by options, by URL and by every kind of credentials", async () => {
  const { account, accountKey, endpoint, container: name } = container.options;
  const store = await ObjectStore.open(container.driver);
  await store.create("p/a", utf8("seen"));
  const { ContainerSASPermissions } = await import("@azure/storage-blob");
  const permissions = ContainerSASPermissions.parse("racwdl");
  const expiresOn = new Date(Date.now() + 3_600_000);
  const sas = new URL(await container.raw.generateSasUrl({ permissions, expiresOn })).search;
  const url = `azblob://${account}/${name}/p?endpoint=${encodeURIComponent(endpoint)}`;
  const ways = [
    azureBlob({ container: name, prefix: "p", credentials: { connectionString: await connectionString() } }),
    azureBlob({ container: name, prefix: "p", endpoint, credentials: { accountKey } }),
    azureBlob({ container: name, prefix: "p", endpoint, credentials: { sas } }),
    azureBlobFromUrl(url, { AZURE_STORAGE_KEY: accountKey }),
    azureBlobFromUrl(url, { AZURE_STORAGE_KEY: "", AZURE_STORAGE_SAS_TOKEN: sas.slice(1) }),
    azureBlobFromUrl(`azblob://${account}/${name}/p`, { AZURE_STORAGE_CONNECTION_STRING: await connectionString() }),
  ];
  for (const [index, driver] of ways.entries()) {
    const opened = await ObjectStore.open(driver);
    expect(await whole(opened, "a")).toEqual(utf8("seen"));
    await opened.upload(`b${index}`, inChunks(utf8("written"), 3));
  }
  expect(await keysOf(store)).toEqual(["p/a", ...ways.map((_, index) => `p/b${index}`)]);
});

test("a signature that may only read opens the store read-only", async () => {
  const { ContainerSASPermissions } = await import("@azure/storage-blob");
  const expiresOn = new Date(Date.now() + 3_600_000);
  const permissions = ContainerSASPermissions.parse("rl");
  const sas = new URL(await container.raw.generateSasUrl({ permissions, expiresOn })).search;
  await container.raw.getBlockBlobClient("there").upload("x", 1);
  const store = await ObjectStore.open(azureBlob({ ...container.options, credentials: { sas } }));
  expect(store.readOnly).toBe(true);
  expect(await keysOf(store)).toEqual(["there"]);
  await expect(store.create("new", utf8("x"))).rejects.toMatchObject({ code: "STORE_REFUSED" });
});

test("the store deletes on a condition, as its capabilities say", async () => {
  const store = await ObjectStore.open(container.driver);
  expect(store.capabilities).toEqual({ largeCreateOnly: true, enforcedRetention: false, conditionalDelete: true });
  await store.create("kept", utf8("x"));
  const blob = container.raw.getBlobClient("kept");
  const stale = blob.delete({ conditions: { ifMatch: '"0x1"' } });
  await expect(stale).rejects.toMatchObject({ statusCode: 412, code: "ConditionNotMet" });
  expect(await store.head("kept")).not.toBeNull();
  await blob.delete({ conditions: { ifMatch: (await blob.getProperties()).etag ?? "" } });
  expect(await store.head("kept")).toBeNull();
});
