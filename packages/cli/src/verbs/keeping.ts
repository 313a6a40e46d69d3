import type { Command } from "commander";
import { type AddAuditorFlags, auditorAdd, auditorList, auditorRemove } from "../commands/auditor.js";
import { reseal, rewrap } from "../commands/change-keys.js";
import { importFile } from "../commands/import.js";
import { type RecoverFlags, recover } from "../commands/recover.js";
import type { Perform } from "../program.js";
import { onceOnly } from "../usage.js";
import { capsuleText } from "./sealing.js";
import { addGroup, addVerb, commonFlags } from "./verb.js";

/** rewrap, reseal, auditor, recover, import. */
export function addKeepingVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Keeping:");
  addVerb(program, "rewrap", {
    summary: "wrap a capsule's keys anew; the content stays",
    more: "Accesses go on. It takes back no key that has left: reseal does.",
    example: "fogbound rewrap cap_7k2m",
  })
    .argument("<capsule>", capsuleText)
    .action((capsule: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => rewrap(context, capsule)),
    );
  addVerb(program, "reseal", {
    summary: "seal a capsule's items anew, under new keys",
    more: "The cure for a key that has left: the audit says RESEAL_DUE. The old contents are deleted once the new ones are in force. What was left by one that was killed: doctor --sweep.",
    example: "fogbound reseal cap_7k2m",
  })
    .argument("<capsule>", capsuleText)
    .action((capsule: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => reseal(context, capsule)),
    );
  addAuditor(program, perform);
  addRescue(program, perform);
}

const keyText = 'what "fogbound key new --auditor" printed, aud_…';

function addAuditor(program: Command, perform: Perform): void {
  const auditor = addGroup(program, "auditor", "say who else may read a capsule's log");
  addVerb(auditor, "add", {
    summary: "let the holder of a key read the log",
    more: "Give a new key for every term: whoever takes one reads all that was wrapped to it.",
    example: "fogbound auditor add cap_7k2m AUDITOR-KEY --from beginning",
  })
    .argument("<capsule>", capsuleText)
    .argument("<public-key>", keyText)
    .option("--from <when>", "now, or beginning for what is past as well; default: now", onceOnly("--from"))
    .action((capsule: string, publicKey: string, flags: AddAuditorFlags, command: Command) =>
      perform(commonFlags(command), (context) => auditorAdd(context, capsule, publicKey, flags)),
    );
  addVerb(auditor, "remove", {
    summary: "let the holder of a key read nothing that comes",
    more: "What was wrapped to it before can be read for ever.",
    example: "fogbound auditor remove cap_7k2m AUDITOR-KEY",
  })
    .argument("<capsule>", capsuleText)
    .argument("<public-key>", keyText)
    .action((capsule: string, publicKey: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => auditorRemove(context, capsule, publicKey)),
    );
  addVerb(auditor, "list", { summary: "print a capsule's auditors", example: "fogbound auditor list cap_7k2m" })
    .argument("<capsule>", capsuleText)
    .action((capsule: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => auditorList(context, capsule)),
    );
}

function addRescue(program: Command, perform: Perform): void {
  addVerb(program, "recover", {
    summary: "save items and log with the recovery key alone",
    more: "For when the key file is lost. Writes each capsule's items and its evidence below a folder, and prints what is proved; the store is only read. Manifests cannot be signed any more: seal the items anew under new keys.",
    example: "fogbound recover --all --recovery-key recovery.txt --to ./recovered",
  })
    .argument("[capsule]", capsuleText)
    .option("--all", "every capsule that the recovery key opens")
    .option(
      "--recovery-key <file>",
      "a file with the recovery key; default: it is asked for",
      onceOnly("--recovery-key"),
    )
    .requiredOption("--to <folder>", "where items and evidence go", onceOnly("--to"))
    .action((capsule: string | undefined, flags: RecoverFlags, command: Command) =>
      perform(commonFlags(command), (context) => recover(context, capsule, flags)),
    );
  addVerb(program, "import", {
    summary: "put an export of yours into this store",
    more: "All of it is verified first, and nothing is written over. It can be read, audited and exported here; it is not served. Prints the capsule's id. A folder that is not there is made.",
    example: "fogbound import evidence.fog --store file:./archive",
  })
    .argument("<file>", "a .fog file")
    .action((file: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => importFile(context, file)),
    );
}
