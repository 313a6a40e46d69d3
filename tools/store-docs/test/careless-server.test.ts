import { minio } from "@fogbound/adapter-minio";
import { ObjectStore } from "@fogbound/storage";
import { startFaultProxy } from "@fogbound/tool-store-servers/fault-proxy";
import { type CarelessServer, startS3rver } from "@fogbound/tool-store-servers/s3rver";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

// MinIO's releases before September 2024 are such servers too.
describe("a server that takes If-None-Match and writes over what is there", () => {
  let server: CarelessServer;
  beforeAll(async () => {
    server = await startS3rver();
  }, 180_000);
  afterAll(() => server?.stop());

  it("is one: by its own client, the second of two creates wins as well", async () => {
    const client = server.rawClient();
    const createOnly = { "If-None-Match": "*" };
    for (const text of ["first", "other"]) await client.putObject(server.bucket, "key", text, undefined, createOnly);
    expect((await (await client.getObject(server.bucket, "key")).toArray()).join("")).toBe("other");
  });

  it("is refused when it is opened, by the name of what it ignores", async () => {
    const { endpoint, bucket, credentials, region } = server;
    // The one answer that this server lacks and MinIO gives: that the bucket keeps no versions.
    const proxy = await startFaultProxy(endpoint);
    onTestFinished(() => proxy.stop());
    const body = '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>';
    proxy.plan({ method: "GET", path: /\?versioning/, fault: { kind: "answer", when: "before", status: 200, body } });
    const opening = ObjectStore.open(minio({ endpoint: proxy.endpoint, bucket, credentials, region }));
    await expect(opening).rejects.toMatchObject({
      code: "STORE_UNSUITABLE",
      message: expect.stringMatching(/create-only was ignored: .* Fogbound cannot keep evidence in such a store/),
    });
    expect(proxy.happened()).toEqual([1]);
  });

  it("is refused without that answer too, before anything is written", async () => {
    const { endpoint, bucket, credentials, region } = server;
    const opening = ObjectStore.open(minio({ endpoint, bucket, credentials, region }), { maxRetries: 0 });
    await expect(opening).rejects.toMatchObject({
      message: expect.stringContaining("whether the bucket keeps versions"),
    });
    const left = await server.rawClient().listObjectsV2(bucket, "", true).toArray();
    expect(left.map(({ name }) => name)).toEqual(["key"]);
  });
});
