import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureBlob } from "@fogbound/adapter-azure-blob";
import { minio } from "@fogbound/adapter-minio";
import { startAzurite } from "@fogbound/tool-store-servers/azurite";
import { startS3Server } from "@fogbound/tool-store-servers/s3";
import { Client } from "minio";

/** What the adapters send at a time, and how many at once. */
const partBytes = 16 * 2 ** 20;
const partsAtOnce = 3;

/** A real server, a driver to it, and the vendor's own client doing the same without us. */
export function startRemote(kind) {
  return kind === "azure" ? azure() : s3();
}

async function s3() {
  const server = await startS3Server();
  const { endpoint, credentials, region } = server;
  const bucket = await server.freshBucket();
  const client = clientOf(server);
  return {
    server: server.name,
    driver: minio({ endpoint, credentials, region, bucket: await server.freshBucket() }),
    // With the condition under which the store creates: it costs the server something, whoever asks for it.
    createRaw: (key, bytes) =>
      client.putObject(bucket, key, Buffer.from(bytes), bytes.length, { "If-None-Match": "*" }),
    putRaw: (key, bytes) => client.putObject(bucket, key, Buffer.from(bytes)),
    getRaw: (key) => client.getObject(bucket, key),
    uploadRaw: (key, content) => client.putObject(bucket, key, Readable.from(content, { objectMode: false })),
    stop: () => server.stop(),
  };
}

function clientOf({ endpoint, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey }, region }) {
  const { hostname: endPoint, port, protocol } = new URL(endpoint);
  return new Client({ endPoint, port: Number(port), useSSL: protocol === "https:", accessKey, secretKey, region });
}

async function azure() {
  const server = await startAzurite();
  const { endpoint, credentials } = server;
  const key = new StorageSharedKeyCredential(credentials.account, credentials.accountKey);
  const fresh = async () => {
    const container = new ContainerClient(`${endpoint}/fogbound-${randomUUID()}`, key);
    await container.create();
    return container;
  };
  const raw = await fresh();
  const { containerName: container } = await fresh();
  return {
    server: server.name,
    driver: azureBlob({ endpoint, credentials, account: credentials.account, container }),
    createRaw: (name, bytes) =>
      raw.getBlockBlobClient(name).upload(Buffer.from(bytes), bytes.length, { conditions: { ifNoneMatch: "*" } }),
    putRaw: (name, bytes) => raw.getBlockBlobClient(name).upload(Buffer.from(bytes), bytes.length),
    getRaw: async (name) => (await raw.getBlockBlobClient(name).download()).readableStreamBody,
    uploadRaw: (name, content) =>
      raw.getBlockBlobClient(name).uploadStream(Readable.from(content, { objectMode: false }), partBytes, partsAtOnce),
    stop: () => server.stop(),
  };
}
