import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { WrongUsage } from "./arguments.mjs";

const mediaTypes = {
  ".csv": "text/csv",
  ".json": "application/json",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".txt": "text/plain",
};

/**
 * Every file below a folder as an item: its name relative to the folder, its content read when it is sealed and not
 * before. Links, sockets and the like are left out, and said to be.
 */
export async function documentsIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const leftOut = entries.filter((entry) => !entry.isFile() && !entry.isDirectory()).map(({ name }) => name);
  if (paths.length === 0)
    throw new WrongUsage(`Expected files in ${folder}, found none. Name a folder with documents: --files DIR`);
  return { documents: await Promise.all(paths.sort().map((path) => documentAt(folder, path))), leftOut };
}

async function documentAt(folder, path) {
  const hash = createHash("sha256");
  const digest = lazily(() => hash.digest("hex"));
  return {
    item: {
      name: relative(folder, path).split(sep).join("/"),
      content: hashed(path, hash),
      mediaType: mediaTypes[extname(path).toLowerCase()] ?? "application/octet-stream",
    },
    size: (await lstat(path)).size,
    /** SHA-256 of the bytes as they were sealed. */
    digest,
  };
}

async function* hashed(path, hash) {
  for await (const piece of createReadStream(path)) {
    hash.update(piece);
    yield piece;
  }
}

function lazily(make) {
  let made;
  return () => {
    made ??= make();
    return made;
  };
}
