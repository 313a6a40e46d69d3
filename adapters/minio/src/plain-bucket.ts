import type { ByteRange, FoundObject, HiddenObject, ObjectInfo } from "@fogbound/storage";
import { objectOf } from "./body.js";
import { type Bucket, type Headers, put, rangeHeaders } from "./bucket.js";
import type { S3Connection, S3Request } from "./connection.js";
import { isMiss, S3Error } from "./error-code.js";
import { listObjects } from "./listing.js";
import { uploadContent } from "./multipart.js";
import { infoOf } from "./object-info.js";
import { remove } from "./remove.js";

/** A bucket in which a key is one object. */
export class PlainBucket implements Bucket {
  /** Most stores ignore a condition when they put the parts of an object together. */
  readonly largeCreateOnly = false;
  readonly #connection: S3Connection;
  readonly #partBytes: number;

  constructor(connection: S3Connection, partBytes: number) {
    this.#connection = connection;
    this.#partBytes = partBytes;
  }

  async create(key: string, body: Uint8Array, headers: Headers, signal: AbortSignal): Promise<ObjectInfo> {
    return (await put(this.#connection, key, body, { ...headers, "if-none-match": "*" }, signal)).info;
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    return (await uploadContent(this.#connection, key, content, this.#partBytes, signal)).info;
  }

  async replace(key: string, body: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    return (await put(this.#connection, key, body, {}, signal)).info;
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null> {
    const headers = rangeHeaders(range);
    const response = await this.#sendOrMiss({ method: "GET", key, headers }, [200, 206], signal);
    return response === null ? null : objectOf(key, response, this.#connection.idleMilliseconds);
  }

  /** A 404 to HEAD has no body that could say what is missing, and it may be the bucket: GET is asked for it. */
  async head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    try {
      const { headers } = await this.#connection.sendAndDrain({ method: "HEAD", key }, [200], signal);
      return infoOf(key, headers);
    } catch (error) {
      if (!(error instanceof S3Error) || error.status !== 404) throw error;
    }
    const first = { method: "GET", key, headers: { range: "bytes=0-0" } } as const;
    const response = await this.#sendOrMiss(first, [200, 206], signal);
    if (response === null) return null;
    response.destroy();
    throw S3Error.found(null, "expected HEAD and GET to agree, but only GET found the object");
  }

  list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    return listObjects(this.#connection, prefix, after, limit, signal);
  }

  /** Nothing lies over an object that has no versions. */
  async hidden(): Promise<readonly HiddenObject[]> {
    return [];
  }

  delete(key: string, signal: AbortSignal): Promise<void> {
    return remove(this.#connection, key, null, signal);
  }

  async #sendOrMiss(request: S3Request, statuses: readonly number[], signal: AbortSignal) {
    try {
      return await this.#connection.send(request, statuses, signal);
    } catch (error) {
      if (isMiss(error)) return null;
      throw error;
    }
  }
}
