import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { prepare } from "./command.mjs";
import { pnpmVersion, toolsDirectory } from "./workspace.mjs";

/** npm's own script: the one that runs us, or the one that came with this Node. */
function npmScript() {
  const running = process.env.npm_execpath;
  if (running?.endsWith("npm-cli.js")) return running;
  const beside = dirname(process.execPath);
  const candidates = [
    join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "..", "share", "nodejs", "npm", "bin", "npm-cli.js"),
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (!found) throw new Error("npm was not found beside Node. Start this with `npm run <job>`, or install npm.");
  return found;
}

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
