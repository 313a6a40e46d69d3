import type { Command } from "commander";
import type { CommonFlags } from "../context.js";
import { usageFailure } from "../usage.js";

export interface VerbText {
  /** What it does, in a line. */
  readonly summary: string;
  /** One line that can be typed as it stands. */
  readonly example: string;
}

/** A verb below `parent`, its help ending with its example. */
export function addVerb(parent: Command, name: string, { summary, example }: VerbText): Command {
  const verb = parent.command(name).description(summary).addHelpText("after", `\nExample:\n  ${example}\n`);
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
