import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./workspace.mjs";

const silence = { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1", DO_NOT_TRACK: "1" };

function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/**
 * Runs Node on a script and waits.
 *
 * @param {string[]} args the script and its arguments
 * @param {{ environment?: Record<string, string>, quiet?: boolean, directory?: string }} [options] `quiet` hands the output back instead of showing it; the directory is the repository's root unless given
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
export function runNode(args, { environment = {}, quiet = false, directory = root } = {}) {
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...process.env, ...silence, ...environment },
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => chunks.push(chunk));
  const stopForwarding = forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      stopForwarding();
      resolve({ exitCode: exitCodeOf(code, signal), output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}

function forwardSignals(child) {
  const forward = (signal) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM"];
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}

/** Runs a preparation step in silence; when it fails, shows all it said and throws. */
export async function prepare(title, args, environment, directory) {
  const started = performance.now();
  console.error(`${title} ...`);
  const { exitCode, output } = await runNode(args, { environment, directory, quiet: true });
  if (exitCode !== 0) {
    process.stderr.write(output);
    throw new Error(`${title} failed with exit code ${exitCode}; everything it said stands above.`);
  }
  console.error(`${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
