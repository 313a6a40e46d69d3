import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { prepare } from "./command.mjs";
import { npmScript } from "./npm.mjs";
import { pnpmVersion, toolsDirectory } from "./workspace.mjs";

/**
 * Brings pnpm in the version the repository names, from the npm registry on the first run only.
 *
 * @returns {Promise<{ script: string, environment: Record<string, string> }>} pnpm's script, and the environment in which turbo finds `pnpm`
 */
export async function bringPnpm() {
  const version = pnpmVersion();
  const directory = join(toolsDirectory, `pnpm-${version}`);
  if (!existsSync(directory)) await install(version, directory);
  const modules = join(directory, "node_modules");
  return {
    script: join(modules, "pnpm", "bin", "pnpm.cjs"),
    environment: { PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter) },
  };
}

async function install(version, directory) {
  // A run killed half-way must not leave a directory that the next run takes for a whole pnpm.
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix", unfinished];
  try {
    await prepare(`Bringing pnpm ${version}`, [npmScript(), "install", ...quiet, `pnpm@${version}`]);
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
