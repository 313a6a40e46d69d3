import { expect, test } from "vitest";
import { isRadosgwInstalled, startRadosgw } from "../src/radosgw.js";
import { startS3Server } from "../src/s3.js";

// Where it cannot be tested that it keeps what it acknowledged, it is that a test which needs it says how to get it.
if (await isRadosgwInstalled())
  test("what a gateway acknowledged before it was killed is there when it is started again", async () => {
    const server = await startRadosgw();
    try {
      const bucket = await server.freshBucket();
      const client = server.rawClient();
      await client.putObject(bucket, "kept", "content");
      await server.killGateway();
      await expect(client.statObject(bucket, "kept")).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await server.startGateway();
      expect(await client.statObject(bucket, "kept")).toMatchObject({ size: 7 });
    } finally {
      await server.stop();
    }
  });

test("a server that is asked for and is not there fails the test, and names what to install", async () => {
  const before = process.env.FOGBOUND_TEST_S3_SERVER;
  process.env.FOGBOUND_TEST_S3_SERVER = "a kind that nobody has";
  try {
    await expect(startS3Server()).rejects.toThrow(/apt-get install .* radosgw/);
  } finally {
    if (before === undefined) delete process.env.FOGBOUND_TEST_S3_SERVER;
    else process.env.FOGBOUND_TEST_S3_SERVER = before;
  }
});
