import { constants, type Dirent } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import type { Bytes } from "fogbound";
import { notFound, wrongUsage } from "./failure.js";
import { mediaTypeOf } from "./media-types.js";
import { isMissing, systemCode } from "./system-errors.js";

/** What becomes an item. */
export interface Sealable {
  readonly name: string;
  readonly mediaType: string;
  /** Bytes, as far as is known before. */
  readonly size: number;
  /** Called once, when its turn comes. @param onBytes told of what was read of it */
  content(onBytes: (bytes: number) => void): Bytes;
}

export function sealableFile(source: Source): Sealable {
  const { name, mediaType, size } = source;
  return { name, mediaType, size, content: (onBytes) => contentOf(source, onBytes) };
}

/** One file to be sealed: named, measured, and opened only when its turn comes. */
export interface Source {
  /** The item's name: the file's own, or its path below the folder that was given, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly mediaType: string;
  /** Bytes, when it was looked at. */
  readonly size: number;
}

/**
 * Every file that the paths name, folders with all that lies below them, in a fixed order.
 * @param stores the stores' folders, which must not be sealed into themselves
 * @throws CommandFailure, exit 7 for a path that is not there; exit 2 for a symbolic link (it may lead anywhere), for
 * what is neither file nor folder, for two files of one name, and when there is nothing to seal.
 */
export async function findSources(
  paths: readonly string[],
  directory: string,
  stores: readonly string[],
): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    const full = resolve(directory, path);
    for await (const source of sourcesAt(full, basename(full), stores)) sources.push(source);
  }
  checkNames(sources, paths);
  return sources;
}

async function* sourcesAt(
  path: string,
  name: string,
  stores: readonly string[],
): AsyncGenerator<Source, void, undefined> {
  const info = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) throw notFound(`There is no file or folder ${path}.`, { cause: error });
    throw error;
  });
  if (info.isFile()) yield { name, path, mediaType: mediaTypeOf(name), size: info.size };
  else if (info.isDirectory()) yield* sourcesBelow(path, "", stores);
  else throw wrongUsage(`Expected a file or a folder, got ${kindOf(info)}: ${path}. ${advice(info)}`);
}

async function* sourcesBelow(
  folder: string,
  prefix: string,
  stores: readonly string[],
): AsyncGenerator<Source, void, undefined> {
  await checkNotStore(folder, stores);
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesBelow(path, `${prefix}${entry.name}/`, stores);
    else yield* sourcesAt(path, prefix + entry.name, stores);
  }
}

async function checkNotStore(folder: string, stores: readonly string[]): Promise<void> {
  const real = await realpath(folder);
  for (const store of stores)
    if (real === (await realpath(store).catch(() => null)))
      throw wrongUsage(
        `The folder ${folder} is the store itself, and cannot be sealed into itself. Name what is beside it.`,
      );
}

type Kind = Pick<Dirent, "isSymbolicLink" | "isFIFO" | "isSocket">;

function kindOf(info: Kind): string {
  if (info.isSymbolicLink()) return "a symbolic link";
  if (info.isFIFO()) return "a pipe";
  return info.isSocket() ? "a socket" : "a device";
}

function advice(info: Kind): string {
  return info.isSymbolicLink() ? "Name what it points to." : "Copy its contents to a file.";
}

function checkNames(sources: readonly Source[], paths: readonly string[]): void {
  if (sources.length === 0) throw wrongUsage(`Expected at least one file to seal, got none in ${paths.join(", ")}.`);
  const seen = new Map<string, string>();
  for (const { name, path } of sources) {
    const other = seen.get(name.normalize("NFC"));
    if (other !== undefined)
      throw wrongUsage(
        `Two files would have the name ${JSON.stringify(name)}: ${other} and ${path}. Seal their parent folder, or one by one.`,
      );
    seen.set(name.normalize("NFC"), path);
  }
}

/** The file's bytes, never all of them at once. A link put in its place meanwhile is not followed. */
async function* contentOf(
  { path }: Source,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((cause: unknown) => {
    const code = systemCode(cause);
    if (code === "ELOOP") throw wrongUsage(`${path} has become a symbolic link since it was looked at.`, { cause });
    throw cause;
  });
  const stream = file.createReadStream({ highWaterMark: 256 * 1024 });
  for await (const chunk of stream) {
    const bytes = new Uint8Array(chunk);
    onBytes(bytes.length);
    yield bytes;
  }
}

/** True when `path` lies in `folder`, or is it. */
export function isWithin(path: string, folder: string): boolean {
  const inner = resolve(path);
  const outer = resolve(folder);
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
