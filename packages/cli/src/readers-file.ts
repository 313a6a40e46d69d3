import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandFailure } from "./failure.js";
import { replaceFile } from "./files.js";
import { formatReaders, type KnownReader, parseReaders } from "./readers.js";
import { isMissing } from "./system-errors.js";

const othersMayWrite = 0o022;

/** Where the readers an owner knows are written down: beside the owner's key file, never in the store. */
export function readersPath(keyFile: string): string {
  return join(dirname(keyFile), "readers.json");
}

/**
 * The readers the owner knows; none when there is no file yet.
 * @throws CommandFailure, exit 8, when others may write the file: whoever can put a key beside a name reads what is
 * sealed for that name.
 */
export async function loadReaders(keyFile: string): Promise<readonly KnownReader[]> {
  const path = readersPath(keyFile);
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & othersMayWrite) !== 0)
      throw new CommandFailure(
        8,
        "READERS_UNSAFE",
        `Others may change ${path} (mode ${(mode & 0o777).toString(8)}), which says whose key is whose. Make it yours alone: chmod 600 ${JSON.stringify(path)}`,
      );
    return parseReaders(await readFile(path, "utf8"), path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export async function saveReaders(keyFile: string, readers: readonly KnownReader[]): Promise<void> {
  await replaceFile(readersPath(keyFile), formatReaders(readers));
}
