import type { ByteRange, Capabilities, ObjectInfo, StoreDriver, StoredObject, StoreErrorCode } from "@fogbound/storage";
import { bodyOf } from "./body.js";
import { S3Connection, type S3Request } from "./connection.js";
import { errorCode, isMiss, S3Error } from "./error-code.js";
import { listObjects } from "./listing.js";
import { uploadContent } from "./multipart.js";
import { infoOf, writtenInfo } from "./object-info.js";
import { type MinioOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { deleteVersions, listThroughMarkers, newestVersion, remove } from "./versions.js";

/**
 * Fogbound's store in a bucket of an S3 store: MinIO, AWS S3, Ceph RGW, R2 and others.
 *
 * **Keys** are S3's keys, below the prefix, with nothing escaped or normalised.
 * **Create-only** is one PUT with `If-None-Match: *`; 412 means that the object exists. Every other outcome that S3 does
 * not spell out (5xx, 409, a broken connection) is unknown. `upload` is not create-only: most stores ignore the
 * condition when they put parts together.
 * **Absence** is a 404 that names the key. HEAD has no body to name it in, so its 404 is confirmed by a GET.
 * **Object lock**, when it is asked for: retention is set with the PUT; reads go through delete markers, to the newest
 * version that is an object; `delete` removes every version, and is refused while one is retained. `replace` leaves the
 * versions before it to the bucket's lifecycle.
 * **Limits.** 10,000 parts of `partBytes`; prefix and key together take 1,024 bytes.
 *
 * @throws TypeError or RangeError for options that are none.
 */
export function minio(options: MinioOptions): StoreDriver {
  return new Minio(resolveOptions(options));
}

class Minio implements StoreDriver {
  readonly name = "minio";
  readonly capabilities: Capabilities;
  readonly #options: ResolvedOptions;
  readonly #connection: S3Connection;
  readonly #cleaning = new Set<Promise<void>>();

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#connection = new S3Connection(options);
    this.capabilities = {
      largeCreateOnly: false,
      enforcedRetention: options.objectLock !== null,
      conditionalDelete: false,
    };
  }

  async create(key: string, body: Uint8Array, retainUntil: Date | null, signal: AbortSignal): Promise<ObjectInfo> {
    const headers = { "if-none-match": "*", ...this.#lockHeaders(retainUntil) };
    // S3 lets a create-only PUT through when a delete marker lies over the object.
    if (this.#isLocked && (await newestVersion(this.#connection, this.#full(key), signal)) !== null)
      throw S3Error.found("OBJECT_EXISTS", "the object is there, or lies under a delete marker");
    return this.#put(key, body, headers, signal);
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    const { partBytes } = this.#options;
    const cleanUp = (work: () => Promise<void>): Promise<void> => this.#cleanUp(work);
    const info = await uploadContent(this.#connection, this.#full(key), content, { partBytes, cleanUp }, signal);
    return { ...info, key };
  }

  async replace(key: string, body: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#put(key, body, {}, signal);
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<StoredObject | null> {
    const headers: Record<string, string> = range === null ? {} : { range: rangeHeader(range) };
    const response = await this.#read({ method: "GET", key: this.#full(key), headers }, [200, 206], signal);
    if (response === null) return null;
    try {
      return { ...infoOf(key, response.headers), body: bodyOf(response, this.#options.idleMilliseconds) };
    } catch (error) {
      response.destroy();
      throw error;
    }
  }

  async head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    const response = await this.#read({ method: "HEAD", key: this.#full(key) }, [200], signal);
    if (response === null) return null;
    response.resume();
    return infoOf(key, response.headers);
  }

  async list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    const listed = this.#isLocked ? listThroughMarkers : listObjects;
    const fullAfter = after === "" ? "" : this.#full(after);
    const page = await listed(this.#connection, this.#full(prefix), fullAfter, limit, signal);
    return page.map((info) => ({ ...info, key: this.#own(info.key) }));
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    if (this.#isLocked) return deleteVersions(this.#connection, this.#full(key), signal);
    await remove(this.#connection, { method: "DELETE", key: this.#full(key) }, signal);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#cleaning);
    this.#connection.close();
  }

  errorCode(error: unknown): StoreErrorCode | null {
    return errorCode(error);
  }

  get #isLocked(): boolean {
    return this.#options.objectLock !== null;
  }

  #full(key: string): string {
    return this.#options.prefix + key;
  }

  #own(fullKey: string): string {
    const { prefix } = this.#options;
    if (fullKey.startsWith(prefix)) return fullKey.slice(prefix.length);
    throw S3Error.found("STORE_UNSUITABLE", "expected only keys with the prefix that was asked for, got another");
  }

  async #put(
    key: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ObjectInfo> {
    const request = { method: "PUT", key: this.#full(key), headers, body } as const;
    const response = await this.#connection.sendAndDrain(request, [200], signal);
    return writtenInfo(key, body.length, response.headers);
  }

  /** The answer, or null for a proved miss. */
  async #read(request: S3Request & { readonly key: string }, statuses: readonly number[], signal: AbortSignal) {
    try {
      return await this.#connection.send(request, statuses, signal);
    } catch (error) {
      if (!(error instanceof S3Error) || error.status !== 404) throw error;
      if (this.#isLocked) return this.#readVersion(request, statuses, signal);
      if (isMiss(error)) return null;
      if (request.method === "HEAD") await this.#assertMiss(request.key, signal);
      else throw error;
      return null;
    }
  }

  async #readVersion(request: S3Request & { readonly key: string }, statuses: readonly number[], signal: AbortSignal) {
    const found = await newestVersion(this.#connection, request.key, signal);
    if (found === null) return null;
    return this.#connection.send({ ...request, query: { versionId: found.versionId } }, statuses, signal);
  }

  /** @throws S3Error unless the store names the key as what is missing */
  async #assertMiss(key: string, signal: AbortSignal): Promise<void> {
    try {
      const response = await this.#connection.send(
        { method: "GET", key, headers: { range: "bytes=0-0" } },
        [200, 206],
        signal,
      );
      response.destroy();
    } catch (error) {
      if (isMiss(error)) return;
      throw error;
    }
    throw S3Error.found(null, "expected HEAD and GET to agree, but only GET found the object");
  }

  /** Runs on when the caller has gone, and is waited for when the driver is closed. What fails is left to the bucket's lifecycle. */
  async #cleanUp(work: () => Promise<void>): Promise<void> {
    const cleaning = work().catch(() => undefined);
    this.#cleaning.add(cleaning);
    await cleaning;
    this.#cleaning.delete(cleaning);
  }

  #lockHeaders(retainUntil: Date | null): Readonly<Record<string, string>> {
    const { objectLock } = this.#options;
    if (retainUntil === null || objectLock === null) return {};
    // S3 keeps whole seconds: rounded up, so that nothing is released early.
    const until = new Date(Math.ceil(retainUntil.getTime() / 1000) * 1000).toISOString().replace(".000Z", "Z");
    return { "x-amz-object-lock-mode": objectLock.toUpperCase(), "x-amz-object-lock-retain-until-date": until };
  }
}

function rangeHeader({ offset, length }: ByteRange): string {
  return `bytes=${offset}-${Math.min(offset + length - 1, Number.MAX_SAFE_INTEGER)}`;
}
