import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Config, parseConfig } from "./config.js";
import { notFound, wrongUsage } from "./failure.js";
import { systemCode } from "./system-errors.js";

export const configName = "fogbound.json";

export interface FoundConfig {
  readonly path: string;
  readonly config: Config;
}

/** The config named, which must be there; else the nearest one from `directory` upwards; null when there is none. */
export async function findConfig(named: string | undefined, directory: string): Promise<FoundConfig | null> {
  if (named === undefined) return nearest(directory);
  const found = await readConfig(resolve(directory, named));
  if (found === null)
    throw notFound(`There is no config file ${named}. Name another one, or make one with "fogbound init".`);
  return found;
}

async function nearest(directory: string): Promise<FoundConfig | null> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = await readConfig(join(folder, configName));
    if (found !== null || dirname(folder) === folder) return found;
  }
}

/** A file that cannot be read is an error: to go on without it would be to run under other settings than its owner wrote. */
async function readConfig(path: string): Promise<FoundConfig | null> {
  try {
    return { path, config: parseConfig(await readFile(path, "utf8"), path) };
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code === "EISDIR") throw wrongUsage(`Expected a config file at ${path}, got a folder.`, { cause: error });
    throw error;
  }
}
