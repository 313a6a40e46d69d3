import type {
  ByteRange,
  Capabilities,
  FoundObject,
  HiddenObject,
  ObjectInfo,
  StoreDriver,
  StoreErrorCode,
} from "@fogbound/storage";
import { type Bucket, keepsVersions } from "./bucket.js";
import { S3Connection } from "./connection.js";
import { errorCode, S3Error } from "./error-code.js";
import { type MinioOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { PlainBucket } from "./plain-bucket.js";
import { lockHeaders, proveRetention } from "./retention.js";
import { VersionedBucket } from "./versioned-bucket.js";

/**
 * Fogbound's store in a bucket of an S3 store: MinIO, AWS S3, Ceph RGW, R2 and others.
 *
 * **Keys** are S3's keys, below the prefix, with nothing escaped or normalised.
 * **Create-only** is one PUT with `If-None-Match: *`; 412 means that the object exists. Every other outcome that S3 does
 * not spell out (5xx, 409, a broken connection) is unknown. `upload` is not create-only: most stores ignore the
 * condition when they put parts together.
 * **Versions**, where the bucket keeps them: the oldest version of a key is the object, so the first writer wins by
 * the order of the versions, for `upload` too; nothing put over it hides it. `delete` removes every version.
 * **Absence** is a 404 that names the key, or a list of versions that has none of it. HEAD has no body to name it in, so
 * its 404 is confirmed by a GET.
 * **Retention** is claimed only after it was proved; see `MinioOptions.objectLock`.
 * **Limits.** 10,000 parts of `partBytes`; prefix and key together take 1,024 bytes.
 *
 * @throws TypeError or RangeError for options that are none.
 */
export function minio(options: MinioOptions): StoreDriver {
  return new Minio(resolveOptions(options));
}

class Minio implements StoreDriver {
  readonly name = "minio";
  readonly #options: ResolvedOptions;
  readonly #connection: S3Connection;
  readonly #uploads = new Map<Promise<ObjectInfo>, AbortSignal>();
  #looking: Promise<Bucket> | null = null;
  #proving: Promise<void> | null = null;
  #hasLargeCreateOnly = false;
  #isRetentionProved = false;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#connection = new S3Connection(options);
  }

  /** Known once the store was asked for something: `ObjectStore.open` reads them when it has probed. */
  get capabilities(): Capabilities {
    return {
      largeCreateOnly: this.#hasLargeCreateOnly,
      enforcedRetention: this.#isRetentionProved,
      conditionalDelete: false,
    };
  }

  async create(key: string, body: Uint8Array, retainUntil: Date | null, signal: AbortSignal): Promise<ObjectInfo> {
    const bucket = await this.#bucket();
    await this.#proveRetention();
    const { objectLock } = this.#options;
    const headers = objectLock === null || retainUntil === null ? {} : lockHeaders(objectLock, retainUntil);
    return this.#own(await bucket.create(this.#full(key), body, headers, signal));
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    const bucket = await this.#bucket();
    const upload = bucket.upload(this.#full(key), content, signal);
    this.#uploads.set(upload, signal);
    try {
      return this.#own(await upload);
    } finally {
      this.#uploads.delete(upload);
    }
  }

  async replace(key: string, body: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    const bucket = await this.#bucket();
    return this.#own(await bucket.replace(this.#full(key), body, signal));
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null> {
    const bucket = await this.#bucket();
    const object = await bucket.get(this.#full(key), range, signal);
    return object === null ? null : this.#own(object);
  }

  async head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    const bucket = await this.#bucket();
    const info = await bucket.head(this.#full(key), signal);
    return info === null ? null : this.#own(info);
  }

  async list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    const bucket = await this.#bucket();
    const page = await bucket.list(this.#full(prefix), after === "" ? "" : this.#full(after), limit, signal);
    return page.map((info) => this.#own(info));
  }

  async hidden(prefix: string, after: string, signal: AbortSignal): Promise<readonly HiddenObject[]> {
    const bucket = await this.#bucket();
    const page = await bucket.hidden(this.#full(prefix), after === "" ? "" : this.#full(after), signal);
    return page.map((info) => this.#own(info));
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    const bucket = await this.#bucket();
    await bucket.delete(this.#full(key), signal);
  }

  async close(): Promise<void> {
    // Those still remove what they sent, though whoever aborted them has gone.
    await Promise.allSettled([...this.#uploads].flatMap(([upload, { aborted }]) => (aborted ? [upload] : [])));
    this.#connection.close();
  }

  errorCode(error: unknown): StoreErrorCode | null {
    return errorCode(error);
  }

  #full(key: string): string {
    return this.#options.prefix + key;
  }

  #own<Info extends ObjectInfo>(info: Info): Info {
    const { prefix } = this.#options;
    if (info.key.startsWith(prefix)) return { ...info, key: info.key.slice(prefix.length) };
    throw S3Error.found("STORE_UNSUITABLE", "expected only keys with the prefix that was asked for, got another");
  }

  /** Asked for once what kind of bucket it is, for all who wait for it, and again when that failed. */
  async #bucket(): Promise<Bucket> {
    this.#looking ??= this.#look();
    try {
      return await this.#looking;
    } catch (error) {
      this.#looking = null;
      throw error;
    }
  }

  async #look(): Promise<Bucket> {
    const isVersioned = await keepsVersions(this.#connection, new AbortController().signal);
    const bucket = new (isVersioned ? VersionedBucket : PlainBucket)(this.#connection, this.#options.partBytes);
    this.#hasLargeCreateOnly = bucket.largeCreateOnly;
    return bucket;
  }

  /** Once, before the first create, which is one of the probe's when the store is opened. */
  async #proveRetention(): Promise<void> {
    const { objectLock, prefix } = this.#options;
    if (objectLock === null || this.#isRetentionProved) return;
    this.#proving ??= proveRetention(this.#connection, prefix, objectLock, new AbortController().signal);
    try {
      await this.#proving;
      this.#isRetentionProved = true;
    } catch (error) {
      this.#proving = null;
      throw error;
    }
  }
}
