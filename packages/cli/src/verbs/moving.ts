import type { Command } from "commander";
import { type SyncFlags, sync } from "../commands/sync.js";
import type { Perform } from "../program.js";
import { addVerb, commonFlags } from "./verb.js";

/** sync. */
export function addMovingVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Moving:");
  addVerb(program, "sync", {
    summary: "copy a whole store into another, and compare them",
    more: "Needs no key. Goes on where it broke off, writes over nothing that may be evidence, and compares every byte at the end. Nobody may write to the source meanwhile.",
    example: 'fogbound sync file:./vault "s3://vault?endpoint=https://minio.internal:9000"',
  })
    .argument("<from>", "the URL of the store that is read")
    .argument("<to>", "the URL of the store that is written")
    .option("--dry-run", "print what would be copied, and write nothing")
    .action((from: string, to: string, flags: SyncFlags, command: Command) =>
      perform(commonFlags(command), (context) => sync(context, from, to, flags)),
    );
}
