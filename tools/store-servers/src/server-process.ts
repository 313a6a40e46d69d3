import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Between two looks at a server that is starting. */
const lookMilliseconds = 25;
/** A server that does not answer by then never will. */
const startMilliseconds = 60_000;
/** Between the polite signal and the other one. */
const stopMilliseconds = 5_000;

export interface ServerProcess {
  readonly pid: number;
  /** The end of what it wrote, for messages. */
  log(): string;
  hasExited(): boolean;
  /** Ends this process and no other. @param signal default: SIGTERM, and SIGKILL when that is not heard. */
  stop(signal?: "SIGKILL"): Promise<void>;
}

/** Starts a program whose output goes into `logFile`; it ends with this process at the latest. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: { readonly logFile: string; readonly environment?: NodeJS.ProcessEnv; readonly directory?: string },
): Promise<ServerProcess> {
  const log = openSync(options.logFile, "a");
  const child = spawn(command, args, {
    stdio: ["ignore", log, log],
    env: options.environment ?? process.env,
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
  });
  closeSync(log);
  await once(child, "spawn");
  return running(child, options.logFile);
}

/** Resolves when `isHealthy` says so. @throws Error with the log's end when the process ends first, or takes too long. */
export async function untilHealthy(server: ServerProcess, isHealthy: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + startMilliseconds;
  while (!(await isHealthy().catch(() => false))) {
    if (server.hasExited()) throw new Error(`The server ended while it was starting.\n${server.log()}`);
    if (Date.now() > deadline) throw new Error(`The server did not answer within a minute.\n${server.log()}`);
    await pause(lookMilliseconds);
  }
}

function running(child: ChildProcess, logFile: string): ServerProcess {
  const { pid } = child;
  if (pid === undefined) throw new TypeError("Expected a process that runs.");
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const killAtEnd = (): void => void child.kill("SIGKILL");
  process.once("exit", killAtEnd);
  const stop = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> => {
    process.off("exit", killAtEnd);
    if (hasExited()) return;
    child.kill(signal);
    const impatience = setTimeout(() => child.kill("SIGKILL"), stopMilliseconds);
    await exited;
    clearTimeout(impatience);
  };
  return { pid, hasExited, stop, log: () => readFileSync(logFile, "utf8").slice(-2_000) };
}
