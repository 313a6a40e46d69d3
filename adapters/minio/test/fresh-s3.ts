import type { StoreUnderTest } from "@fogbound/storage/conformance";
import { startS3Server } from "@fogbound/tool-store-servers/s3";
import type { S3Server } from "@fogbound/tool-store-servers/s3-server";
import { afterAll } from "vitest";
import { type MinioOptions, minio } from "../src/index.js";

let server: Promise<S3Server> | null = null;
let start: () => Promise<S3Server> = startS3Server;

afterAll(async () => {
  await (await server)?.stop();
});

/** Makes this test file's server another kind than the best one there is. Called before it is first asked for. */
export function useServer(other: () => Promise<S3Server>): void {
  start = other;
}

/** The one server of a test file, started when it is first asked for. */
export function s3Server(): Promise<S3Server> {
  server ??= start();
  return server;
}

export interface FreshS3 extends StoreUnderTest {
  readonly options: MinioOptions;
  readonly bucket: string;
}

/** A driver over a bucket of its own. @param differences from options that suit the server */
export async function freshS3(differences: Partial<MinioOptions> = {}): Promise<FreshS3> {
  const started = await s3Server();
  const bucket = await started.freshBucket({ objectLock: differences.objectLock !== undefined });
  const { endpoint, credentials, region } = started;
  const options: MinioOptions = { endpoint, bucket, credentials, region, ...differences };
  return { driver: minio(options), options, bucket, stop: async () => undefined };
}

/** What is left of uploads that did not end; none where the server cannot tell, which is miniflare alone. */
export async function incompleteUploads(bucket: string): Promise<readonly { readonly uploadId: string }[]> {
  const { kind, rawClient } = await s3Server();
  if (kind === "miniflare") return [];
  return rawClient().listIncompleteUploads(bucket, "", true).toArray();
}
