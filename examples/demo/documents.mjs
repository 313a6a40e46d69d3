import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";

const mediaTypes = {
  ".csv": "text/csv",
  ".json": "application/json",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".txt": "text/plain",
};

/** Every file below a folder, as an item: its name relative to the folder, its content a stream. */
export async function documentsIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "x").length - 1));
  if (names.length === 0)
    throw new Error(
      `Expected files in ${folder}, found none. Name a folder with documents: npm run demo -- --files DIR`,
    );
  return names.sort().map((name) => ({
    name: name.replaceAll("\\", "/"),
    content: createReadStream(join(folder, name)),
    mediaType: mediaTypes[extname(name).toLowerCase()] ?? "application/octet-stream",
  }));
}
