import type { ObjectInfo } from "@fogbound/storage";
import type { S3Connection, S3Request } from "./connection.js";
import { isMiss } from "./error-code.js";
import { listVersions, type Version } from "./listing.js";

/** All versions and markers of one key, the newest first. */
export async function* versionsOf(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<Version, void, undefined> {
  for await (const page of listVersions(connection, key, "", 1000, signal))
    for (const version of page) {
      // Of the keys that start with this one it is the first.
      if (version.key !== key) return;
      yield version;
    }
}

/**
 * The newest version that is an object, whatever markers lie over it: a marker hides, and what is retained cannot be
 * removed. null is a proved miss.
 */
export async function newestVersion(
  connection: S3Connection,
  key: string,
  signal: AbortSignal,
): Promise<Version | null> {
  for await (const version of versionsOf(connection, key, signal)) if (!version.isMarker) return version;
  return null;
}

/** Up to `limit` objects, each by its newest version, those under delete markers too. */
export async function listThroughMarkers(
  connection: S3Connection,
  prefix: string,
  after: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for await (const page of listVersions(connection, prefix, after, limit, signal)) {
    for (const { key, size, modified, isMarker } of page)
      if (!isMarker && found.at(-1)?.key !== key) found.push({ key, size, modified });
    if (found.length > 0) break;
  }
  return found;
}

/** Removes every version, the objects first: when one is retained, nothing of it is hidden. */
export async function deleteVersions(connection: S3Connection, key: string, signal: AbortSignal): Promise<void> {
  const markers: Version[] = [];
  for await (const version of versionsOf(connection, key, signal)) {
    if (version.isMarker) markers.push(version);
    else await deleteVersion(connection, version, signal);
  }
  for (const marker of markers) await deleteVersion(connection, marker, signal);
}

/** Resolves when it is gone, and when the store proves that it was not there. */
export async function remove(connection: S3Connection, request: S3Request, signal: AbortSignal): Promise<void> {
  try {
    await connection.sendAndDrain(request, [204], signal);
  } catch (error) {
    if (!isMiss(error)) throw error;
  }
}

async function deleteVersion(connection: S3Connection, version: Version, signal: AbortSignal): Promise<void> {
  const { key, versionId } = version;
  await remove(connection, { method: "DELETE", key, query: { versionId } }, signal);
}
