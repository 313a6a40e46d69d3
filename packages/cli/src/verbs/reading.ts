import type { Command } from "commander";
import type { ActingFlags } from "../acting.js";
import { type DownloadFlags, download } from "../commands/download.js";
import { view } from "../commands/view.js";
import type { Perform } from "../program.js";
import { onceOnly } from "../usage.js";
import { capsuleText } from "./sealing.js";
import { addVerb, commonFlags } from "./verb.js";

/** view, download. The verb is the action that is asked for. */
export function addReadingVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Reading:");
  withActingFlags(
    addVerb(program, "view", {
      summary: "write an item's bytes on stdout",
      example: "fogbound view cap_7k2m report.pdf --as ann.key > report.pdf",
    })
      .argument("<capsule>", capsuleText)
      .argument("<item>", "an item's name, from list"),
  ).action((capsule: string, item: string, flags: ActingFlags, command: Command) =>
    perform(commonFlags(command), (context) => view(context, capsule, item, flags)),
  );
  withActingFlags(
    addVerb(program, "download", {
      summary: "save items as files; prints their paths",
      example: "fogbound download cap_7k2m --to ./files --as ann.key",
    })
      .argument("<capsule>", capsuleText)
      .argument("[item...]", "names from list; default: all")
      .requiredOption("--to <folder>", "where the files go", onceOnly("--to"))
      .option("--force", "replace files that are there"),
  ).action((capsule: string, items: readonly string[], flags: DownloadFlags, command: Command) =>
    perform(commonFlags(command), (context) => download(context, capsule, items, flags)),
  );
}

function withActingFlags(verb: Command): Command {
  return verb
    .option(
      "--as <file>",
      "act as the reader whose key file this is; default: as the owner, unrecorded",
      onceOnly("--as"),
    )
    .option("--purpose <text>", "why; it stands in the record", onceOnly("--purpose"))
    .option("--address <ip>", "where the reader is, on your word; it stands in the record", onceOnly("--address"))
    .option(
      "--answer-file <file>",
      "its first line answers a question, should one be put; default: asked on the terminal",
      onceOnly("--answer-file"),
    );
}
