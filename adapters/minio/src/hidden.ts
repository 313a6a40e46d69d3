import { compareKeys, type HiddenObject } from "@fogbound/storage";
import type { S3Connection } from "./connection.js";
import { listVersions, type Version } from "./listing.js";
import { dateOf } from "./object-info.js";
import { plain } from "./versions.js";

/**
 * Some of the objects over which lies something later, each by its oldest version; none only where there are no more.
 * A listing of versions tells of no retention, so each object that is found is asked.
 */
export async function listHidden(
  connection: S3Connection,
  prefix: string,
  after: string,
  signal: AbortSignal,
): Promise<readonly HiddenObject[]> {
  const found: HiddenObject[] = [];
  let layers = new Layers("");
  const end = async (): Promise<void> => {
    const hidden = await layers.hidden(connection, signal);
    if (hidden !== null) found.push(hidden);
  };
  for await (const { versions, isLast } of listVersions(connection, prefix, after, 1000, signal)) {
    for (const version of versions) {
      if (compareKeys(version.key, after) <= 0) continue;
      if (layers.key !== version.key) {
        await end();
        layers = new Layers(version.key);
      }
      layers.add(version);
    }
    // Its last key may go on in the next page, and is asked for again.
    if (found.length > 0 && !isLast) return found;
  }
  await end();
  return found;
}

/** What lies over one object, as it is listed: the newest first. */
class Layers {
  readonly key: string;
  /** By ETag: after a create whose answer was lost the same bytes may lie there twice, and nothing was put over them. */
  readonly #versions = new Map<string, number>();
  #first: Version | null = null;
  #hasMarker = false;
  #isDeleted = false;

  constructor(key: string) {
    this.key = key;
  }

  add(version: Version): void {
    if (version.isMarker) {
      this.#hasMarker = true;
      return;
    }
    this.#first = version;
    // A marker that is older than every version lies over nothing.
    this.#isDeleted = this.#hasMarker;
    this.#versions.set(version.etag, (this.#versions.get(version.etag) ?? 0) + 1);
  }

  async hidden(connection: S3Connection, signal: AbortSignal): Promise<HiddenObject | null> {
    const first = this.#first;
    if (first === null) return null;
    const all = [...this.#versions.values()].reduce((sum, count) => sum + count, 0);
    const refilled = all - (first.etag === "" ? 1 : (this.#versions.get(first.etag) ?? 0));
    if (!this.#isDeleted && refilled === 0) return null;
    const retainUntil = await retentionOf(connection, first, signal);
    return { ...plain(first), deleted: this.#isDeleted, refilled, retainUntil };
  }
}

/** A version that went since it was listed is an open outcome, and the listing is asked for again. */
async function retentionOf(
  connection: S3Connection,
  { key, versionId }: Version,
  signal: AbortSignal,
): Promise<Date | null> {
  const { headers } = await connection.sendAndDrain({ method: "HEAD", key, query: { versionId } }, [200], signal);
  const until = headers["x-amz-object-lock-retain-until-date"];
  return typeof until === "string" && until !== "" ? dateOf(until) : null;
}
