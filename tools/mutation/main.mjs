// `npm run mutation -- <package> [file ...] [--no-static]`: changes the sources of one package in every way StrykerJS knows,
// one at a time, and counts the changes that none of the package's own tests notices.
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../run/workspace.mjs";
import { writeCounts } from "./counts.mjs";
import { bringStryker } from "./stryker.mjs";

const packages = ["protocol", "audit"];
/** Their tests ask vitest for no more than `collect.mjs` has. */
const inOneProcess = ["audit"];
const switches = ["--no-static"];
/** Mutants tried at once; one less where others need the machine, too. */
const workers = Number(process.env.MUTATION_WORKERS ?? 2);

/** What is copied for each worker; links of node_modules lead to all the rest, and to the builds of the packages below. */
const copied = (name) => [
  ...["/*", "!/package.json", "!/tsconfig*.json"],
  ...["!/tools", "/tools/*", "!/tools/mutation"],
  ...["!/packages", "/packages/*", `!/packages/${name}`, "dist"],
];

function runnerFor(name, modules) {
  if (inOneProcess.includes(name))
    return { plugins: [join(root, "tools/mutation/one-process.mjs")], testRunner: "one-process" };
  return {
    plugins: [join(modules, "@stryker-mutator/vitest-runner/dist/src/index.js")],
    testRunner: "vitest",
    vitest: { configFile: "tools/mutation/vitest.config.ts", related: false },
  };
}

function optionsFor(name, files, modules, ignoreStatic) {
  return {
    ...runnerFor(name, modules),
    mutate: (files.length === 0 ? ["**/*"] : files).map((file) => `packages/${name}/src/${file}.ts`),
    ignorePatterns: copied(name),
    coverageAnalysis: "perTest",
    concurrency: workers,
    ignoreStatic,
    incremental: true,
    incrementalFile: join(tmpdir(), `fogbound-mutation-${name}.json`),
    dryRunTimeoutMinutes: 20,
    timeoutMS: 60_000,
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: `reports/mutation-${name}.json` },
  };
}

async function mutate(name, files, ignoreStatic) {
  const modules = await bringStryker();
  const { Stryker } = await import(pathToFileURL(join(modules, "@stryker-mutator/core/dist/src/index.js")).href);
  process.env.MUTATED_PACKAGE = name;
  process.env.MOST_PROPERTY_RUNS = "2";
  const commit = execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], {
    encoding: "utf8",
  }).trim();
  const started = performance.now();
  const mutants = await new Stryker(optionsFor(name, files, modules, ignoreStatic)).runMutationTest();
  writeCounts({ name, commit, mutants, seconds: Math.round((performance.now() - started) / 1000) });
}

const [name, ...rest] = process.argv.slice(2);
const files = rest.filter((one) => !one.startsWith("--"));
const unknown = rest.filter((one) => one.startsWith("--") && !switches.includes(one));
if (!packages.includes(name) || unknown.length > 0) {
  console.error(`Expected one of ${packages.join(", ")}, then perhaps names of files in its src, or --no-static.`);
  process.exitCode = 2;
} else {
  process.chdir(root);
  await mutate(name, files, rest.includes("--no-static"));
}
