import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./command.mjs";
import { root } from "./workspace.mjs";

const stampFile = join(root, "node_modules", ".fogbound-installed");
const folders = ["packages", "adapters", "examples", "tools"];

function manifests() {
  const inFolders = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name, "package.json")));
  return ["package.json", "docs/package.json", "bench/package.json", ...inFolders.sort()];
}

/** The hash of all that decides what an install puts on disk. */
function stamp() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", ...manifests()]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\n`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** Installs exactly the lockfile, unless the last install did so from the same files. */
export async function installWhenChanged(pnpm) {
  const wanted = stamp();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return;
  const args = [
    pnpm.script,
    "install",
    "--frozen-lockfile",
    "--prefer-offline",
    "--config.confirm-modules-purge=false",
  ];
  await prepare("Installing dependencies", args, pnpm.environment);
  writeFileSync(stampFile, wanted);
}
