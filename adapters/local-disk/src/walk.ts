import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { compareKeys } from "@fogbound/storage";
import { errorNumber, LocalDiskError } from "./error-code.js";
import { parseName, unescapeSegment } from "./key-path.js";

/** An object, or a directory, whose `key` then ends in "/" and starts all the keys in it. */
export interface Entry {
  readonly kind: "object" | "directory";
  readonly key: string;
  readonly path: string;
}

/** The directory that a listing starts in, and which of its keys are wanted. */
export interface Walk {
  readonly start: Entry;
  readonly prefix: string;
  readonly after: string;
}

/**
 * The objects under a directory in the order of their keys' bytes. A directory sorts as its name with a "/", so the
 * order of one directory's entries is that of all keys under them. What is not there (any more) is left out; the
 * caller makes sure that the store itself still is.
 */
export async function* walk({ start, prefix, after }: Walk): AsyncGenerator<Entry> {
  const pending: Entry[] = [start];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    if (entry.kind === "object") {
      yield entry;
      continue;
    }
    const wanted = (await childrenOf(entry)).filter((child) => isWanted(child, prefix, after));
    pending.push(...wanted.sort((left, right) => compareKeys(right.key, left.key)));
  }
}

function isWanted({ kind, key }: Entry, prefix: string, after: string): boolean {
  if (kind === "object") return key.startsWith(prefix) && compareKeys(key, after) > 0;
  if (!key.startsWith(prefix) && !prefix.startsWith(key)) return false;
  return after.startsWith(key) || compareKeys(key, after) > 0;
}

/** With the pieces of long segments put together, as those of one segment sort among all the others. */
async function childrenOf(directory: Entry, before = ""): Promise<Entry[]> {
  const children: Entry[] = [];
  for (const found of await entriesOf(directory.path)) {
    const name = parseName(found.name, before);
    if (name === null) continue;
    const path = join(directory.path, found.name);
    if (!isOurs(found, path, name.kind === "object" ? "object" : "directory")) continue;
    if (name.kind === "more") {
      children.push(...(await childrenOf({ ...directory, path }, name.escaped)));
      continue;
    }
    const segment = unescapeSegment(name.escaped);
    if (segment === null) continue;
    const end = name.kind === "directory" ? "/" : "";
    children.push({ kind: name.kind, key: directory.key + segment + end, path });
  }
  return children;
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (errorNumber(error) === "ENOENT") return [];
    throw error;
  }
}

/**
 * False for a file or directory that somebody else put here. A symbolic link (or a device) under one of our names is
 * an error: it leads out of the store, or hides what should lie there.
 */
function isOurs(found: Dirent, path: string, kind: Entry["kind"]): boolean {
  if (found.isFile()) return kind === "object";
  if (found.isDirectory()) return kind === "directory";
  throw new LocalDiskError("STORE_UNSUITABLE", `expected ${path} to be a ${kind}, found a link or something else`);
}
