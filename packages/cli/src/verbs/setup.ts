import type { Command } from "commander";
import { type DoctorFlags, doctor } from "../commands/doctor.js";
import { type InitFlags, init } from "../commands/init.js";
import { keyNew, keyShow, type NewKeyFlags } from "../commands/key.js";
import { readerAdd, readerList, readerRemove } from "../commands/reader.js";
import type { Perform } from "../program.js";
import { onceOnly } from "../usage.js";
import { addGroup, addVerb, commonFlags } from "./verb.js";

const costFlag = "--passphrase-cost <n>";
const costText = "how dear each guess of the passphrase is, a power of two; default 131072";

/** init, key, reader, doctor. */
export function addSetupVerbs(program: Command, perform: Perform): void {
  program.commandsGroup("Setting up:");
  addInit(program, perform);
  addKey(program, perform);
  addReader(program, perform);
  addVerb(program, "doctor", {
    summary: "print all settings; check store and key files",
    more: "Needs no passphrase, unless it sweeps.",
    example: "fogbound doctor",
  })
    .option("--sweep", "delete what killed seals left and nothing names; prints each object")
    .option("--older-than <age>", "with --sweep: by the store's clock; default: 24h", onceOnly("--older-than"))
    .option("--dry-run", "with --sweep: print what would be deleted")
    .action((flags: DoctorFlags, command: Command) =>
      perform(commonFlags(command), (context) => doctor(context, flags)),
    );
}

function addInit(program: Command, perform: Perform): void {
  addVerb(program, "init", {
    summary: "make your keys, a store and fogbound.json",
    more: "Prints the owner id. The recovery key is shown once; its last six characters are asked for.",
    example: "fogbound init --store file:./vault",
  })
    .option("--recovery-key <file>", "write the recovery key there instead of showing it", onceOnly("--recovery-key"))
    .option("--log-store <url>", "a store of their own for the logs; default: --store", onceOnly("--log-store"))
    .option("--harmonizer-store <url>", "one for the harmonizer; default: --store", onceOnly("--harmonizer-store"))
    .option(costFlag, costText, onceOnly("--passphrase-cost"))
    .option("--force", "replace a fogbound.json that is there; never a key")
    .action((flags: InitFlags, command: Command) =>
      perform(commonFlags(command), (context) => init(context, { ...flags, ...configOf(command) }), {
        makesConfig: true,
      }),
    );
}

function configOf(command: Command): { readonly config?: string } {
  const { config } = commonFlags(command);
  return config === undefined ? {} : { config };
}

function addKey(program: Command, perform: Perform): void {
  const key = addGroup(program, "key", "make a reader's or auditor's key file; show what is public");
  addVerb(key, "new", {
    summary: "make a reader's or an auditor's key file",
    more: "Prints the public key, which its holder gives to owners.",
    example: "fogbound key new -o ann.key",
  })
    .option("--auditor", "for an auditor, who reads logs and no items; make a new one for every term")
    .option(
      "-o, --output <file>",
      "where it goes; default: reader.key or auditor.key in your settings folder",
      onceOnly("--output"),
    )
    .option(costFlag, costText, onceOnly("--passphrase-cost"))
    .action((flags: NewKeyFlags, command: Command) =>
      perform(commonFlags(command), (context) => keyNew(context, flags)),
    );
  addVerb(key, "show", {
    summary: "print what is public of a key file",
    more: "A reader's or auditor's public key, or an owner's id.",
    example: "fogbound key show ann.key",
  })
    .argument("<file>", "a key file")
    .action((file: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => keyShow(context, file)),
    );
}

function addReader(program: Command, perform: Perform): void {
  const reader = addGroup(program, "reader", "say whose key is whose, for seal --allow");
  addVerb(reader, "add", {
    summary: "name the holder of a key",
    more: "The name holds for what is sealed from now on.",
    example: `fogbound reader add ann "$(fogbound key show ann.key)"`,
  })
    .argument("<name>", "a name of your choice")
    .argument("<public-key>", 'what "fogbound key new" printed, rdr_…')
    .option("--force", "put this key in the place of another one of that name")
    .action((name: string, publicKey: string, flags: { readonly force?: boolean }, command: Command) =>
      perform(commonFlags(command), (context) => readerAdd(context, name, publicKey, flags)),
    );
  addVerb(reader, "list", { summary: "print the readers you know", example: "fogbound reader list" }).action(
    (_flags: object, command: Command) => perform(commonFlags(command), readerList),
  );
  addVerb(reader, "remove", {
    summary: "forget a name",
    more: "What is sealed already still names it: see revoke.",
    example: "fogbound reader remove ann",
  })
    .argument("<name>", "a name from reader list")
    .action((name: string, _flags: object, command: Command) =>
      perform(commonFlags(command), (context) => readerRemove(context, name)),
    );
}
