import { readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../run/workspace.mjs";

const ending = ".test.ts";
/** One tries every byte there is; one measures what outlives its test, and here everything does. */
const leftOut = ["mutations", "memory"];

/** Loads all sources first: what only loading reaches must not seem to be reached by the test that runs first. */
function entryOf(name, files) {
  const sources = readdirSync(resolve(`packages/${name}/src`)).map((file) => `await import("../src/${file}");`);
  const tests = files.map((file) => `beginFile("${file.slice(0, -ending.length)}");\nawait import("./${file}");`);
  return ['import { beginFile } from "vitest";', ...sources, ...tests].join("\n");
}

/**
 * Makes one module of a package's sources and tests; other packages stay outside it.
 *
 * @param {string} name of the package, below the working directory
 * @param {readonly string[] | null} chosen names of test files without their ending; null for all
 * @param {string} collector address of the module that takes the place of vitest
 * @returns {Promise<string>} the module's address
 */
export async function bundle(name, chosen, collector) {
  const esbuild = createRequire(realpathSync(`${root}/node_modules/tsup/package.json`))("esbuild");
  const resolveDir = resolve(`packages/${name}/test`);
  const isChosen = (test) => !leftOut.includes(test) && (chosen === null || chosen.includes(test));
  const files = readdirSync(resolveDir).filter(
    (file) => file.endsWith(ending) && isChosen(file.slice(0, -ending.length)),
  );
  const outfile = resolve(`packages/${name}/all-tests-${process.pid}.mjs`);
  const setup = ({ onResolve }) => onResolve({ filter: /^vitest$/ }, () => ({ path: collector, external: true }));
  await esbuild.build({
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", packages: "external", logLevel: "error" },
    plugins: [{ name: "collect", setup }],
    stdin: { contents: entryOf(name, files), resolveDir, loader: "js" },
    outfile,
  });
  return pathToFileURL(outfile).href;
}
