import type { ObjectInfo } from "@fogbound/storage";
import type { S3Connection } from "./connection.js";
import { S3Error } from "./error-code.js";
import { dateOf, sizeOf } from "./object-info.js";
import { optionalTextOf, parseXml, textOf, type XmlElement } from "./xml.js";

/** What S3 gives at a time, at most. */
const pageSize = 1000;

/** Up to `limit` objects; none only where there are no more, however many empty pages the store sends before. */
export async function listObjects(
  connection: S3Connection,
  prefix: string,
  after: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly ObjectInfo[]> {
  const asked = {
    "encoding-type": "url",
    "list-type": "2",
    "max-keys": String(Math.min(limit, pageSize)),
    ...(prefix === "" ? {} : { prefix }),
    ...(after === "" ? {} : { "start-after": after }),
  };
  for (let continued = {}; ; ) {
    const query = { ...asked, ...continued };
    const page = rootOf(await connection.sendAndRead({ method: "GET", query }, signal), "ListBucketResult");
    const found = childrenOf(page, "Contents").map((entry) => entryOf(page, entry));
    if (found.length > 0 || !isTruncated(page)) return found;
    continued = { "continuation-token": textOf(page, "NextContinuationToken") };
  }
}

/** One version of an object, or a delete marker. */
export interface Version extends ObjectInfo {
  readonly versionId: string;
  readonly isMarker: boolean;
  /** "" where the store tells none, and of a marker. */
  readonly etag: string;
}

export interface VersionPage {
  readonly versions: readonly Version[];
  /** The key that another page ends with may go on in the next one. */
  readonly isLast: boolean;
}

/** Every version of every key behind `after`, key by key, the newest of each first, a page at a time. */
export async function* listVersions(
  connection: S3Connection,
  prefix: string,
  after: string,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<VersionPage, void, undefined> {
  const asked = {
    versions: "",
    "encoding-type": "url",
    "max-keys": String(Math.min(limit, pageSize)),
    ...(prefix === "" ? {} : { prefix }),
  };
  let continued: Record<string, string> = after === "" ? {} : { "key-marker": after };
  for (;;) {
    const query = { ...asked, ...continued };
    const page = rootOf(await connection.sendAndRead({ method: "GET", query }, signal), "ListVersionsResult");
    const entries = page.children.filter(({ name }) => name === "Version" || name === "DeleteMarker");
    const isLast = !isTruncated(page);
    yield { versions: entries.map((entry) => versionOf(page, entry)), isLast };
    if (isLast) return;
    const keyMarker = decodedKey(page, textOf(page, "NextKeyMarker"));
    continued = { "key-marker": keyMarker, "version-id-marker": textOf(page, "NextVersionIdMarker") };
  }
}

function versionOf(page: XmlElement, entry: XmlElement): Version {
  const versionId = textOf(entry, "VersionId");
  if (entry.name === "Version")
    return { ...entryOf(page, entry), versionId, isMarker: false, etag: optionalTextOf(entry, "ETag") ?? "" };
  const key = decodedKey(page, textOf(entry, "Key"));
  return { key, size: 0, modified: dateOf(textOf(entry, "LastModified")), versionId, isMarker: true, etag: "" };
}

function entryOf(page: XmlElement, entry: XmlElement): ObjectInfo {
  const key = decodedKey(page, textOf(entry, "Key"));
  return { key, size: sizeOf(textOf(entry, "Size")), modified: dateOf(textOf(entry, "LastModified")) };
}

/** XML cannot carry every key, so they are asked for as in URLs; a store that did so says it. Some write " " as "+". */
function decodedKey(page: XmlElement, text: string): string {
  if (optionalTextOf(page, "EncodingType") !== "url") return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    throw S3Error.found("STORE_UNSUITABLE", "expected keys escaped as in URLs in the listing, got another", error);
  }
}

function rootOf(document: string, name: string): XmlElement {
  const root = parseXml(document.trimStart());
  if (root.name === name) return root;
  throw S3Error.found(null, `expected a <${name}> as the answer, got another`);
}

function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

function isTruncated(page: XmlElement): boolean {
  return textOf(page, "IsTruncated") === "true";
}
