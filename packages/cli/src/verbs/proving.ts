import type { Command } from "commander";
import { type AuditFlags, audit } from "../commands/audit.js";
import { type ExportFlags, exportCapsule } from "../commands/export.js";
import { type VerifyFlags, verify } from "../commands/verify.js";
import type { Perform } from "../program.js";
import { onceOnly } from "../usage.js";
import { capsuleText } from "./sealing.js";
import { addVerb, commonFlags } from "./verb.js";

const rehashText = "also read every sealed byte again";
const strictText = "count what had to be repaired as broken";

/** audit, verify, export. */
export function addProvingVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Proving:");
  addVerb(program, "audit", {
    summary: "print who asked for what, and what is proved",
    more: "Exit code 0: nothing broken, all proved that was asked for; 4: broken; 5: incomplete.",
    example: "fogbound audit cap_7k2m --since 7d",
  })
    .argument("[capsule]", `${capsuleText}; default: every one of yours`)
    .option(
      "--since <when>",
      "only accesses since then: 12h, 7d, or a day; the verdict is about all",
      onceOnly("--since"),
    )
    .option("--rehash", rehashText)
    .option("--repair", "first write back what was lost and can be restored")
    .option("--strict", strictText)
    .action((capsule: string | undefined, flags: AuditFlags, command: Command) =>
      perform(commonFlags(command), (context) => audit(context, capsule, flags)),
    );
  addVerify(program, perform);
  addVerb(program, "export", {
    summary: "write a capsule and its evidence as a .fog file",
    example: "fogbound export cap_7k2m -o evidence.fog",
  })
    .argument("<capsule>", capsuleText)
    .option("-o, --output <file>", "where it goes; default: stdout", onceOnly("--output"))
    .option("--force", "replace a file that is there")
    .action((capsule: string, flags: ExportFlags, command: Command) =>
      perform(commonFlags(command), (context) => exportCapsule(context, capsule, flags)),
    );
}

function addVerify(program: Command, perform: Perform): void {
  addVerb(program, "verify", {
    summary: "print what a .fog file, or a capsule, proves",
    more: "A file needs no store, no network and no key; with --key-file the sealed records are compared as well. Exit code 0: verified; 4: broken; 5: incomplete, as without --trust.",
    example: "fogbound verify evidence.fog --trust CAPSULE-ID",
  })
    .argument("<file-or-capsule>", "a .fog file; or a capsule id, or the beginning of one")
    .option("--trust <capsule-id>", "the whole id it has to be, as its owner told you", onceOnly("--trust"))
    .option("--rehash", rehashText)
    .option("--strict", strictText)
    .action((what: string, flags: VerifyFlags, command: Command) =>
      perform(commonFlags(command), (context) => verify(context, what, flags)),
    );
}
