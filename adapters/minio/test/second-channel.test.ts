import { ObjectStore, readAll } from "@fogbound/storage";
import { hostileKeys } from "@fogbound/storage/conformance";
import { expect, test } from "vitest";
import { minio } from "../src/index.js";
import { freshS3, s3Server } from "./fresh-s3.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const large = Uint8Array.from({ length: 12_000_000 }, (_, index) => (index * 2_654_435_761) >>> 24);

async function rawBytes(bucket: string, key: string): Promise<Buffer> {
  const client = (await s3Server()).rawClient();
  return Buffer.concat(await (await client.getObject(bucket, key)).toArray());
}

test("the vendor's client finds under the same keys what was written, and no more", async () => {
  const { driver, bucket } = await freshS3();
  const store = await ObjectStore.open(driver);
  await store.create("capsules/cap_7k2m/manifests/00000001-ab", utf8("manifest"));
  await store.replace("checkpoint", utf8("derived"));
  await store.upload("content/small", utf8("small"));
  await store.upload("content/large", new Blob([large]).stream());
  await store.close();
  expect((await rawBytes(bucket, "capsules/cap_7k2m/manifests/00000001-ab")).toString()).toBe("manifest");
  expect((await rawBytes(bucket, "checkpoint")).toString()).toBe("derived");
  expect((await rawBytes(bucket, "content/small")).toString()).toBe("small");
  expect(Buffer.compare(await rawBytes(bucket, "content/large"), large)).toBe(0);
  const client = (await s3Server()).rawClient();
  const names = (await client.listObjectsV2(bucket, "", true).toArray()).map(({ name }) => name);
  expect(names.sort()).toEqual([
    "capsules/cap_7k2m/manifests/00000001-ab",
    "checkpoint",
    "content/large",
    "content/small",
  ]);
});

test("what the vendor's client wrote is an object, whatever its key", async () => {
  const { driver, bucket } = await freshS3();
  const client = (await s3Server()).rawClient();
  const keys = hostileKeys.filter((_, index) => index % 4 === 0);
  for (const key of keys) await client.putObject(bucket, key, `content of ${key}`);
  await client.putObject(bucket, "typed", "typed", undefined, { "Content-Type": "text/plain", "x-amz-meta-who": "me" });
  const store = await ObjectStore.open(driver);
  for (const key of [...keys, "typed"]) {
    const object = await store.get(key);
    const text = object && new TextDecoder().decode(await readAll(object, 5_000));
    expect(text).toBe(key === "typed" ? "typed" : `content of ${key}`);
  }
  await store.close();
});

test("a prefix keeps two stores in one bucket apart, and its keys are those of the bucket below it", async () => {
  const { options, bucket } = await freshS3();
  const one = await ObjectStore.open(minio({ ...options, prefix: "vaults/Größe +1" }));
  const other = await ObjectStore.open(minio({ ...options, prefix: "vaults/Größe +1 too/" }));
  await one.create("a", utf8("one"));
  await other.create("a", utf8("other"));
  expect((await rawBytes(bucket, "vaults/Größe +1/a")).toString()).toBe("one");
  expect((await rawBytes(bucket, "vaults/Größe +1 too/a")).toString()).toBe("other");
  for (const store of [one, other]) {
    const keys: string[] = [];
    for await (const { key } of store.list("")) keys.push(key);
    expect(keys).toEqual(["a"]);
    await store.close();
  }
});
