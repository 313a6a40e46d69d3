import type { Command, CommanderError } from "commander";
import { wrongUsage } from "./failure.js";

/** The value of a flag that means one thing. Of two the last would win, and `--reader a --reader b` revoke b alone. */
export function onceOnly(flag: string): (value: string, previous: string | undefined) => string {
  return (value, previous) => {
    if (previous === undefined) return value;
    throw wrongUsage(`Expected ${flag} once, got it twice. Leave one of them out.`);
  };
}

/** The values of a flag that may be given several times. */
export function collected(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/**
 * "help key new" as "key new --help", as the parser's own help knows verbs of one word alone.
 * @throws CommandFailure, exit 2, for a verb that is none.
 */
export function helpAsFlag(argv: readonly string[], program: Command): readonly string[] {
  const [first, ...names] = argv.filter((one) => !one.startsWith("-"));
  if (argv[0] !== "help" || first !== "help" || names.length === 0) return argv;
  let command = program;
  for (const name of names) {
    const next = command.commands.find((one) => one.name() === name);
    if (next === undefined)
      throw wrongUsage(`Expected a verb after "${path(command)}", got "${name}". See "${path(command)} --help".`);
    command = next;
  }
  return [...names, "--help"];
}

/** What the parser found wrong, with how the verb is used. Help and version, which are no failures, pass through. */
export function usageFailure(command: Command, error: CommanderError): Error {
  if (error.exitCode === 0) return error;
  const typed = path(command);
  if (error.code === "commander.help")
    return wrongUsage(`Expected a verb after "${typed}", got none. See "${typed} --help".`, { cause: error });
  return wrongUsage(`${sentence(error.message)} Expected: ${typed} ${command.usage()} (see "${typed} --help").`, {
    cause: error,
  });
}

/** "error: unknown option '--foo'\n(Did you mean --force?)" as one sentence. */
function sentence(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function path(command: Command): string {
  return command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`;
}
