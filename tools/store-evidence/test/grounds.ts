import { randomUUID } from "node:crypto";
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import type { AzureServer } from "@fogbound/tool-store-servers/azurite";
import type { S3Server } from "@fogbound/tool-store-servers/s3-server";
import type { Client } from "minio";
import type { Ground, VaultPlace } from "../../../packages/cli/test/evidence/kit/ground.js";
import {
  MirroredObjects,
  ObjectSnapshot,
  type RawObjects,
} from "../../../packages/cli/test/evidence/kit/mirrored-objects.js";

/** What is the store's own, and no object of anybody's. */
const own = ".fogbound/";

class RawS3 implements RawObjects {
  readonly #client: Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(client: Client, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async list(): Promise<ReadonlyMap<string, string>> {
    const tags = new Map<string, string>();
    for await (const { name, etag, lastModified } of this.#client.listObjectsV2(this.#bucket, this.#prefix, true))
      if (name !== undefined) tags.set(name.slice(this.#prefix.length), `${etag} ${lastModified?.getTime()}`);
    return withoutOwn(tags);
  }

  async read(key: string): Promise<Buffer> {
    return Buffer.concat(await (await this.#client.getObject(this.#bucket, this.#prefix + key)).toArray());
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#client.putObject(this.#bucket, this.#prefix + key, Buffer.from(bytes), bytes.length);
  }

  async remove(key: string): Promise<void> {
    await this.#client.removeObject(this.#bucket, this.#prefix + key);
  }
}

class RawAzure implements RawObjects {
  readonly #container: ContainerClient;
  readonly #prefix: string;

  constructor(container: ContainerClient, prefix: string) {
    this.#container = container;
    this.#prefix = prefix;
  }

  async list(): Promise<ReadonlyMap<string, string>> {
    const tags = new Map<string, string>();
    for await (const { name, properties } of this.#container.listBlobsFlat({ prefix: this.#prefix }))
      tags.set(name.slice(this.#prefix.length), properties.etag);
    return withoutOwn(tags);
  }

  async read(key: string): Promise<Buffer> {
    return this.#container.getBlockBlobClient(this.#prefix + key).downloadToBuffer();
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#container.getBlockBlobClient(this.#prefix + key).upload(Buffer.from(bytes), bytes.length);
  }

  async remove(key: string): Promise<void> {
    await this.#container.getBlockBlobClient(this.#prefix + key).delete();
  }
}

function withoutOwn(tags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...tags].filter(([key]) => !key.startsWith(own)));
}

interface Server {
  readonly environment: VaultPlace["environment"];
  readonly urlOf: (prefix: string) => string;
  readonly rawAt: (prefix: string) => RawObjects;
}

/**
 * A vault under a prefix of its own in the one bucket or container of a test file, which ends with its server. A copy that
 * was removed is the next one, with what was changed put back: a hundred requests less.
 */
function placeIn(server: Server, remove: (place: VaultPlace) => void = () => undefined): VaultPlace {
  const prefix = `vaults/${randomUUID()}`;
  const raw = server.rawAt(`${prefix}/`);
  const spare: VaultPlace[] = [];
  let mirror: MirroredObjects | null = null;
  const objects = async (): Promise<MirroredObjects> => {
    mirror ??= await MirroredObjects.of(raw);
    await mirror.refresh();
    return mirror;
  };
  const place: VaultPlace = {
    url: server.urlOf(prefix),
    environment: server.environment,
    objects,
    snapshot: async () => new ObjectSnapshot(await objects()),
    async copy() {
      const copy = spare.pop() ?? placeIn(server, (removed) => void spare.push(removed));
      const there = await copy.objects();
      there.become((await objects()).all());
      await there.flush();
      return copy;
    },
    remove: async () => remove(place),
  };
  return place;
}

export async function onS3(server: S3Server): Promise<Ground> {
  const bucket = await server.freshBucket();
  const client = server.rawClient();
  const { accessKeyId, secretAccessKey, sessionToken } = server.credentials;
  const about: Server = {
    environment: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    },
    urlOf: (prefix) =>
      `s3://${bucket}/${prefix}?endpoint=${encodeURIComponent(server.endpoint)}&region=${server.region}`,
    rawAt: (prefix) => new RawS3(client, bucket, prefix),
  };
  return { name: "on S3", place: async () => placeIn(about) };
}

export async function onAzure({ endpoint, credentials }: AzureServer): Promise<Ground> {
  const { account, accountKey } = credentials;
  const service = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, accountKey));
  const name = `fogbound-${randomUUID()}`;
  const container = service.getContainerClient(name);
  await container.create();
  const about: Server = {
    environment: { AZURE_STORAGE_KEY: accountKey },
    urlOf: (prefix) => `azblob://${account}/${name}/${prefix}?endpoint=${encodeURIComponent(endpoint)}`,
    rawAt: (prefix) => new RawAzure(container, prefix),
  };
  return { name: "on Azure Blob Storage", place: async () => placeIn(about) };
}
