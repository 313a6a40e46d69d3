import { type CapsuleId, isIdentifier, layout, type Waiting } from "@fogbound/protocol";
import type { ObjectInfo, ObjectStore } from "@fogbound/storage";
import type { ManifestVersion } from "./manifest-chain.js";

/** A content younger than this may be one whose manifest is about to be written. */
export const sweepAfterMilliseconds: number = 24 * 60 * 60 * 1000;

/**
 * Contents that no manifest names any more, or ever did: left by a seal that was killed, or by one that was replaced.
 *
 * @param versions all that count; the contents named by the newest are kept
 * @param before by the store's own clock; younger ones are left alone
 */
export async function* unnamedContents(
  store: ObjectStore,
  capsule: CapsuleId,
  versions: readonly ManifestVersion[],
  before: Date,
  waiting: Waiting = {},
): AsyncGenerator<ObjectInfo, void, undefined> {
  const newest = versions.at(-1)?.manifest.items ?? [];
  const named = new Set(
    newest.flatMap(({ variants }) => variants.map(({ content }) => layout.content(capsule, content))),
  );
  const prefix = `${layout.capsule(capsule)}content/`;
  for await (const object of store.list(prefix, waiting)) {
    const isContent = isIdentifier("cnt", object.key.slice(prefix.length));
    if (isContent && !named.has(object.key) && object.modified < before) yield object;
  }
}
