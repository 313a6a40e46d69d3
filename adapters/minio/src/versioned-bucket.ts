import type { ByteRange, FoundObject, HiddenObject, ObjectInfo } from "@fogbound/storage";
import { objectOf } from "./body.js";
import { type Bucket, type Headers, put, rangeHeaders, type Written } from "./bucket.js";
import type { S3Connection } from "./connection.js";
import { isMiss, S3Error } from "./error-code.js";
import { listHidden } from "./hidden.js";
import { uploadContent } from "./multipart.js";
import { remove } from "./remove.js";
import { firstVersion, listFirstVersions, plain, versionsOf } from "./versions.js";

/** Times that a version is looked for anew when it went between being found and being read. */
const lookAgain = 8;

/**
 * A bucket that keeps versions, in which **the oldest version of a key is the object**: what was put over it later, a
 * delete marker too, neither replaces nor hides it. So the first of several writers wins, whether or not the store
 * holds to `If-None-Match` (radosgw lets every one of a race through, in such a bucket), and what lies under retention
 * stays what is read.
 */
export class VersionedBucket implements Bucket {
  readonly largeCreateOnly = true;
  readonly #connection: S3Connection;
  readonly #partBytes: number;

  constructor(connection: S3Connection, partBytes: number) {
    this.#connection = connection;
    this.#partBytes = partBytes;
  }

  async create(key: string, body: Uint8Array, headers: Headers, signal: AbortSignal): Promise<ObjectInfo> {
    const written = await put(this.#connection, key, body, { ...headers, "if-none-match": "*" }, signal);
    return this.#unlessTaken(written, signal);
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#unlessTaken(await uploadContent(this.#connection, key, content, this.#partBytes, signal), signal);
  }

  /** The object is another one once all that is older than what was put has gone. */
  async replace(key: string, body: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    const { info, versionId } = await put(this.#connection, key, body, {}, signal);
    const versions = await versionsOf(this.#connection, key, signal);
    const own = versions.findIndex((version) => version.versionId === versionId);
    for (const older of own < 0 ? [] : versions.slice(own + 1))
      await remove(this.#connection, key, older.versionId, signal);
    return info;
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null> {
    for (let look = 1; ; look++) {
      const found = await firstVersion(this.#connection, key, signal);
      if (found === null) return null;
      const query = { versionId: found.versionId };
      try {
        const request = { method: "GET", key, query, headers: rangeHeaders(range) } as const;
        const response = await this.#connection.send(request, [200, 206], signal);
        return objectOf(key, response, this.#connection.idleMilliseconds);
      } catch (error) {
        if (!isMiss(error)) throw error;
        if (look === lookAgain) throw S3Error.found(null, "expected the version that was listed, and it is not there");
      }
    }
  }

  async head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    const found = await firstVersion(this.#connection, key, signal);
    return found === null ? null : plain(found);
  }

  list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    return listFirstVersions(this.#connection, prefix, after, limit, signal);
  }

  hidden(prefix: string, after: string, signal: AbortSignal): Promise<readonly HiddenObject[]> {
    return listHidden(this.#connection, prefix, after, signal);
  }

  /** The newest first: the object is there, and no later one in its place, until all of it has gone. */
  async delete(key: string, signal: AbortSignal): Promise<void> {
    for (const { versionId } of await versionsOf(this.#connection, key, signal))
      await remove(this.#connection, key, versionId, signal);
  }

  /** @throws S3Error `OBJECT_EXISTS` when an older version is there: somebody else's, or one under a delete marker. */
  async #unlessTaken({ info, versionId }: Written, signal: AbortSignal): Promise<ObjectInfo> {
    if (versionId === null) throw S3Error.found(null, "expected to be told which version was written");
    const versions = await versionsOf(this.#connection, info.key, signal);
    const first = versions.findLast(({ isMarker }) => !isMarker);
    if (first?.versionId === versionId) return info;
    if (first === undefined) throw S3Error.found(null, "expected the version that was written, and it is not listed");
    // Under retention it stays where it is, where nobody reads it.
    await remove(this.#connection, info.key, versionId, signal).catch(() => undefined);
    throw S3Error.found("OBJECT_EXISTS", "an older version of the object is there");
  }
}
