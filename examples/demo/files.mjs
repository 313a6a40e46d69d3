import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The paths of all files below a folder that a test accepts, sorted. */
export async function filesBelow(folder, accepts = () => true) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(accepts)
    .sort();
}
