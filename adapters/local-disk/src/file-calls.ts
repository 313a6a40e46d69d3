import fs, { type PathLike } from "node:fs";

/**
 * The calls of `node:fs` that small objects are written and read with, by file descriptors and callbacks: handles and
 * promises of `node:fs/promises` take three times as much of the one thread that everything else runs in.
 */

type Done<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

function called<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

/** With the permissions that a new file has by default. */
export function openFile(path: PathLike, flags: number): Promise<number> {
  return called((done) => fs.open(path, flags, done));
}

export function syncFile(file: number): Promise<void> {
  return called((done) => fs.fsync(file, done));
}

export async function writeWhole(file: number, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const at = offset;
    offset += await called<number>((done) => fs.write(file, bytes, at, bytes.length - at, null, done));
  }
}

/** Fewer bytes than asked for only where the file ends. */
export async function readFrom(file: number, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const at = filled;
    const read = await called<number>((done) => fs.read(file, bytes, at, length - at, position + at, done));
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

export function linkFile(from: string, to: string): Promise<void> {
  return called((done) => fs.link(from, to, done));
}

export function unlinkFile(path: string): Promise<void> {
  return called((done) => fs.unlink(path, done));
}

export function realPath(path: string): Promise<string> {
  return called((done) => fs.realpath.native(path, done));
}

/**
 * Runs work with an open file, and closes it. Closing does not leave the thread: what was written is synced by then, and
 * what was read costs nothing.
 */
export async function closing<T>(file: number, work: () => T | Promise<T>): Promise<T> {
  let done: T;
  try {
    done = await work();
  } catch (error) {
    closeQuietly(file);
    throw error;
  }
  fs.closeSync(file);
  return done;
}

/** After a failure, which tells more than what closing has to say. */
function closeQuietly(file: number): void {
  try {
    fs.closeSync(file);
  } catch {
    return;
  }
}

/**
 * Whether an open file or directory lies at this very path, with no symbolic link in the way to it, by the kernel's word.
 * False also where that cannot be told: outside Linux, without /proc, after the file was removed.
 */
export function isAt(file: number, path: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    return fs.readlinkSync(`/proc/self/fd/${file}`) === path;
  } catch {
    return false;
  }
}
