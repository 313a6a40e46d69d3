import { randomUUID } from "node:crypto";
import { closeSync, constants, fstatSync, type Stats } from "node:fs";
import { lstat, open, rename } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { ByteRange, Capabilities, FoundObject, ObjectInfo, StoreDriver, StoreErrorCode } from "@fogbound/storage";
import { bodyInMemory, bodyOf, chunkBytes } from "./body.js";
import { DirectoryMaker } from "./directory-maker.js";
import { removeIfThere, syncDirectory, syncName, type WrittenFile, writeNewFile, writeSmallFile } from "./durable.js";
import { errorCode, errorNumber, LocalDiskError } from "./error-code.js";
import { closing, isAt, linkFile, openFile, readFrom, syncFile, unlinkFile } from "./file-calls.js";
import { directoryNames, objectNames } from "./key-path.js";
import type { LocalDiskOptions, ResolvedOptions } from "./options.js";
import { assertThere, openOrMakeVault, openVault, type Vault } from "./vault.js";
import { type Entry, walk } from "./walk.js";

/**
 * Fogbound's store in a directory of a local file system.
 *
 * **Layout.** `.fogbound/store.json` says that the directory is a store, and of which version; `.fogbound/temporary/`
 * holds what is being written; `objects/` holds the objects, by escaped names (key-path.ts).
 * **Create-only** is link(2): the whole, synced file gets its name, or EEXIST. It needs hard links and one file system.
 * **Durable** means fsync of the file, then of the directory, and of every directory that was made.
 * **Absence** is ENOENT in a store whose marker is there; without it the disk is not mounted, and every call rejects.
 * **Limits.** The paths of the longest keys need some 3,300 bytes after the root's: Linux takes 4,096.
 *
 * @throws TypeError for options that are none.
 */
export function localDisk(options: LocalDiskOptions): StoreDriver {
  const { directory, temporaryFileHours = 24 } = options;
  if (typeof directory !== "string" || directory === "") throw new TypeError("Expected the path of a directory.");
  if (!(temporaryFileHours > 0)) throw new RangeError("Expected temporaryFileHours above 0.");
  return new LocalDisk({
    directory: resolve(directory),
    temporaryFileMilliseconds: temporaryFileHours * 3_600_000,
  });
}

const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

class LocalDisk implements StoreDriver {
  readonly name = "local-disk";
  readonly capabilities: Capabilities = {
    largeCreateOnly: true,
    enforcedRetention: false,
    conditionalDelete: false,
  };
  readonly #options: ResolvedOptions;
  readonly #directories = new DirectoryMaker();
  #reading: Promise<Vault> | null = null;
  #writing: Promise<Vault> | null = null;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  async create(key: string, bytes: Uint8Array, _retainUntil: null | Date, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#write(key, (path) => writeSmallFile(path, bytes, signal), signal, linkNew);
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#write(key, (path) => writeNewFile(path, content, signal), signal, linkNew);
  }

  async replace(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#write(key, (path) => writeSmallFile(path, bytes, signal), signal, rename);
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null> {
    const vault = await this.#toRead();
    const path = objectPath(vault, key);
    signal.throwIfAborted();
    return found(vault, async () => (await this.#getSmall(key, path, range)) ?? this.#getLarge(key, path, range));
  }

  async head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    const vault = await this.#toRead();
    signal.throwIfAborted();
    return found(vault, () => this.#lookAt(vault, key));
  }

  async list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    const vault = await this.#toRead();
    const page: ObjectInfo[] = [];
    const start = startOf(vault, prefix);
    if (start === null) return page;
    let batch: Entry[] = [];
    const flush = async (): Promise<void> => {
      const infos = await Promise.all(
        batch.map(({ key, path }) => found(vault, async () => infoOf(key, path, await lstat(path)))),
      );
      page.push(...infos.filter((info) => info !== null));
      batch = [];
    };
    await found(vault, () => this.#directories.assertInside(start.path));
    for await (const entry of walk({ start, prefix, after })) {
      signal.throwIfAborted();
      batch.push(entry);
      if (page.length + batch.length === limit) await flush();
      if (page.length === limit) break;
    }
    await flush();
    await assertThere(vault);
    return page;
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    const vault = await this.#toWrite();
    const path = objectPath(vault, key);
    signal.throwIfAborted();
    await found(vault, async () => {
      await this.#directories.assertInside(dirname(path));
      await unlinkFile(path);
      await syncName(key, () => syncDirectory(dirname(path)));
    });
  }

  async close(): Promise<void> {}

  errorCode(error: unknown): StoreErrorCode | null {
    return errorCode(error);
  }

  async #write(
    key: string,
    write: (path: string) => Promise<WrittenFile>,
    signal: AbortSignal,
    publish: (from: string, to: string) => Promise<void>,
  ): Promise<ObjectInfo> {
    const vault = await this.#toWrite();
    const path = objectPath(vault, key);
    const temporary = join(vault.temporary, `${process.pid}-${randomUUID()}`);
    const written = await write(temporary);
    let swept: Promise<void> | null = null;
    try {
      const directory = await this.#directories.make(vault.objects, dirname(path));
      try {
        signal.throwIfAborted();
        await publish(temporary, path);
        swept = removeIfThere(temporary).catch(leaveToSweep);
        if (directory !== null) await syncName(key, () => syncFile(directory));
      } finally {
        if (directory !== null) closeSync(directory);
      }
    } finally {
      await (swept ?? removeIfThere(temporary).catch(leaveToSweep));
    }
    return { key, size: written.size, modified: written.modified };
  }

  /** null for what is too large to be read at once. */
  async #getSmall(key: string, path: string, range: ByteRange | null): Promise<FoundObject | null> {
    const file = await this.#openToRead(path);
    return closing(file, async () => {
      if (!isAt(file, path)) await this.#directories.assertInside(dirname(path));
      const info = infoOf(key, path, fstatSync(file));
      const { offset, length } = within(range, info.size);
      return length > chunkBytes ? null : { ...info, body: bodyInMemory(await readFrom(file, offset, length)) };
    });
  }

  /** A file that is not there is a miss only where no link leads out of the store on the way to it. */
  async #openToRead(path: string): Promise<number> {
    try {
      return await openFile(path, readOnly);
    } catch (error) {
      await this.#directories.assertInside(dirname(path));
      throw error;
    }
  }

  /** By a handle, which is closed in the end even when nobody reads the body. */
  async #getLarge(key: string, path: string, range: ByteRange | null): Promise<FoundObject> {
    await this.#directories.assertInside(dirname(path));
    const file = await open(path, readOnly);
    try {
      const info = infoOf(key, path, await file.stat());
      const { offset, length } = within(range, info.size);
      return { ...info, body: bodyOf(file, offset, length) };
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  async #lookAt(vault: Vault, key: string): Promise<ObjectInfo> {
    const path = objectPath(vault, key);
    await this.#directories.assertInside(dirname(path));
    return infoOf(key, path, await lstat(path));
  }

  /** Looked for until it was found once; from then on a missing store is an error, and is never made anew. */
  async #toRead(): Promise<Vault> {
    this.#reading ??= this.#writing ?? openVault(this.#options);
    try {
      return await this.#reading;
    } catch (error) {
      this.#reading = null;
      throw error;
    }
  }

  async #toWrite(): Promise<Vault> {
    this.#writing ??= openOrMakeVault(this.#options);
    try {
      return await this.#writing;
    } catch (error) {
      this.#writing = null;
      throw error;
    }
  }
}

/** What was written is written (or its own error tells why not) whether its second name could be removed or not. */
function leaveToSweep(): void {}

/** link(2) on purpose: rename(2) replaces what is there, and O_EXCL shows a file before it is whole. */
async function linkNew(from: string, to: string): Promise<void> {
  try {
    await linkFile(from, to);
  } catch (error) {
    const number = errorNumber(error);
    if (number === "EEXIST") throw new LocalDiskError("OBJECT_EXISTS", "the file is there", error);
    if (number !== "EPERM") throw error;
    const message = "link(2) is not permitted: expected a file system with hard links, and a directory that can change";
    throw new LocalDiskError("STORE_UNSUITABLE", message, error);
  }
}

/** Makes a miss of ENOENT, and only of that, and only while the store itself is there. */
async function found<T>(vault: Vault, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (errorNumber(error) !== "ENOENT") throw error;
    await assertThere(vault);
    return null;
  }
}

function objectPath(vault: Vault, key: string): string {
  return vault.objects + sep + objectNames(key).join(sep);
}

/** Cut to what there is. */
function within(range: ByteRange | null, size: number): ByteRange {
  const offset = Math.min(range?.offset ?? 0, size);
  return { offset, length: Math.min(range?.length ?? size, size - offset) };
}

function infoOf(key: string, path: string, stats: Stats): ObjectInfo {
  if (stats.isFile()) return { key, size: stats.size, modified: stats.mtime };
  throw new LocalDiskError("STORE_UNSUITABLE", `expected ${path} to be a file, found a link or something else`);
}

/** The deepest directory all keys of a prefix lie in; null when no key can start with it. */
function startOf(vault: Vault, prefix: string): Entry | null {
  const segments = prefix.split("/").slice(0, -1);
  if (segments.includes("")) return null;
  const key = segments.map((segment) => `${segment}/`).join("");
  return { kind: "directory", key, path: join(vault.objects, ...directoryNames(segments)) };
}
