import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const tools = fileURLToPath(new URL("../../../.tools", import.meta.url));

/** The Node that servers which need a newer one than the tests' own are run with. */
const newerNode = `node-${process.platform}-${process.arch}@24.21.0`;

/** A Node of at least this major version: the one that runs, or one from npm, brought once into `.tools/`. */
export async function nodeOfAtLeast(major: number): Promise<string> {
  if (Number(process.versions.node.split(".")[0]) >= major) return process.execPath;
  const directory = await fromNpm(newerNode);
  return join(directory, "node_modules", newerNode.split("@")[0] ?? "", "bin", "node");
}

/**
 * The directory under `.tools/` that holds an npm package of exactly this version, brought when it is not there. No
 * dependency of the workspace: only who tests with such a server needs it.
 *
 * @throws Error when npm cannot bring it
 */
export async function fromNpm(exact: string): Promise<string> {
  const directory = join(tools, exact.replaceAll(/[^a-z0-9.-]+/g, "-"));
  if (existsSync(directory)) return directory;
  await mkdir(tools, { recursive: true });
  const draft = await mkdtemp(`${directory}.draft-`);
  try {
    const quietly = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts"];
    // Under `npm test` the workspace's own strictness comes in by the environment; these packages run on an older Node.
    await run("npm", ["install", ...quietly, "--engine-strict=false", "--prefix", draft, exact], {
      maxBuffer: 1 << 24,
    });
    await assertVersion(draft, exact);
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(directory)) return directory;
    throw error;
  }
  return directory;
}

/** Under an older Node npm takes, in silence, an older version whose engines fit. */
async function assertVersion(directory: string, exact: string): Promise<void> {
  const [, name = "", version] = /^(.+)@([^@]+)$/.exec(exact) ?? [];
  const manifest: unknown = JSON.parse(await readFile(join(directory, "node_modules", name, "package.json"), "utf8"));
  const got = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : null;
  if (got !== version) throw new Error(`Expected npm to bring ${exact}, got version ${String(got)}.`);
}
