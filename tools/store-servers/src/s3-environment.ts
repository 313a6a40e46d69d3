import { makeFreshBucket, rawClientOf, type S3Server } from "./s3-server.js";
import { announce } from "./store-server.js";

/** True when somebody named a store to test with. */
export function isEndpointGiven(): boolean {
  return (process.env.FOGBOUND_TEST_S3_ENDPOINT ?? "") !== "";
}

/**
 * The store at `FOGBOUND_TEST_S3_ENDPOINT` (and `FOGBOUND_TEST_S3_REGION`), with AWS's own variables for credentials,
 * which must be allowed to make buckets. `stop` removes what can be removed of the buckets that were made.
 */
export async function s3FromEnvironment(): Promise<S3Server> {
  const endpoint = required("FOGBOUND_TEST_S3_ENDPOINT").replace(/\/$/, "");
  const sessionToken = process.env.AWS_SESSION_TOKEN ?? "";
  const credentials = {
    accessKeyId: required("AWS_ACCESS_KEY_ID"),
    secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
    ...(sessionToken === "" ? {} : { sessionToken }),
  };
  const about = { endpoint, credentials, region: process.env.FOGBOUND_TEST_S3_REGION ?? "us-east-1" };
  const client = rawClientOf(about);
  const buckets: string[] = [];
  return announce<S3Server>({
    ...about,
    kind: "environment",
    hasObjectLock: true,
    name: "the one of FOGBOUND_TEST_S3_ENDPOINT",
    async freshBucket(options) {
      const bucket = await makeFreshBucket(client, about.region, options);
      buckets.push(bucket);
      return bucket;
    },
    rawClient: () => rawClientOf(about),
    async stop() {
      for (const bucket of buckets.splice(0)) await empty(client, bucket).catch(() => undefined);
    },
  });
}

async function empty(client: ReturnType<typeof rawClientOf>, bucket: string): Promise<void> {
  for await (const { name, versionId } of client.listObjects(bucket, "", true, { IncludeVersion: true }))
    if (name !== undefined) await client.removeObject(bucket, name, { versionId }).catch(() => undefined);
  await client.removeBucket(bucket);
}

function required(name: string): string {
  const value = process.env[name] ?? "";
  if (value !== "") return value;
  throw new Error(`Expected ${name} beside FOGBOUND_TEST_S3_ENDPOINT; set it.`);
}
