import { existsSync } from "node:fs";
import { join } from "node:path";
import { prepare, runNode } from "./command.mjs";
import { installWhenChanged } from "./install.mjs";
import { bringPnpm } from "./pnpm.mjs";
import { root } from "./workspace.mjs";

const jobs = {
  demo: ["examples/demo/main.mjs"],
  test: ["node_modules/vitest/vitest.mjs", "run"],
  bench: ["bench/run.mjs"],
  "bench:masquerade": ["bench/masquerade/main.mjs"],
  "bench:indistinguishable": ["bench/indistinguishable/main.mjs"],
  mutation: ["tools/mutation/main.mjs"],
  coverage: ["tools/branches/main.mjs"],
};

/**
 * What a job runs under unless it is set already. Every fsync holds a thread of Node's pool, and with four of them (Node's
 * own number) a disk that could sync for dozens at once waits for its turn.
 */
const environments = { bench: { UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? "16" } };

/**
 * Prepares the workspace (pnpm, dependencies, build: each only when something changed) and runs one job.
 *
 * @param {string[]} args the job's name, then its own arguments
 * @returns {Promise<number>} the exit code of the job
 */
export async function runJob([name, ...args]) {
  const job = Object.hasOwn(jobs, name ?? "") ? jobs[name] : undefined;
  if (!job) {
    console.error(`Expected one of ${Object.keys(jobs).join(", ")}, got ${name ?? "nothing"}.`);
    return 2;
  }
  try {
    const pnpm = await bringPnpm();
    await installWhenChanged(pnpm);
    await build(pnpm);
    if (!existsSync(join(root, job[0])))
      throw new Error(`${job[0]} is not there, so there is nothing to run for ${name}.`);
    const environment = { ...pnpm.environment, ...environments[name] };
    return (await runNode([...job, ...args], { environment })).exitCode;
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}

async function build(pnpm) {
  const args = ["node_modules/turbo/bin/turbo", "run", "build", "--concurrency=100%", "--output-logs=errors-only"];
  await prepare("Building", args, pnpm.environment);
}
