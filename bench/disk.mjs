import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { NotMeasurable, percentile } from "./harness.mjs";

/** Below this a file system only says that it syncs: memory, or a disk that lies. */
const leastFsyncMicroseconds = 20;
const tries = 200;

/** A new directory on the disk to be measured, gone with `use`. */
export async function withFolder(directory, use) {
  await mkdir(directory, { recursive: true });
  const folder = await mkdtemp(join(directory, "vault-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A folder in which durable means durable, and what making it so costs. It goes when the process ends: for minutes after
 * thousands of files were deleted, ext4 steps over each of them whenever a file is made near by, and the next measure
 * would be of that.
 * @throws NotMeasurable where fsync is free: what waits for it would be measured as if it did not.
 */
export async function withDurableFolder(directory, use) {
  const fsync = fsyncMicroseconds(await folderUntilExit(directory, "fsync-"));
  const folder = await folderUntilExit(directory, "vault-");
  if (fsync >= leastFsyncMicroseconds) return use(folder, fsync);
  throw new NotMeasurable(
    `An fsync takes ${fsync.toFixed(1)} µs in ${directory}, which is no disk's: expected ${leastFsyncMicroseconds} µs or more. Name a directory on a disk with --directory.`,
  );
}

async function folderUntilExit(directory, prefix) {
  await mkdir(directory, { recursive: true });
  const folder = await mkdtemp(join(directory, prefix));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The median of an fsync after 4 KiB were written to a new file, in this thread: a hop to another costs as much as some. */
function fsyncMicroseconds(folder) {
  const bytes = new Uint8Array(4096).fill(1);
  const times = Array.from({ length: tries }, (_, index) => fsyncOnce(join(folder, `fsync-${index}`), bytes));
  return percentile(times, 50);
}

function fsyncOnce(path, bytes) {
  const file = openSync(path, "wx");
  try {
    writeSync(file, bytes);
    const start = performance.now();
    fsyncSync(file);
    return (performance.now() - start) * 1000;
  } finally {
    closeSync(file);
  }
}
