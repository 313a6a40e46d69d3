import { constants, fstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { FogboundError } from "@fogbound/errors";
import { errorNumber } from "./error-code.js";
import { closing, openFile, syncFile, unlinkFile, writeWhole } from "./file-calls.js";

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

/** As `writeNewFile`, for bytes that are at hand. */
export async function writeSmallFile(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<WrittenFile> {
  const file = await openFile(path, createNew);
  try {
    return await closing(file, () => fillSmall(file, bytes, signal));
  } catch (error) {
    await removeIfThere(path);
    throw error;
  }
}

async function fillSmall(file: number, bytes: Uint8Array, signal: AbortSignal): Promise<WrittenFile> {
  signal.throwIfAborted();
  await writeWhole(file, bytes);
  await syncFile(file);
  const { size, mtime } = fstatSync(file);
  signal.throwIfAborted();
  return { size, modified: mtime };
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

/** null on Windows, which cannot open a directory, and keeps its names in a journal. */
export async function openDirectory(path: string): Promise<number | null> {
  return process.platform === "win32" ? null : openFile(path, constants.O_RDONLY | constants.O_DIRECTORY);
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await openDirectory(path);
  if (directory !== null) await closing(directory, () => syncFile(directory));
}

/**
 * Syncs after a name was made. A failure here is no "try again": the name is visible, reading it back would succeed,
 * and a crash may still take it away. A kernel reports a failed fsync once, so a second one proves nothing either.
 */
export async function syncName(key: string, sync: () => Promise<void>): Promise<void> {
  try {
    await sync();
  } catch (cause) {
    const message = `${JSON.stringify(key)} was written, and the disk could not be made to keep its name. Check the disk before you go on.`;
    throw new FogboundError("OUTCOME_UNKNOWN", message, { cause, retryable: false });
  }
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlinkFile(path);
  } catch (error) {
    if (errorNumber(error) !== "ENOENT") throw error;
  }
}
