import type { IncomingHttpHeaders } from "node:http";
import type { ObjectInfo } from "@fogbound/storage";
import { S3Error } from "./error-code.js";

/** What the headers of a HEAD or a GET say. Of a range, the size stands behind the "/" of Content-Range (RFC 9110). */
export function infoOf(key: string, headers: IncomingHttpHeaders): ObjectInfo {
  assertObject(headers);
  const range = headers["content-range"];
  const size = range === undefined ? headers["content-length"] : /^bytes \d+-\d+\/(\d+)$/.exec(range)?.[1];
  return { key, size: sizeOf(size), modified: dateOf(headers["last-modified"]) };
}

/** @throws S3Error for what is no whole number: a proxy that compresses leaves the size out, and none is not 0. */
export function sizeOf(text: string | undefined): number {
  const size = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw S3Error.found(null, "expected an answer with the object's size, got none");
}

/** @throws S3Error for what is no date */
export function dateOf(text: string | undefined): Date {
  const date = new Date(text ?? "");
  if (!Number.isNaN(date.getTime())) return date;
  throw S3Error.found(null, "expected an answer with a date, got none");
}

/** What a PUT is answered with has no Last-Modified, but the time by the store's clock; null where it tells none. */
export function writtenAt(headers: IncomingHttpHeaders): Date | null {
  return headers.date === undefined ? null : dateOf(headers.date);
}

/** A portal that wants to be signed in to answers 200 to everything, and has stored nothing. */
export function assertObject({ etag }: IncomingHttpHeaders): void {
  if (etag === undefined || etag === "") throw S3Error.found(null, "expected an object's ETag in the answer, got none");
}
