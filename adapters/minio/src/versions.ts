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
  for await (const { versions } of listVersions(connection, key, "", 1000, signal)) {
    found.push(...versions.filter((version) => version.key === key));
    // Of the keys that start with this one it is the first.
    if (versions.some((version) => version.key !== key)) break;
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
  for await (const { versions, isLast } of listVersions(connection, prefix, after, limit, signal)) {
    for (const version of versions) {
      // AWS begins behind the key it is given, radosgw with that key.
      if (compareKeys(version.key, after) <= 0) continue;
      if (version.key !== key && first !== null) found.push(plain(first));
      if (version.key !== key) first = null;
      key = version.key;
      if (!version.isMarker) first = version;
    }
    // Its last key may go on in the next page, and is asked for again.
    if (found.length > 0 && !isLast) return found;
  }
  // Of more than were asked for, the last one is asked for again.
  if (first !== null && found.length < limit) found.push(plain(first));
  return found;
}

export function plain({ key, size, modified }: Version): ObjectInfo {
  return { key, size, modified };
}
