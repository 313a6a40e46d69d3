import type { Command } from "commander";
import { type DecoyCheckFlags, decoyCheck } from "../commands/decoy.js";
import { fogSet, fogTrust } from "../commands/fog.js";
import type { Perform } from "../program.js";
import { onceOnly } from "../usage.js";
import { capsuleText } from "./sealing.js";
import { addGroup, addVerb, commonFlags } from "./verb.js";

/** fog set, fog trust, decoy check. */
export function addFogVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Fog:");
  const fog = addGroup(program, "fog", "change how a capsule's readers are guarded");
  addVerb(fog, "set", {
    summary: "change what the guard does",
    more: "The file is JSON, as for seal --fog; what it leaves out stays.",
    example: "fogbound fog set cap_7k2m fog.json",
  })
    .argument("<capsule>", capsuleText)
    .argument("<file>", "a JSON file of wishes")
    .action((capsule: string, file: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => fogSet(context, capsule, file)),
    );
  addVerb(fog, "trust", {
    summary: "say that a suspected reader was really that reader",
    more: "Decoys end, and what surprised the guard is learnt as usual for this reader.",
    example: "fogbound fog trust cap_7k2m ann",
  })
    .argument("<capsule>", capsuleText)
    .argument("<name>", "a reader's name, or issuer#name")
    .action((capsule: string, name: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => fogTrust(context, capsule, name)),
    );
  addDecoy(program, perform);
}

function addDecoy(program: Command, perform: Perform): void {
  const decoy = addGroup(program, "decoy", "find out whose decoy something is");
  addVerb(decoy, "check", {
    summary: "print who was served the decoy that a fragment is from",
    more: "Lines in any order, columns left out, copied into a mail: a few identifiers are enough.",
    example: "fogbound decoy check leaked.csv",
  })
    .argument("<file>", "what turned up: text, CSV, mail, HTML")
    .option("--capsule <capsule>", `${capsuleText}; default: every one of yours is looked at`, onceOnly("--capsule"))
    .action((file: string, flags: DecoyCheckFlags, command: Command) =>
      perform(commonFlags(command), (context) => decoyCheck(context, file, flags)),
    );
}
