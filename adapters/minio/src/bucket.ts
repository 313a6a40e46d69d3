import type { IncomingHttpHeaders } from "node:http";
import type { ByteRange, FoundObject, HiddenObject, ObjectInfo } from "@fogbound/storage";
import type { S3Connection } from "./connection.js";
import { S3Error } from "./error-code.js";
import { assertObject, infoOf, writtenAt } from "./object-info.js";
import { optionalTextOf, parseXml } from "./xml.js";

export type Headers = Readonly<Record<string, string>>;

/** What the driver asks of a bucket. Keys have the store's prefix. A bucket that keeps versions answers otherwise than one that does not. */
export interface Bucket {
  /** Whether `upload` is create-only. */
  readonly largeCreateOnly: boolean;
  create(key: string, body: Uint8Array, headers: Headers, signal: AbortSignal): Promise<ObjectInfo>;
  upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo>;
  replace(key: string, body: Uint8Array, signal: AbortSignal): Promise<ObjectInfo>;
  get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null>;
  head(key: string, signal: AbortSignal): Promise<ObjectInfo | null>;
  list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]>;
  /** As a driver's. */
  hidden(prefix: string, after: string, signal: AbortSignal): Promise<readonly HiddenObject[]>;
  delete(key: string, signal: AbortSignal): Promise<void>;
}

/** What was written, and as which version where the bucket keeps them. */
export interface Written {
  readonly info: ObjectInfo;
  readonly versionId: string | null;
}

/** True also for one whose versions are no longer added to: those that are there still count. */
export async function keepsVersions(connection: S3Connection, signal: AbortSignal): Promise<boolean> {
  let answer: string;
  try {
    answer = await connection.sendAndRead({ method: "GET", query: { versioning: "" } }, signal);
  } catch (error) {
    if (error instanceof S3Error && error.storeCode === "STORE_UNSUPPORTED") return false;
    throw error;
  }
  const root = parseXml(answer.trimStart());
  if (root.name === "VersioningConfiguration") return optionalTextOf(root, "Status") !== null;
  throw S3Error.found(null, "expected to be told whether the bucket keeps versions, got another answer");
}

/** One PUT, which is whole or not at all. */
export async function put(
  connection: S3Connection,
  key: string,
  body: Uint8Array,
  headers: Headers,
  signal: AbortSignal,
): Promise<Written> {
  const answer = await connection.sendAndDrain({ method: "PUT", key, headers, body }, [200], signal);
  assertObject(answer.headers);
  return written(connection, key, body.length, answer.headers, signal);
}

/** What an answer tells of what it says is written. R2's own server tells no time, so the object is asked. */
export async function written(
  connection: S3Connection,
  key: string,
  size: number,
  headers: IncomingHttpHeaders,
  signal: AbortSignal,
): Promise<Written> {
  const modified = writtenAt(headers) ?? (await lastModified(connection, key, signal));
  return { info: { key, size, modified }, versionId: versionIdIn(headers) };
}

async function lastModified(connection: S3Connection, key: string, signal: AbortSignal): Promise<Date> {
  const { headers } = await connection.sendAndDrain({ method: "HEAD", key }, [200], signal);
  return infoOf(key, headers).modified;
}

function versionIdIn(headers: IncomingHttpHeaders): string | null {
  const id = headers["x-amz-version-id"];
  return typeof id === "string" && id !== "" ? id : null;
}

export function rangeHeaders(range: ByteRange | null): Headers {
  if (range === null) return {};
  return { range: `bytes=${range.offset}-${Math.min(range.offset + range.length - 1, Number.MAX_SAFE_INTEGER)}` };
}
