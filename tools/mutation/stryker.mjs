import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "../run/command.mjs";
import { npmScript } from "../run/npm.mjs";
import { toolsDirectory } from "../run/workspace.mjs";

/** The newest that runs on Node 20; some of what it brings declares a newer Node, and is not used here. */
const version = "9.6.1";

/**
 * Brings StrykerJS, on the first run only. Not a dependency of the workspace: it is 167 packages that nothing else needs.
 * Its runner finds the workspace's own vitest above it.
 *
 * @returns {Promise<string>} the directory of its packages
 */
export async function bringStryker() {
  const directory = join(toolsDirectory, `stryker-${version}`);
  if (!existsSync(directory)) await install(directory);
  return join(directory, "node_modules");
}

async function install(directory) {
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix", unfinished];
  const own = ["--legacy-peer-deps", "--engine-strict=false"];
  const wanted = ["core", "vitest-runner"].map((part) => `@stryker-mutator/${part}@${version}`);
  try {
    await prepare(`Bringing StrykerJS ${version}`, [npmScript(), "install", ...quiet, ...own, ...wanted]);
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
