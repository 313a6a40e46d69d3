import { Command, CommanderError } from "commander";
import type { CommonFlags, Context } from "./context.js";
import type { ExitCode } from "./exit-codes.js";
import { packageVersion } from "./package-version.js";
import { onceOnly, usageFailure } from "./usage.js";
import { addFogVerbs } from "./verbs/fog.js";
import { addKeepingVerbs } from "./verbs/keeping.js";
import { addEvidenceVerbs } from "./verbs/keeping-evidence.js";
import { addMovingVerbs } from "./verbs/moving.js";
import { addProvingVerbs } from "./verbs/proving.js";
import { addReadingVerbs } from "./verbs/reading.js";
import { addSealingVerbs } from "./verbs/sealing.js";
import { addSetupVerbs } from "./verbs/setup.js";

/** Runs a verb with what its flags and the settings say. `makesConfig`: no config file is read, as the verb makes one. */
export type Perform = (
  flags: CommonFlags,
  verb: (context: Context) => Promise<ExitCode>,
  options?: { readonly makesConfig: boolean },
) => Promise<void>;

export interface ProgramOptions {
  readonly perform: Perform;
  /** Takes what `--help` and `--version` print. */
  readonly show: (text: string) => void;
  /** How wide help may be; 80 when nobody says, or a terminal says 0. */
  readonly columns: number | undefined;
}

/** Every verb, flag and help text. What is typed wrong is thrown as a CommandFailure, exit 2. */
export function buildProgram({ perform, show, columns }: ProgramOptions): Command {
  const program = new Command("fogbound")
    .description("Seals files for named readers, and proves afterwards who was given what.")
    .usage("<verb> [options]")
    .configureOutput({
      writeOut: show,
      writeErr: () => undefined,
      getOutHelpWidth: () => columns || 80,
      getErrHelpWidth: () => columns || 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true, subcommandTerm })
    .exitOverride((error) => {
      throw usageFailure(program, error);
    })
    .helpOption("-h, --help", "say how it is used")
    .addHelpCommand(helpCommand());
  addCommonFlags(program);
  addVersion(program, show);
  addSetupVerbs(program, perform);
  addSealingVerbs(program, perform);
  addReadingVerbs(program, perform);
  addProvingVerbs(program, perform);
  addEvidenceVerbs(program, perform);
  addKeepingVerbs(program, perform);
  addMovingVerbs(program, perform);
  addFogVerbs(program, perform);
  return program.addHelpText("after", firstSteps);
}

/** "view <capsule> <item>": that a verb has options is said by its own help. */
function subcommandTerm(verb: Command): string {
  const names = verb.registeredArguments.map((one) => {
    const name = one.variadic ? `${one.name()}...` : one.name();
    return one.required ? `<${name}>` : `[${name}]`;
  });
  return [verb.name(), ...names].join(" ");
}

function helpCommand(): Command {
  return new Command("help")
    .argument("[verb...]")
    .summary("say how a verb is used")
    .helpGroup("Help:")
    .helpOption(false);
}

function addCommonFlags(program: Command): void {
  program
    .option("--json", "results as JSON documents, each with its schema")
    .option("--quiet", "no notes and no progress on stderr")
    .option("--config <file>", "the settings file; default: the nearest fogbound.json", onceOnly("--config"))
    .option("--store <url>", "where the capsules lie, such as file:./vault", onceOnly("--store"))
    .option("--key-file <file>", "the owner's key file", onceOnly("--key-file"))
    .option("--yes", "answer yes where a confirmation is asked for");
}

function addVersion(program: Command, show: (text: string) => void): void {
  program.option("-V, --version", "print the version").on("option:version", () => {
    show(`${packageVersion()}\n`);
    throw new CommanderError(0, "commander.version", "The version was asked for.");
  });
}

const firstSteps = `
First steps:
  fogbound init
  fogbound key new -o ann.key
  fogbound reader add ann rdr_…
  fogbound seal report.pdf --allow ann
  fogbound audit

Variables:
  FOGBOUND_STORE, FOGBOUND_KEY_FILE, FOGBOUND_CONFIG, FOGBOUND_AS   in place of the flags
  FOGBOUND_PASSPHRASE_FILE     a file with the passphrase of the key files
  FOGBOUND_PASSPHRASE_COMMAND  a command that prints it; FOGBOUND_PASSPHRASE_FOR names the key file
  NO_COLOR                     no colours

Exit codes:
  0 done    1 failed    2 wrong usage    3 refused    4 evidence broken    5 evidence incomplete
  6 unreachable, try again    7 not found    8 key file locked or unsafe    130 interrupted`;
