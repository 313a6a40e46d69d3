// Fails when a published package would be released changed, or for the first time, without a changeset that says so.
// It asks the history alone: no remote, no branch of a certain name.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import readChangesets from "@changesets/read";
import { publishedPackages } from "./package-proof/published.mjs";
import { root } from "./run/workspace.mjs";

const unreleased = "0.0.0";

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Names of the packages the waiting changesets speak of. */
async function announced() {
  const changesets = await readChangesets(root);
  return new Set(changesets.flatMap(({ releases }) => releases.map(({ name }) => name)));
}

/** The commit that last changed the package's version, which is the commit of its last release. */
function lastRelease(directory) {
  const commit = run("git", ["log", "-1", "--format=%H", '-G"version":', "--", join(directory, "package.json")]).trim();
  if (!commit)
    throw new Error("The history does not reach back to the last release: fetch all of it (git fetch --unshallow).");
  return commit;
}

function changedSinceRelease({ version, directory }) {
  if (version === unreleased) return true;
  const published = ["src", "conformance", "package.json", "README.md"].map((path) => join(directory, path));
  return run("git", ["diff", "--name-only", lastRelease(directory), "HEAD", "--", ...published]).trim() !== "";
}

async function main() {
  const names = await announced();
  const missing = publishedPackages().filter(
    (candidate) => !names.has(candidate.name) && changedSinceRelease(candidate),
  );
  for (const { name } of missing) console.error(`${name} changed since its last release and no changeset names it.`);
  if (missing.length > 0) throw new Error("Add one with `pnpm changeset`, commit it, and run this again.");
  console.log(`Changesets name ${names.size} packages; none is missing.`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
