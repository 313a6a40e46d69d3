import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ObjectStore } from "@fogbound/storage";
import type { BrokenStore } from "@fogbound/storage/conformance";
import { localDisk } from "../src/index.js";
import { freshDisk } from "./fresh-disk.js";

async function somebodyElses(): Promise<BrokenStore> {
  const disk = await freshDisk();
  await mkdir(disk.directory);
  await writeFile(join(disk.directory, "thesis.tex"), "\\documentclass{book}");
  return { ...disk, code: "STORE_UNSUITABLE" };
}

/** A disk that was unmounted leaves its empty mount point. */
async function unmounted(): Promise<BrokenStore> {
  const disk = await freshDisk();
  await ObjectStore.open(disk.driver);
  await rm(disk.directory, { recursive: true });
  await mkdir(disk.directory);
  return { ...disk, code: "STORE_UNREACHABLE" };
}

async function deleted(): Promise<BrokenStore> {
  const disk = await freshDisk();
  await ObjectStore.open(disk.driver);
  await rm(disk.directory, { recursive: true });
  return { ...disk, code: "STORE_UNREACHABLE" };
}

async function underAFile(): Promise<BrokenStore> {
  const disk = await freshDisk();
  await writeFile(disk.directory, "a file");
  return { ...disk, driver: localDisk({ directory: join(disk.directory, "vault") }), code: "STORE_UNSUITABLE" };
}

export const failures: Record<string, () => Promise<BrokenStore>> = {
  "the directory is somebody else's": somebodyElses,
  "the disk was unmounted": unmounted,
  "the directory was deleted": deleted,
  "the path leads through a file": underAFile,
};
