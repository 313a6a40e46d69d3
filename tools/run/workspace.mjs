import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root directory. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** What git does not track and a second run finds again: pnpm itself. */
export const toolsDirectory = join(root, ".tools");

/** The pnpm version the repository names in "packageManager", for example "10.34.9". */
export function pnpmVersion() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const version = /^pnpm@(\d+\.\d+\.\d+)/.exec(packageManager)?.[1];
  if (!version) throw new Error(`package.json "packageManager" must read pnpm@<version>, not ${packageManager}.`);
  return version;
}
