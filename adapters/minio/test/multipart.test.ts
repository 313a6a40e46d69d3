import { createHash } from "node:crypto";
import { ObjectStore, toAsyncIterable } from "@fogbound/storage";
import { startFaultProxy } from "@fogbound/tool-store-servers/fault-proxy";
import { expect, test } from "vitest";
import { minio } from "../src/index.js";
import { freshS3, incompleteUploads, s3Server } from "./fresh-s3.js";

const partBytes = 5 * 1024 * 1024;
const chunkBytes = 256 * 1024;

/** Content whose length nobody is told, made as it is read, in one buffer that is used again. */
async function* endless(
  chunks: number,
  onChunk: (index: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(chunkBytes);
  for (let index = 0; index < chunks; index++) {
    chunk.fill(index).set(Buffer.from(`chunk ${index}`));
    onChunk(index);
    yield chunk;
  }
}

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
}

test("a content of unknown length arrives whole, in many parts", async () => {
  const { options, bucket } = await freshS3();
  const store = await ObjectStore.open(minio({ ...options, partBytes }));
  const chunks = 200;
  const info = await store.upload("large", endless(chunks));
  expect(info.size).toBe(chunks * chunkBytes);
  const object = await store.get("large");
  expect(object?.size).toBe(info.size);
  expect(object && (await digestOf(toAsyncIterable(object.body)))).toBe(await digestOf(endless(chunks)));
  expect((await (await s3Server()).rawClient().statObject(bucket, "large")).etag).toMatch(/-10$/);
  await store.close();
});

test("a store that takes no parts is sent two, and a third is held: no more of the source is read", async () => {
  const { options, bucket } = await freshS3();
  const proxy = await startFaultProxy(options.endpoint);
  const store = await ObjectStore.open(minio({ ...options, partBytes, endpoint: proxy.endpoint }));
  proxy.plan({ method: "PUT", path: /partNumber=/, fault: { kind: "silence" } });
  const controller = new AbortController();
  let read = 0;
  const count = (index: number): void => {
    read = index + 1;
  };
  const uploading = store.upload("large", endless(1_000, count), { signal: controller.signal });
  await expect.poll(() => proxy.happened()).toEqual([2]);
  for (let turn = 0; turn < 1_000; turn++) await new Promise(setImmediate);
  expect(read * chunkBytes).toBeLessThanOrEqual(3 * partBytes + chunkBytes);
  controller.abort(new Error("enough"));
  await expect(uploading).rejects.toThrow("enough");
  await store.close();
  await proxy.stop();
  expect(await incompleteUploads(bucket)).toEqual([]);
});

test("contents that end at a part's end, or just behind it, arrive whole", async () => {
  const { options } = await freshS3();
  const store = await ObjectStore.open(minio({ ...options, partBytes }));
  for (const size of [0, 1, partBytes - 1, partBytes, partBytes + 1, 2 * partBytes, 2 * partBytes + 1]) {
    const bytes = new Uint8Array(size).fill(7);
    await store.upload(`sized/${size}`, bytes);
    expect(await store.head(`sized/${size}`)).toMatchObject({ size });
  }
  await store.close();
});

test("what was sent is removed when the source fails, or the signal aborts, before the driver is closed", async () => {
  const { options, bucket } = await freshS3();
  const store = await ObjectStore.open(minio({ ...options, partBytes }));
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield* endless(50);
    throw new Error("the disk the source was on");
  };
  await expect(store.upload("failed", failing())).rejects.toThrow("the disk the source was on");
  const controller = new AbortController();
  const aborting = endless(200, (index) => index === 70 && controller.abort(new Error("no longer wanted")));
  await expect(store.upload("aborted", aborting, { signal: controller.signal })).rejects.toThrow("no longer wanted");
  await store.close();
  expect(await incompleteUploads(bucket)).toEqual([]);
});

test("an upload of the same key that was left over does no harm, and comes to none", async () => {
  const { options, bucket } = await freshS3();
  const client = (await s3Server()).rawClient();
  const uploadId = await client.initiateNewMultipartUpload(bucket, "left-over", {});
  const part = Buffer.alloc(partBytes, 7);
  for (const partNumber of [2, 3])
    await client.uploadPart(
      { bucketName: bucket, objectName: "left-over", uploadID: uploadId, partNumber, headers: {} },
      part,
    );
  const store = await ObjectStore.open(minio({ ...options, partBytes }));
  const repeating = Buffer.alloc(4 * partBytes, 7);
  expect(await store.upload("left-over", repeating)).toMatchObject({ size: repeating.length });
  expect(await store.head("left-over")).toMatchObject({ size: repeating.length });
  await store.close();
  expect((await incompleteUploads(bucket)).filter(({ uploadId: id }) => id !== uploadId)).toEqual([]);
});
