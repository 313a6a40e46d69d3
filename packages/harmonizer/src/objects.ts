import { equalBytes } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import type { Waiting } from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";

/** The whole object, or null for a proved miss. */
export async function readObject(store: ObjectStore, key: string, waiting: Waiting = {}): Promise<Uint8Array | null> {
  const object = await store.get(key, waiting);
  return object === null ? null : readAll(object, smallObjectBytes);
}

/**
 * Creates an object under a name that its content fixes, so that one that is there already is this one.
 * @throws FogboundError `FORMAT_INVALID` when other bytes lie there: the store is damaged.
 */
export async function putOnce(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
  waiting: Waiting = {},
): Promise<void> {
  if (await created(store, key, bytes, waiting)) return;
  const found = await readObject(store, key, waiting);
  if (found !== null && equalBytes(found, bytes)) return;
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected ${JSON.stringify(key)} to hold what its name is the hash of, got other bytes. Remove that object and try again.`,
  );
}

/**
 * Puts a derived copy right: what others computed the same stays, what is damaged is written anew.
 * @returns "repaired" when it was damaged, or gone though it should have been there
 * @param options.isThere whether it is worth looking before trying to create it
 */
export async function putDerived(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
  { isThere = false, ...waiting }: Waiting & { readonly isThere?: boolean } = {},
): Promise<"done" | "repaired"> {
  if (!isThere && (await created(store, key, bytes, waiting))) return "done";
  // Whatever is larger than a small object is not this one.
  const found = await readObject(store, key, waiting).catch((error: unknown) => {
    if (hasCode(error, "FORMAT_INVALID")) return null;
    throw error;
  });
  if (found !== null && equalBytes(found, bytes)) return "done";
  await store.replace(key, bytes, waiting);
  return "repaired";
}

async function created(store: ObjectStore, key: string, bytes: Uint8Array, waiting: Waiting): Promise<boolean> {
  try {
    await store.create(key, bytes, waiting);
    return true;
  } catch (error) {
    if (hasCode(error, "OBJECT_EXISTS")) return false;
    throw error;
  }
}

export function hasCode(error: unknown, code: FogboundError["code"]): boolean {
  return FogboundError.isInstance(error) && error.code === code;
}
