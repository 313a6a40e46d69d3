import { ObjectStore } from "@fogbound/storage";
import { testStore } from "@fogbound/storage/conformance";
import { expect, test } from "vitest";
import { minio } from "../src/index.js";
import { failuresWith } from "./failures.js";
import { freshS3, s3Server } from "./fresh-s3.js";

const objectLock = "compliance";

// What stands here in a store without object lock is what it does then: it is refused.
if ((await s3Server()).hasObjectLock)
  testStore({
    name: "minio with object lock",
    start: () => freshS3({ objectLock }),
    failures: failuresWith({ objectLock }),
  });

test("a bucket without object lock is refused when object lock is asked for, and taken when it is not", async () => {
  const { options } = await freshS3();
  const asking = ObjectStore.open(minio({ ...options, objectLock }), { maxRetries: 0 });
  await expect(asking).rejects.toMatchObject({
    code: "STORE_UNSUITABLE",
    message: expect.stringContaining("objectLock"),
  });
  const store = await ObjectStore.open(minio(options));
  expect(store.capabilities.enforcedRetention).toBe(false);
  await store.close();
});
