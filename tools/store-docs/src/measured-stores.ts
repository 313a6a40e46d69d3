import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureBlob } from "@fogbound/adapter-azure-blob";
import { localDisk } from "@fogbound/adapter-local-disk";
import { minio, type ObjectLock } from "@fogbound/adapter-minio";
import { memoryDriver, type StoreDriver } from "@fogbound/storage";
import { startAzurite } from "@fogbound/tool-store-servers/azurite";
import { startFaultProxy } from "@fogbound/tool-store-servers/fault-proxy";
import { startMiniflare } from "@fogbound/tool-store-servers/miniflare";
import { startRadosgw } from "@fogbound/tool-store-servers/radosgw";
import type { S3Server } from "@fogbound/tool-store-servers/s3-server";
import { type Requests, requestName } from "./requests.js";

/** An empty store, to be measured. */
export interface Fresh {
  /** What answers there, with its version. */
  readonly server: string;
  readonly driver: StoreDriver;
  /** What was asked of the server since the last time; null where there is none to ask. */
  readonly requests: Requests | null;
  /** Deletes as any other client does, which knows nothing of Fogbound. */
  deleteAsOthersDo(key: string): Promise<void>;
  stop(): Promise<void>;
}

/** What is measured, by the name it has in the documents. */
export interface MeasuredStore {
  readonly name: string;
  readonly needsRadosgw: boolean;
  start(): Promise<Fresh>;
}

export const measuredStores: readonly MeasuredStore[] = [
  { name: "memory", needsRadosgw: false, start: memory },
  { name: "a directory", needsRadosgw: false, start: directory },
  { name: "S3, plain bucket", needsRadosgw: true, start: () => s3(startRadosgw, "plain") },
  { name: "S3, bucket with versions", needsRadosgw: true, start: () => s3(startRadosgw, "versions") },
  { name: "S3, bucket with object lock", needsRadosgw: true, start: () => s3(startRadosgw, "compliance") },
  { name: "S3, R2's own server", needsRadosgw: false, start: () => s3(startMiniflare, "plain") },
  { name: "Azure Blob Storage", needsRadosgw: false, start: azure },
];

async function memory(): Promise<Fresh> {
  const driver = memoryDriver();
  return {
    server: "the process itself",
    driver,
    requests: null,
    deleteAsOthersDo: (key) => driver.delete(key, new AbortController().signal),
    stop: async () => undefined,
  };
}

async function directory(): Promise<Fresh> {
  const folder = await mkdtemp(join(tmpdir(), "fogbound-measured-"));
  return {
    server: "a local file system",
    driver: localDisk({ directory: folder }),
    requests: null,
    async deleteAsOthersDo(key) {
      const [name, ...others] = (await readdir(join(folder, "objects"))).filter((one) => one.startsWith(key));
      if (name === undefined || others.length > 0) throw new Error(`Expected one file for ${key}.`);
      await rm(join(folder, "objects", name));
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function s3(startServer: () => Promise<S3Server>, bucketIs: "plain" | "versions" | ObjectLock): Promise<Fresh> {
  const server = await startServer();
  const isLocked = bucketIs === "compliance" || bucketIs === "governance";
  const bucket = await server.freshBucket({ objectLock: isLocked });
  const client = server.rawClient();
  if (bucketIs === "versions") await client.setBucketVersioning(bucket, { Status: "Enabled" });
  const watched = await watch(server.endpoint);
  const { credentials, region } = server;
  const lock = isLocked ? { objectLock: bucketIs } : {};
  return {
    server: server.name.replace(/, memstore$/, "").replace("@", " "),
    driver: minio({ endpoint: watched.endpoint, bucket, credentials, region, ...lock }),
    requests: watched.requests,
    deleteAsOthersDo: (key) => client.removeObject(bucket, key),
    async stop() {
      await watched.stop();
      await server.stop();
    },
  };
}

async function azure(): Promise<Fresh> {
  const server = await startAzurite();
  const { account, accountKey } = server.credentials;
  const service = new BlobServiceClient(server.endpoint, new StorageSharedKeyCredential(account, accountKey));
  const container = service.getContainerClient("measured");
  await container.create();
  const watched = await watch(server.endpoint);
  return {
    server: server.name,
    driver: azureBlob({ account, endpoint: watched.endpoint, container: "measured", credentials: { accountKey } }),
    requests: watched.requests,
    async deleteAsOthersDo(key) {
      await container.deleteBlob(key);
    },
    async stop() {
      await watched.stop();
      await server.stop();
    },
  };
}

async function watch(endpoint: string) {
  let seen: string[] = [];
  const proxy = await startFaultProxy(
    endpoint,
    ({ method = "", url = "" }) => void seen.push(requestName(method, url)),
  );
  const requests: Requests = {
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
  };
  return { endpoint: proxy.endpoint, requests, stop: () => proxy.stop() };
}
