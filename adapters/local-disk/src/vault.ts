import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FogboundError } from "@fogbound/errors";
import { removeIfThere, syncDirectory, writeNewFile } from "./durable.js";
import { errorNumber, LocalDiskError } from "./error-code.js";
import type { ResolvedOptions } from "./options.js";

const format = "fogbound.local-disk";
const version = 1;
const ownDirectory = ".fogbound";
/** What a fresh file system or an initialisation that was killed leaves behind; it does not make a directory somebody's. */
const strangersAllowed: ReadonlySet<string> = new Set([ownDirectory, "lost+found"]);

/** The places of one store on the disk, all real paths. */
export interface Vault {
  readonly root: string;
  readonly marker: string;
  readonly temporary: string;
  readonly objects: string;
}

function placesOf(root: string): Vault {
  const own = join(root, ownDirectory);
  return { root, marker: join(own, "store.json"), temporary: join(own, "temporary"), objects: join(root, "objects") };
}

/**
 * The store in this directory, to read. Makes nothing.
 *
 * @throws LocalDiskError `STORE_UNREACHABLE` when there is none, which may be a disk that is not mounted;
 *   `STORE_UNSUITABLE` when the directory is somebody else's. FogboundError `FORMAT_TOO_NEW`.
 */
export async function openVault(options: ResolvedOptions): Promise<Vault> {
  const vault = placesOf(await realpath(options.directory).catch(() => options.directory));
  const found = await readMarker(vault);
  if (found !== null) return vault;
  await assertNobodys(vault);
  throw noVault(vault);
}

/** The store in this directory, to write: made if the directory is missing or empty. Old temporary files go. */
export async function openOrMakeVault(options: ResolvedOptions): Promise<Vault> {
  const before = placesOf(await realpath(options.directory).catch(() => options.directory));
  if ((await readMarker(before)) === null) {
    await assertNobodys(before);
    await makeVault(options.directory);
  }
  const vault = placesOf(await realpath(options.directory));
  await sweep(vault, options.temporaryFileMilliseconds);
  return vault;
}

/** Called before a missing file is believed to be a miss. @throws LocalDiskError `STORE_UNREACHABLE` */
export async function assertThere(vault: Vault): Promise<void> {
  try {
    await lstat(vault.marker);
  } catch (error) {
    if (errorNumber(error) !== "ENOENT") throw error;
    throw noVault(vault);
  }
}

/** null when there is no marker. Anybody may have written one, so what is not exactly ours is refused. */
async function readMarker(vault: Vault): Promise<object | null> {
  let text: string;
  try {
    text = await readFile(vault.marker, "utf8");
  } catch (error) {
    if (errorNumber(error) === "ENOENT") return null;
    throw error;
  }
  const marker = parsed(text);
  if (marker.format !== format) throw unsuitable(vault, `a marker of format ${JSON.stringify(marker.format)}`);
  if (marker.version === version) return marker;
  if (typeof marker.version === "number" && marker.version > version) {
    const message = `Expected ${vault.marker} of version ${version}, got ${marker.version}. Update @fogbound/adapter-local-disk.`;
    throw new FogboundError("FORMAT_TOO_NEW", message);
  }
  throw unsuitable(vault, `a marker of version ${JSON.stringify(marker.version)}`);
}

function parsed(text: string): { readonly format?: unknown; readonly version?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** @throws LocalDiskError `STORE_UNSUITABLE` when the directory holds anything and no marker came up meanwhile. */
async function assertNobodys(vault: Vault): Promise<void> {
  let names: string[];
  try {
    names = await readdir(vault.root);
  } catch (error) {
    if (errorNumber(error) === "ENOENT") return;
    throw error;
  }
  const strangers = names.filter((name) => !strangersAllowed.has(name));
  if (strangers.length === 0 || (await readMarker(vault)) !== null) return;
  throw unsuitable(vault, `${strangers.length} others, such as ${JSON.stringify(strangers[0])}`);
}

async function makeVault(directory: string): Promise<void> {
  const firstMade = await mkdir(directory, { recursive: true });
  const vault = placesOf(await realpath(directory));
  await mkdir(vault.temporary, { recursive: true });
  const draft = join(vault.temporary, `${process.pid}-${randomUUID()}`);
  const text = `${JSON.stringify({ format, version })}\n`;
  await writeNewFile(draft, [new TextEncoder().encode(text)], new AbortController().signal);
  try {
    await link(draft, vault.marker);
  } catch (error) {
    if (errorNumber(error) !== "EEXIST") throw error;
  } finally {
    await removeIfThere(draft);
  }
  await syncDirectory(dirname(vault.marker));
  await syncDirectory(vault.root);
  await syncUpTo(vault.root, firstMade === undefined ? vault.root : dirname(await realpath(firstMade)));
}

async function syncUpTo(from: string, top: string): Promise<void> {
  for (let path = from; path !== top && path !== dirname(path); ) {
    path = dirname(path);
    await syncDirectory(path);
  }
}

async function sweep(vault: Vault, milliseconds: number): Promise<void> {
  for (const name of await temporaryNames(vault)) {
    const path = join(vault.temporary, name);
    const found = await lstat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > milliseconds) await removeIfThere(path);
  }
}

/** Copies of a store often come without its empty directories. */
async function temporaryNames(vault: Vault): Promise<string[]> {
  try {
    return await readdir(vault.temporary);
  } catch (error) {
    if (errorNumber(error) !== "ENOENT") throw error;
    await mkdir(vault.temporary);
    return [];
  }
}

function noVault(vault: Vault): LocalDiskError {
  const message = `expected a store in ${vault.root}, found no ${vault.marker}; mount the disk, or correct the path`;
  return new LocalDiskError("STORE_UNREACHABLE", message);
}

function unsuitable(vault: Vault, found: string): LocalDiskError {
  const message = `expected an empty directory or a store in ${vault.root}, found ${found}; name a directory of its own`;
  return new LocalDiskError("STORE_UNSUITABLE", message);
}
