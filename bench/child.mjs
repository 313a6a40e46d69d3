import { fork } from "node:child_process";
import { join, parse } from "node:path";
import { build } from "esbuild";

/**
 * A program as one file, from the sources of the packages: what it needs of their tests and tools is in no build.
 * @param external what is loaded as it was built or installed
 */
export async function bundled(entryPoint, folder, external = []) {
  const outfile = join(folder, `${parse(entryPoint).name}.mjs`);
  const banner = {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  };
  const conditions = ["@fogbound/source"];
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions,
    banner,
    external,
  });
  return outfile;
}

/** What a child process sends before it ends. */
export function told(script, args, execArgv) {
  return new Promise((resolve, reject) => {
    const child = fork(script, args, { execArgv });
    let message = null;
    child.once("message", (value) => {
      message = value;
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0 && message !== null) resolve(message);
      else reject(new Error(`${script} ended with ${code} and said nothing.`));
    });
  });
}
