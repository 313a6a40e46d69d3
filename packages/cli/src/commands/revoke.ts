import { type CapsuleId, isIdentifier, isSubject } from "@fogbound/protocol";
import type { Revocation } from "fogbound";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { CommandFailure, wrongUsage } from "../failure.js";
import { subjectOf } from "../readers.js";
import { loadReaders } from "../readers-file.js";
import { confirmed } from "../terminal.js";
import { type Vault, withVault } from "../vault.js";

export interface RevokeFlags {
  readonly reader?: string;
  readonly host?: string;
  readonly instance?: string;
}

/** `fogbound revoke CAPSULE`: everything, or one reader, host or instance. It stops the next release, and takes back none. */
export async function revoke(context: Context, prefix: string, flags: RevokeFlags): Promise<ExitCode> {
  const { output, signal } = context;
  const what = revocationFrom(flags);
  if (what === "everything") await confirmEverything(context, prefix);
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule: CapsuleId = await resolveCapsule(store, prefix, signal);
    if (flags.reader !== undefined && !isSubject(flags.reader)) await checkNamed(context, owner, capsule, flags.reader);
    const { version, state } = await owner.revoke(capsule, what, { signal });
    await output.result("revoke", { capsule, version, state, revoked: what }, []);
    output.note(
      `${capsule}: revoked ${said(what)}, in force as version ${version}. Keys that have left stay where they are.`,
    );
    return 0;
  });
}

function revocationFrom({ reader, host, instance }: RevokeFlags): Revocation {
  if ([reader, host, instance].filter((one) => one !== undefined).length > 1)
    throw wrongUsage("Expected one of --reader, --host and --instance, got several. Revoke one after the other.");
  if (reader !== undefined) return { reader: isSubject(reader) ? reader : subjectOf(reader) };
  if (host !== undefined)
    return { host: checked(isIdentifier("hst", host) && host, "--host", "hst_ and 26 characters") };
  if (instance !== undefined)
    return { instance: checked(isIdentifier("ins", instance) && instance, "--instance", "ins_ and 26 characters") };
  return "everything";
}

/** A name misspelt would revoke nobody, and say that it had. */
async function checkNamed(
  { settings, signal }: Context,
  owner: Vault["owner"],
  capsule: CapsuleId,
  name: string,
): Promise<void> {
  const { issuers, policy } = (await owner.describe(capsule, { signal })).authority;
  const sealedFor = issuers.filter(({ id }) => id === "local").flatMap(({ readers }) => readers.map((one) => one.name));
  const known = new Set([...sealedFor, ...(await loadReaders(settings.keyFile.value)).map((one) => one.name)]);
  const subject = subjectOf(name);
  if (known.has(name) || policy?.includes(JSON.stringify(subject)) === true) return;
  const others = known.size === 0 ? "no reader is known" : `known are ${[...known].join(", ")}`;
  throw wrongUsage(
    `There is no reader ${JSON.stringify(name)}; ${others}. To revoke it all the same, give --reader ${JSON.stringify(subject)}.`,
  );
}

function checked<T extends string>(id: T | false, flag: string, shape: string): T {
  if (id !== false) return id;
  throw wrongUsage(`Expected a whole id after ${flag}: ${shape}.`);
}

async function confirmEverything({ terminal, yes }: Context, prefix: string): Promise<void> {
  const message = `Revoke everything of ${prefix}? Nobody will read it any more, and this cannot be undone.`;
  if (await confirmed(terminal, message, yes)) return;
  throw new CommandFailure(1, "NOT_CONFIRMED", "Nothing was revoked.");
}

function said(what: Revocation): string {
  return what === "everything" ? what : Object.entries(what).flat().join(" ");
}
