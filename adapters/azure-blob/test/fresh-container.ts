import { randomUUID } from "node:crypto";
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import type { StoreDriver } from "@fogbound/storage";
import { type AzureCredentials, type AzureServer, startAzurite } from "@fogbound/tool-store-servers/azurite";
import { afterAll } from "vitest";
import { type AzureBlobOptions, azureBlob } from "../src/index.js";

let server: Promise<AzureServer> | null = null;

/** One server for each test file, started when the first container is wanted. */
export function azureServer(): Promise<AzureServer> {
  server ??= startAzurite();
  return server;
}

afterAll(async () => {
  const started = await server?.catch(() => null);
  await started?.stop();
});

/** As the Azure portal shows it. */
export async function connectionString(): Promise<string> {
  const { endpoint, credentials } = await azureServer();
  const { account, accountKey } = credentials;
  const protocol = new URL(endpoint).protocol.slice(0, -1);
  return `DefaultEndpointsProtocol=${protocol};AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint}`;
}

export interface FreshContainer {
  readonly options: AzureBlobOptions & AzureCredentials & { readonly endpoint: string };
  readonly driver: StoreDriver;
  /** The vendor's own client, which knows nothing of the adapter. */
  readonly raw: ContainerClient;
  stop(): Promise<void>;
}

/** An empty container of its own. */
export async function freshContainer(): Promise<FreshContainer> {
  const { endpoint, credentials } = await azureServer();
  const container = `fogbound-${randomUUID()}`;
  const key = new StorageSharedKeyCredential(credentials.account, credentials.accountKey);
  const raw = new ContainerClient(`${endpoint}/${container}`, key, { retryOptions: { maxTries: 1 } });
  await raw.create();
  const options = { ...credentials, endpoint, container, credentials };
  return { options, driver: azureBlob(options), raw, stop: async () => void (await raw.deleteIfExists()) };
}
