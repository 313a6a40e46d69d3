import { mkdir, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandFailure } from "./failure.js";
import { exists } from "./files.js";
import { isWithin } from "./sources.js";
import { isMissing, systemCode } from "./system-errors.js";

const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** The folder that items go below, made if need be. @throws CommandFailure, exit 1, where a file of this name lies. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST" && systemCode(error) !== "ENOTDIR") throw error;
    throw exists(path, "Items go below a folder: name one.", error);
  });
}

/**
 * Where an item goes below a folder, its parents made. Names are the owner's, who may be anybody.
 * @throws CommandFailure, exit 1, for a name that leads out of the folder, by itself or through a link that lies there,
 * and for a file that is there already unless `force`.
 */
export async function placeFor(folder: string, name: string, force: boolean): Promise<string> {
  if (!isSafe(name)) throw unsafe(name);
  const path = join(folder, ...name.split("/"));
  await mkdir(dirname(path), { recursive: true });
  if (!isWithin(await realpath(dirname(path)), await realpath(folder))) throw unsafe(name);
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found?.isDirectory() || (found !== null && !force)) throw exists(path);
  return path;
}

/** Relative, of plain parts; no backslash, colon (a drive, a stream) or device name, which mean something else on Windows. */
function isSafe(name: string): boolean {
  if (name === "" || /[\p{Cc}\\:]/u.test(name)) return false;
  return name.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !isDevice(part));
}

function isDevice(part: string): boolean {
  return process.platform === "win32" && deviceName.test(part);
}

function unsafe(name: string): CommandFailure {
  return new CommandFailure(
    1,
    "NAME_UNSAFE",
    `The item name ${JSON.stringify(name)} cannot be written as a file below the folder.`,
  );
}
