import { CommanderError } from "commander";
import type { CommonFlags, Context } from "./context.js";
import type { ExitCode } from "./exit-codes.js";
import { wrongUsage } from "./failure.js";
import { Output, type Stream } from "./output.js";
import { buildProgram } from "./program.js";
import { reportFailure } from "./report.js";
import { type Environment, loadSettings, type Settings, settingsWithoutConfig, variable } from "./settings.js";
import type { Input } from "./terminal.js";
import { helpAsFlag } from "./usage.js";

/** What a run sees of the world. Nothing else is looked at: no global, no working directory. */
export interface RunOptions {
  /** Prompts are asked only when this and `stderr` are terminals. */
  readonly stdin: Input;
  /** Results alone. */
  readonly stdout: Stream;
  /** Messages, prompts, progress. */
  readonly stderr: Stream;
  readonly environment: Environment;
  /** An absolute path: where relative ones start, and from where `fogbound.json` is looked for. */
  readonly directory: string;
  /** Ctrl-C: what runs is stopped, nothing half-done stays visible, and the exit code is 130. */
  readonly signal: AbortSignal;
}

/**
 * Runs the command as a process would, in this one.
 *
 * @param argv what was typed after `fogbound`
 * @returns the exit code; what failed has been told on `stderr`, and under `--json` on `stdout` too. Never rejects.
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<ExitCode> {
  const { stdout, stderr, environment } = options;
  const typed = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
  const output = new Output({
    stdout,
    stderr,
    json: typed.includes("--json"),
    quiet: typed.includes("--quiet"),
    color: variable(environment, "NO_COLOR") === undefined,
  });
  try {
    return await runVerb(argv, options, output);
  } catch (error) {
    return reportFailure(error, output, options.signal.aborted);
  }
}

async function runVerb(argv: readonly string[], options: RunOptions, output: Output): Promise<ExitCode> {
  let exitCode: ExitCode | null = null;
  const shown: string[] = [];
  const program = buildProgram({
    perform: async (flags, verb, { makesConfig } = { makesConfig: false }) => {
      const { environment, directory } = options;
      const load = makesConfig ? settingsWithoutConfig : loadSettings;
      exitCode = await verb(contextOf(await load(flags, environment, directory), flags, options, output));
    },
    show: (text) => shown.push(text),
    columns: options.stdout.columns,
  });
  try {
    await program.parseAsync(helpAsFlag(argv, program), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
    await output.bytes(shown.join(""));
    return 0;
  }
  if (exitCode !== null) return exitCode;
  throw wrongUsage('Expected a verb, got none. See "fogbound --help".');
}

function contextOf(settings: Settings, flags: CommonFlags, options: RunOptions, output: Output): Context {
  const { stdin, stderr, environment, directory, signal } = options;
  const terminal = { stdin, stderr, signal };
  return { settings, output, environment, directory, terminal, signal, yes: flags.yes === true };
}
