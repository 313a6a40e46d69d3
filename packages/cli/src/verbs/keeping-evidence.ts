import type { Command } from "commander";
import { type AcknowledgeFlags, acknowledge } from "../commands/acknowledge.js";
import { type DropFlags, drop } from "../commands/drop.js";
import { type EraseFlags, erase } from "../commands/erase.js";
import type { Perform } from "../program.js";
import { collected, onceOnly } from "../usage.js";
import { capsuleText } from "./sealing.js";
import { addVerb, commonFlags } from "./verb.js";

const becauseText = "why; it stays in the log, for whoever reads the audit";

/** acknowledge, erase, drop. */
export function addEvidenceVerbs(program: Command, perform: Perform): void {
  addVerb(program, "acknowledge", {
    summary: "sign why what an audit found is no reason for alarm",
    more: "The names stand in brackets behind the findings. Every audit goes on telling them, with the reason.",
    example: "fogbound acknowledge 1a2b3c4d --because restored",
  })
    .argument("<finding...>", "names of findings, or their beginnings")
    .option("--because <text>", becauseText, onceOnly("--because"))
    .option("--capsule <capsule>", `${capsuleText}; default: every one of yours is looked at`, onceOnly("--capsule"))
    .action((names: readonly string[], flags: AcknowledgeFlags, command: Command) =>
      perform(commonFlags(command), (context) => acknowledge(context, names, flags)),
    );
  addErase(program, perform);
  addVerb(program, "drop", {
    summary: "take away records that are past a capsule's retention",
    more: "Whole epochs, ended, older than --retain-days at sealing said, and signed for as received.",
    example: "fogbound drop cap_7k2m --received",
  })
    .argument("<capsule>", capsuleText)
    .option("--received", "sign first that all records so far have arrived: export them before")
    .action((capsule: string, flags: DropFlags, command: Command) =>
      perform(commonFlags(command), (context) => drop(context, capsule, flags)),
    );
}

function addErase(program: Command, perform: Perform): void {
  addVerb(program, "erase", {
    summary: "take records of the log away for good",
    more: "An epoch that has ended, or single records of one. That they were erased, by whom and why, is told for ever.",
    example:
      "fogbound erase cap_7k2m --instance ins_q4zt6hy2mnb7wkd3xvlra5c2pe --epoch 1 --record 4 --because requested",
  })
    .argument("<capsule>", capsuleText)
    .option("--instance <id>", "whose records, ins_…", onceOnly("--instance"))
    .option("--epoch <n>", "of which epoch", onceOnly("--epoch"))
    .option("--record <n>", "a record's number; repeat it for several; default: the whole epoch", collected)
    .option("--because <text>", becauseText, onceOnly("--because"))
    .action((capsule: string, flags: EraseFlags, command: Command) =>
      perform(commonFlags(command), (context) => erase(context, capsule, flags)),
    );
}
