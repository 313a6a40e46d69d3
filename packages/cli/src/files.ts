import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { alreadyThere } from "./failure.js";
import { isMissing, systemCode } from "./system-errors.js";

/** A private file, whole or not at all, in place of what was there. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeWhole(path, [new TextEncoder().encode(text)], { force: true, mode: 0o600 });
}

/**
 * Writes a file under another name and gives it its own when all of it is there: an interrupted one is never seen.
 * @param options `force`: what is there is replaced; otherwise it stays.
 * @throws CommandFailure, exit 1, when there is a file of this name already.
 */
export async function writeWhole(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { readonly force: boolean; readonly mode?: number; readonly onBytes?: (bytes: number) => void },
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.part`);
  try {
    await writeTo(temporary, content, options);
    await (options.force ? rename(temporary, path) : appear(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    if (systemCode(error) === "EEXIST") throw exists(path, undefined, error);
    throw error;
  }
}

/** The failure for a file that is not written over. */
export function exists(
  path: string,
  advice = "Give --force to replace it, or name another place.",
  cause?: unknown,
): Error {
  return alreadyThere(`There is a file at ${path} already. ${advice}`, { cause });
}

/** @throws CommandFailure, exit 1, when there is anything at this path, be it a link that leads nowhere. */
export async function checkFree(path: string, advice?: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found !== null) throw exists(path, advice);
}

async function writeTo(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { readonly mode?: number; readonly onBytes?: (bytes: number) => void },
): Promise<void> {
  const file = await open(path, "wx", options.mode ?? 0o666);
  try {
    for await (const chunk of content) {
      await file.writeFile(chunk);
      options.onBytes?.(chunk.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A hard link is made only where nothing is, in one step; where the file system has none, the name is taken first. */
async function appear(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    await rm(temporary);
  } catch (error) {
    const code = systemCode(error);
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS" && code !== "EOPNOTSUPP") throw error;
    await (await open(path, "wx")).close();
    await rename(temporary, path);
  }
}
