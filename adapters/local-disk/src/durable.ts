import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { FogboundError } from "@fogbound/errors";
import { errorNumber } from "./error-code.js";

const createNew = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

export interface WrittenFile {
  readonly size: number;
  readonly modified: Date;
}

/** Writes and syncs a new file. When anything fails, the signal included, the file is gone before this rejects. */
export async function writeNewFile(
  path: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<WrittenFile> {
  const file = await open(path, createNew);
  try {
    const written = await fill(file, content, signal);
    await file.close();
    return written;
  } catch (error) {
    await file.close().catch(() => undefined);
    await removeIfThere(path);
    throw error;
  }
}

async function fill(
  file: FileHandle,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<WrittenFile> {
  for await (const chunk of content) {
    signal.throwIfAborted();
    for (let offset = 0; offset < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, offset, chunk.length - offset);
      offset += bytesWritten;
    }
  }
  await file.sync();
  const { size, mtime } = await file.stat();
  signal.throwIfAborted();
  return { size, modified: mtime };
}

/** Makes the names in a directory durable. Windows cannot open one, and keeps its names in a journal. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Syncs after a name was made. A failure here is no "try again": the name is visible, reading it back would succeed,
 * and a crash may still take it away. A kernel reports a failed fsync once, so a second one proves nothing either.
 */
export async function syncName(directory: string, key: string): Promise<void> {
  try {
    await syncDirectory(directory);
  } catch (cause) {
    const message = `${JSON.stringify(key)} was written, and the disk could not be made to keep its name. Check the disk before you go on.`;
    throw new FogboundError("OUTCOME_UNKNOWN", message, { cause, retryable: false });
  }
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errorNumber(error) !== "ENOENT") throw error;
  }
}
