import { expect, test } from "vitest";
import { startRadosgw } from "../src/radosgw.js";

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
