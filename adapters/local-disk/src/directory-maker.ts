import { closeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { openDirectory, syncDirectory } from "./durable.js";
import { errorNumber, LocalDiskError } from "./error-code.js";
import { isAt, realPath } from "./file-calls.js";

/** Directories remembered as durable; forgetting one costs an fsync. */
const remembered = 10_000;

/**
 * Makes directories that outlive a crash. That one exists does not say so: another process may have made it and not
 * yet synced its parent. So every process syncs the parents of each directory once before it relies on it.
 */
export class DirectoryMaker {
  readonly #durable = new Set<string>();
  readonly #looking = new Map<string, Promise<void>>();

  /**
   * Makes `path`, which is `top` or under it. `top`'s parent must be there.
   * @returns the directory, open; null on Windows
   * @throws LocalDiskError `STORE_UNSUITABLE` as `assertInside`.
   */
  async make(top: string, path: string): Promise<number | null> {
    await this.#makeMissing(top, path);
    try {
      return await this.#openInside(path);
    } catch (error) {
      if (errorNumber(error) !== "ENOENT") throw error;
      this.#durable.clear();
      await this.#makeMissing(top, path);
      return this.#openInside(path);
    }
  }

  /**
   * Rejects when a symbolic link stands anywhere in the way to a directory: it would lead out of the store.
   *
   * @throws LocalDiskError `STORE_UNSUITABLE`
   */
  assertInside(path: string): Promise<void> {
    // Who asks while another's look at the same directory is under way, as dozens of readers of one item do, takes that.
    const looking = this.#looking.get(path) ?? lookAt(path).finally(() => this.#looking.delete(path));
    this.#looking.set(path, looking);
    return looking;
  }

  async #openInside(path: string): Promise<number | null> {
    const directory = await openDirectory(path);
    try {
      if (directory === null || !isAt(directory, path)) await this.assertInside(path);
    } catch (error) {
      if (directory !== null) closeSync(directory);
      throw error;
    }
    return directory;
  }

  async #makeMissing(top: string, path: string): Promise<void> {
    const missing: string[] = [];
    for (let next = path; !this.#durable.has(next); next = dirname(next)) {
      missing.push(next);
      if (next === top) break;
    }
    for (const next of missing.reverse()) await this.#makeOne(next);
  }

  async #makeOne(path: string): Promise<void> {
    try {
      await mkdir(path);
    } catch (error) {
      if (errorNumber(error) !== "EEXIST") throw error;
    }
    await syncDirectory(dirname(path));
    if (this.#durable.size >= remembered) this.#durable.clear();
    this.#durable.add(path);
  }
}

async function lookAt(path: string): Promise<void> {
  const real = await realPath(path);
  if (real === path) return;
  throw new LocalDiskError("STORE_UNSUITABLE", `expected ${path} to be no link, found that it leads to ${real}`);
}
