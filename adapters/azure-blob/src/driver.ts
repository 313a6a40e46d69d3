import type { BlockBlobClient, BlockBlobUploadOptions, ContainerClient } from "@azure/storage-blob";
import type { ByteRange, Capabilities, FoundObject, ObjectInfo, StoreDriver, StoreErrorCode } from "@fogbound/storage";
import { inBlocks, StagedBlocks } from "./blocks.js";
import { bodyOf } from "./body.js";
import { containerClient, serviceOf } from "./client.js";
import { commitNew } from "./commit.js";
import { contentType } from "./defaults.js";
import { AzureBlobError, ask, assertAzure, errorCode, isMiss } from "./error-code.js";
import { nameOf } from "./key-name.js";
import { listPage } from "./listing.js";
import { type AzureBlobOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { lockedUntil, provesRetention } from "./retention.js";

const everything: ByteRange = { offset: 0, length: Number.MAX_SAFE_INTEGER };
/** Only where there is nothing; answered with 409 BlobAlreadyExists otherwise. */
const createOnly = { ifNoneMatch: "*" } as const;

/**
 * Fogbound's store in one container of Azure Blob Storage.
 *
 * **Layout.** One block blob for each object, under its key, or an escaped one (key-name.ts).
 * **Create-only** is `If-None-Match: *`, on Put Blob and, for large objects, on Put Block List.
 * **Absence** is 404 BlobNotFound, and nothing else: ContainerNotFound and every other 404 reject.
 * **Retention** is claimed only after it was proved; see `AzureBlobOptions.retention`.
 *
 * @throws TypeError for options that are none.
 */
export function azureBlob(options: AzureBlobOptions): StoreDriver {
  return driverOf(resolveOptions(options, process.env));
}

export function driverOf(options: ResolvedOptions): StoreDriver {
  if (typeof options.credentials === "object" && "connectionString" in options.credentials)
    serviceOf(options.credentials.connectionString);
  return new AzureBlob(options);
}

class AzureBlob implements StoreDriver {
  readonly name = "azure-blob";
  readonly #options: ResolvedOptions;
  #container: Promise<ContainerClient> | null = null;
  #retention: Promise<boolean> | null = null;
  #enforcesRetention = false;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  get capabilities(): Capabilities {
    return { largeCreateOnly: true, enforcedRetention: this.#enforcesRetention, conditionalDelete: true };
  }

  async create(key: string, bytes: Uint8Array, retainUntil: Date | null, signal: AbortSignal): Promise<ObjectInfo> {
    await this.#proveRetention(signal);
    const retained = retainUntil === null ? {} : { immutabilityPolicy: lockedUntil(retainUntil) };
    return this.#put(key, bytes, { conditions: createOnly, ...retained }, signal);
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    const blob = await this.#blob(key);
    const staged = new StagedBlocks(blob, signal);
    try {
      for await (const block of inBlocks(content, this.#options.blockBytes, staged.spare)) await staged.add(block);
      await staged.settle();
      signal.throwIfAborted();
      return infoOf(key, staged.size, await commitNew(blob, staged, signal));
    } finally {
      await staged.end();
    }
  }

  async replace(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#put(key, bytes, {}, signal);
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null> {
    const blob = await this.#blob(key);
    return found(async () => {
      try {
        return await download(key, blob, range ?? everything, signal);
      } catch (error) {
        const isEmpty = range === null && error instanceof AzureBlobError && error.azureCode === "InvalidRange";
        if (!isEmpty) throw error;
        const info = await lookAt(key, blob, signal);
        if (info.size > 0) throw error;
        return { ...info, body: new Blob().stream() };
      }
    });
  }

  async head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    const blob = await this.#blob(key);
    return found(() => lookAt(key, blob, signal));
  }

  async list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    const container = await this.#open();
    return listPage(container, this.#options.base, { prefix, after, limit }, signal);
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    const blob = await this.#blob(key);
    await found(() => ask(() => blob.delete({ deleteSnapshots: "include", abortSignal: signal })));
  }

  /** The client's idle connections keep no process alive, and end by themselves. */
  async close(): Promise<void> {}

  errorCode(error: unknown): StoreErrorCode | null {
    return errorCode(error);
  }

  async #put(
    key: string,
    bytes: Uint8Array,
    options: BlockBlobUploadOptions,
    signal: AbortSignal,
  ): Promise<ObjectInfo> {
    const blob = await this.#blob(key);
    const all = { ...options, blobHTTPHeaders: { blobContentType: contentType }, abortSignal: signal };
    const { lastModified, requestId } = await ask(() => blob.upload(bytes, bytes.length, all));
    assertAzure(requestId);
    return infoOf(key, bytes.length, lastModified);
  }

  async #blob(key: string): Promise<BlockBlobClient> {
    const name = nameOf(this.#options.base, key);
    if (name !== null) return (await this.#open()).getBlockBlobClient(name);
    throw new AzureBlobError("expected prefix and key to have at most 1024 characters together", "STORE_UNSUPPORTED");
  }

  async #open(): Promise<ContainerClient> {
    this.#container ??= containerClient(this.#options);
    try {
      return await this.#container;
    } catch (error) {
      this.#container = null;
      throw error;
    }
  }

  async #proveRetention(signal: AbortSignal): Promise<void> {
    if (!this.#options.retention) return;
    const container = await this.#open();
    this.#retention ??= provesRetention(container, this.#options.base, signal);
    try {
      this.#enforcesRetention = await this.#retention;
    } catch (error) {
      this.#retention = null;
      throw error;
    }
  }
}

/** Makes a miss of the service's own word for one, and only of that. */
async function found<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isMiss(error)) return null;
    throw error;
  }
}

/**
 * A range is asked for even of all: its answer says how long the blob is (Content-Range) beside how long the body is
 * (Content-Length), so a body that somebody in between cut, and announced as cut, is seen.
 */
async function download(
  key: string,
  blob: BlockBlobClient,
  { offset, length }: ByteRange,
  signal: AbortSignal,
): Promise<FoundObject> {
  const options = { abortSignal: signal, maxRetryRequests: 0 };
  const count = Math.min(length, Number.MAX_SAFE_INTEGER - offset);
  const { readableStreamBody, contentRange, lastModified, blobType } = await ask(() =>
    blob.download(offset, count, options),
  );
  assertAzure(blobType);
  if (readableStreamBody === undefined) throw new AzureBlobError("an answer without a body", null);
  const size = Number(/\/(\d+)$/.exec(contentRange ?? "")?.[1]);
  return { ...infoOf(key, size, lastModified), body: bodyOf(readableStreamBody) };
}

async function lookAt(key: string, blob: BlockBlobClient, signal: AbortSignal): Promise<ObjectInfo> {
  const answer = await ask(() => blob.getProperties({ abortSignal: signal }));
  assertAzure(answer.blobType);
  return infoOf(key, answer.contentLength, answer.lastModified);
}

/** ObjectStore refuses a size or date that is none. */
function infoOf(key: string, size: number | undefined, modified: Date | undefined): ObjectInfo {
  return { key, size: size ?? Number.NaN, modified: modified ?? new Date(Number.NaN) };
}
