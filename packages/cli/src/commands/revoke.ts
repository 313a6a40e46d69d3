import { type CapsuleId, isIdentifier, isSubject } from "@fogbound/protocol";
import type { Revocation } from "fogbound";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { CommandFailure, wrongUsage } from "../failure.js";
import { subjectOf } from "../readers.js";
import { confirmed } from "../terminal.js";
import { withVault } from "../vault.js";

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
