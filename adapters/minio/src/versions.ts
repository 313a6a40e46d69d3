import { compareKeys, type ObjectInfo } from "@fogbound/storage";
import type { S3Connection } from "./connection.js";
import { listVersions, type Version } from "./listing.js";

/** All versions and markers of one key, the newest first. */
export async function versionsOf(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
): Promise<readonly Version[]> {
  const found: Version[] = [];
  for await (const page of listVersions(connection, key, "", 1000, signal)) {
    found.push(...page.filter((version) => version.key === key));
    // Of the keys that start with this one it is the first.
    if (page.some((version) => version.key !== key)) break;
  }
  return found;
}

/** The oldest version that is an object, whatever was put over it since. null is a proved miss. */
export async function firstVersion(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
): Promise<Version | null> {
  const versions = await versionsOf(connection, key, signal);
  return versions.findLast(({ isMarker }) => !isMarker) ?? null;
}

/** Up to `limit` objects, each by its oldest version; none only where there are no more. */
export async function listFirstVersions(
  connection: S3Connection,
  prefix: string,
  after: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  let key = "";
  let first: Version | null = null;
  for await (const page of listVersions(connection, prefix, after, limit, signal)) {
    for (const version of page) {
      // AWS begins behind the key it is given, radosgw with that key.
      if (compareKeys(version.key, after) <= 0) continue;
      if (version.key !== key && first !== null) found.push(plain(first));
      if (version.key !== key) first = null;
      key = version.key;
      if (!version.isMarker) first = version;
    }
    // The last key of a page may go on in the next one, and is then asked for again.
    if (found.length > 0) return found;
  }
  return first === null ? found : [plain(first)];
}

export function plain({ key, size, modified }: Version): ObjectInfo {
  return { key, size, modified };
}
