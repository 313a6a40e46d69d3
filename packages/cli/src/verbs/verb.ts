import type { Command } from "commander";
import type { CommonFlags } from "../context.js";
import { usageFailure } from "../usage.js";

export interface VerbText {
  /** What it does, in a few words: the line in `fogbound --help`. */
  readonly summary: string;
  /** What else there is to know, in its own help. */
  readonly more?: string;
  /** One line that can be typed as it stands. */
  readonly example: string;
}

/** A verb below `parent`, its help ending with its example. */
export function addVerb(parent: Command, name: string, { summary, more, example }: VerbText): Command {
  const about = more === undefined ? `${summary}.` : `${summary}. ${more}`;
  const verb = parent
    .command(name)
    .summary(summary)
    .description(about.charAt(0).toUpperCase() + about.slice(1))
    .addHelpText("after", `\nExample:\n  ${example}`);
  return verb.exitOverride((error) => {
    throw usageFailure(verb, error);
  });
}

/** A word that only stands before verbs, such as `key`. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  const group = parent.command(name).description(summary);
  return group.exitOverride((error) => {
    throw usageFailure(group, error);
  });
}

/** The flags every verb takes, wherever they were typed. */
export function commonFlags(command: Command): CommonFlags {
  return command.optsWithGlobals<CommonFlags>();
}
