import type { S3Connection } from "./connection.js";
import { isMiss } from "./error-code.js";

/** Removes an object, or one version of it. Resolves when it is gone, and when the store proves that it was not there. */
export async function remove(
  connection: S3Connection,
  key: string,
  versionId: string | null,
  signal: AbortSignal,
): Promise<void> {
  const query: Record<string, string> = versionId === null ? {} : { versionId };
  try {
    await connection.sendAndDrain({ method: "DELETE", key, query }, [204], signal);
  } catch (error) {
    if (!isMiss(error)) throw error;
  }
}
