import type { Command } from "commander";
import { list } from "../commands/list.js";
import { policy } from "../commands/policy.js";
import { publish } from "../commands/publish.js";
import { type RevokeFlags, revoke } from "../commands/revoke.js";
import { type SealFlags, seal } from "../commands/seal.js";
import { honeyKinds } from "../honey.js";
import type { Perform } from "../program.js";
import { collected, onceOnly } from "../usage.js";
import { addVerb, commonFlags } from "./verb.js";

export const capsuleText = "a capsule id, or the beginning of one";

/** seal, list, policy, revoke, publish. */
export function addSealingVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Sealing:");
  addSeal(program, perform);
  addVerb(program, "list", {
    summary: "print your capsules, or the items of one",
    example: "fogbound list",
  })
    .argument("[capsule]", capsuleText)
    .action((capsule: string | undefined, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => list(context, capsule)),
    );
  addChanges(program, perform);
}

function addSeal(program: Command, perform: Perform): void {
  addVerb(program, "seal", {
    summary: "seal files and folders into a new capsule",
    more: "Prints the capsule's id, alone. Who may read it is said by --allow, --policy or --record-only: one of them.",
    example: "fogbound seal report.pdf --allow ann --until 2027-01-31 --uses 3",
  })
    .argument("[path...]", "files and folders")
    .option("--allow <name>", "a reader who may; repeat it for several", collected)
    .option("--action <action>", "what they may do, view or download; repeat it for both; default: view", collected)
    .option("--until <date>", "until when: a day (its midnight, UTC) or an instant", onceOnly("--until"))
    .option("--uses <n>", "how often, for each reader and item", onceOnly("--uses"))
    .option("--from <network>", "from which network, such as 10.0.0.0/8; repeat it for several", collected)
    .option("--policy <file>", "a policy in Cedar, in place of the flags above", onceOnly("--policy"))
    .option("--record-only", "refuse nobody, record every access")
    .option("--fog [file]", "guard the readers: challenges and decoys; a JSON file says how")
    .option(
      "--honey <kind>",
      `made-up bait in place of files: ${honeyKinds.join(", ")}; whoever opens it is told of, and gets fog; repeat it for several`,
      collected,
    )
    .option(
      "--lease <seconds>",
      "how long one answer may be used again; default: 0, every access asks",
      onceOnly("--lease"),
    )
    .option(
      "--retain-days <days>",
      "how long records are kept at least, once received; default: for ever",
      onceOnly("--retain-days"),
    )
    .action((paths: readonly string[], flags: SealFlags, command: Command) =>
      perform(commonFlags(command), (context) => seal(context, paths, flags)),
    );
}

function addChanges(program: Command, perform: Perform): void {
  addVerb(program, "policy", {
    summary: "print a capsule's policy, or set another",
    more: "Policies are Cedar text.",
    example: "fogbound policy cap_7k2m --set policy.cedar",
  })
    .argument("<capsule>", capsuleText)
    .option("--set <file>", "the policy to put in force", onceOnly("--set"))
    .action((capsule: string, flags: { readonly set?: string }, command: Command) =>
      perform(commonFlags(command), (context) => policy(context, capsule, flags)),
    );
  addVerb(program, "revoke", {
    summary: "stop the next release of a capsule's keys",
    more: "To one reader, host or instance; without a flag to everybody, for good. Keys that have left stay where they are.",
    example: "fogbound revoke cap_7k2m --reader ann",
  })
    .argument("<capsule>", capsuleText)
    .option("--reader <name>", "a reader's name, or issuer#name", onceOnly("--reader"))
    .option("--host <id>", "a host, hst_…", onceOnly("--host"))
    .option("--instance <id>", "an instance, ins_…", onceOnly("--instance"))
    .action((capsule: string, flags: RevokeFlags, command: Command) =>
      perform(commonFlags(command), (context) => revoke(context, capsule, flags)),
    );
  addVerb(program, "publish", {
    summary: "bring a capsule that was sealed offline into force",
    more: "Safe to repeat.",
    example: "fogbound publish cap_7k2m",
  })
    .argument("<capsule>", capsuleText)
    .action((capsule: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => publish(context, capsule)),
    );
}
