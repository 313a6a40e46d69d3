// Packs every published package, installs the tarballs into an empty project with npm, and loads each entry both ways.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "../run/command.mjs";
import { npmScript } from "../run/npm.mjs";
import { bringPnpm } from "../run/pnpm.mjs";
import { root } from "../run/workspace.mjs";
import { publishedPackages } from "./published.mjs";

async function pack(packages, destination) {
  const pnpm = await bringPnpm();
  mkdirSync(destination);
  for (const { name, directory } of packages) {
    const args = [pnpm.script, "pack", "--pack-destination", destination];
    await prepare(`Packing ${name}`, args, pnpm.environment, directory);
  }
  return readdirSync(destination).map((file) => join(destination, file));
}

/** The peers an entry may need, each in the version that this workspace tests with. */
function peersOf(packages) {
  const versions = packages.flatMap(({ directory, peers }) =>
    peers.map((peer) => `${peer}@${installed(peer, directory)}`),
  );
  return [...new Set(versions)];
}

function installed(name, directory) {
  const manifests = [directory, root].map((place) => join(place, "node_modules", name, "package.json"));
  const found = manifests.find((manifest) => existsSync(manifest));
  if (!found)
    throw new Error(
      `The peer ${name} is not installed in the workspace, so nothing tests with it: add it to devDependencies.`,
    );
  return JSON.parse(readFileSync(found, "utf8")).version;
}

async function install(tarballs, peers, project) {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "stranger", version: "1.0.0", private: true }));
  const args = [npmScript(), "install", "--no-audit", "--no-fund", ...tarballs, ...peers];
  await prepare(`Installing ${tarballs.length} tarballs with npm`, args, {}, project);
}

function run(project, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { passed: status === 0, stdout, said: `${stdout}${stderr}`.trim() };
}

/** Each entry in a process of its own: one that only works after another was loaded fails here. */
function loadEntry(project, specifier) {
  const name = JSON.stringify(specifier);
  const required = run(project, [
    "-e",
    `if (Object.keys(require(${name})).length === 0) throw new Error("exports nothing")`,
  ]);
  const importing = `import * as all from ${name}; if (Object.keys(all).length === 0) throw new Error("exports nothing")`;
  const imported = run(project, ["--input-type=module", "-e", importing]);
  return [
    { title: `require("${specifier}")`, ...required },
    { title: `import "${specifier}"`, ...imported },
  ];
}

function callCommand(project, command, version) {
  const result = run(project, [join(project, "node_modules", ".bin", command), "--version"]);
  return { title: `${command} --version`, ...result, passed: result.passed && result.stdout.includes(version) };
}

function prove(packages, project) {
  return packages.flatMap(({ name, version, subpaths, bin }) => [
    ...subpaths.flatMap((subpath) => loadEntry(project, name + subpath.slice(1))),
    ...bin.map((command) => callCommand(project, command, version)),
  ]);
}

function report(results) {
  for (const { title, passed, said } of results) console.log(passed ? `ok      ${title}` : `FAILED  ${title}\n${said}`);
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(`Node ${process.versions.node}: ${results.length - failed} of ${results.length} ways in work.`);
  if (failed > 0 || results.length === 0) process.exitCode = 1;
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), "fogbound-package-proof-"));
  try {
    const packages = publishedPackages();
    const project = join(directory, "project");
    await install(await pack(packages, join(directory, "tarballs")), peersOf(packages), project);
    report(prove(packages, project));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
