import { equalBytes } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type ObjectStore, readAll } from "@fogbound/storage";

/** *taken*: other bytes lie under the key, which only a second holder of the instance key would have put there. */
export type CreateOutcome = "done" | "taken";

/** Creates, where the very same bytes under the key count as done: what was given up may have been carried out. */
export async function createOnce(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const waiting = signal === undefined ? {} : { signal };
  try {
    await store.create(key, bytes, waiting);
    return "done";
  } catch (error) {
    if (!FogboundError.isInstance(error) || error.code !== "OBJECT_EXISTS") throw error;
    const found = await store.get(key, waiting);
    if (found === null) throw error;
    // Whoever put it there may have made it of any size.
    if (found.size !== bytes.length) {
      await found.body.cancel();
      return "taken";
    }
    return equalBytes(await readAll(found, bytes.length), bytes) ? "done" : "taken";
  }
}
