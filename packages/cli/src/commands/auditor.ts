import type { AuditorEntry } from "@fogbound/protocol";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { counted } from "../numbers.js";
import { withVault } from "../vault.js";

export interface AddAuditorFlags {
  readonly from?: string;
}

/** `fogbound auditor add CAPSULE PUBLIC-KEY`: the log is readable with that key, from now on or from the beginning. */
export async function auditorAdd(
  context: Context,
  prefix: string,
  publicKey: string,
  flags: AddAuditorFlags,
): Promise<ExitCode> {
  const { output, signal } = context;
  const from = fromFlag(flags.from);
  const auditor = await auditorFrom(publicKey);
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    const { version, state, epochs, withheld } = await owner.addAuditor(capsule, auditor, { from, signal });
    await output.result("auditor", { capsule, version, state, auditor: publicKey, from, epochs, withheld }, []);
    const past = from === "beginning" ? `, and the ${counted(epochs, "epoch", "epochs")} before` : "";
    output.note(`${capsule}: an auditor reads what comes from version ${version} on${past}.`);
    for (const epoch of withheld)
      output.warn(`${epoch} could not be opened here, so it was not wrapped to the auditor.`);
    return 0;
  });
}

/** `fogbound auditor remove CAPSULE PUBLIC-KEY`: nothing that comes is wrapped to that key. */
export async function auditorRemove(context: Context, prefix: string, publicKey: string): Promise<ExitCode> {
  const { output, signal } = context;
  const auditor = await auditorFrom(publicKey);
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    const { version, state } = await owner.removeAuditor(capsule, auditor, { signal });
    await output.result("auditor", { capsule, version, state, removed: publicKey }, []);
    output.note(
      `${capsule}: the auditor is out as of version ${version}. What was wrapped to him before he can still read.`,
    );
    return 0;
  });
}

/** `fogbound auditor list CAPSULE`: the public keys, one a line. */
export async function auditorList(context: Context, prefix: string): Promise<ExitCode> {
  const { output, signal } = context;
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    const { formatAuditorKey } = await import("fogbound");
    const { auditors } = (await owner.describe(capsule, { signal })).version.manifest;
    const keys = auditors.map(formatAuditorKey);
    await output.result("auditor", { capsule, auditors: keys }, keys);
    return 0;
  });
}

async function auditorFrom(publicKey: string): Promise<AuditorEntry> {
  const { parseAuditorKey } = await import("fogbound");
  try {
    return parseAuditorKey(publicKey);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : "That is no auditor's public key.";
    throw wrongUsage(`${said} "fogbound key new --auditor" prints one.`, { cause });
  }
}

function fromFlag(text: string | undefined): "now" | "beginning" {
  if (text === undefined || text === "now") return "now";
  if (text === "beginning") return text;
  throw wrongUsage(`Expected now or beginning after --from, got ${JSON.stringify(text)}.`);
}
