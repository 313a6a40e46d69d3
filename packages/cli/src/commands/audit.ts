import type { Audit, Entry } from "@fogbound/audit";
import type { CapsuleId } from "@fogbound/protocol";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import { parseSince } from "../dates.js";
import { entryColumns, entryDocument } from "../entries.js";
import { type ExitCode, exitCodeOf, worst } from "../exit-codes.js";
import { counted } from "../numbers.js";
import { ownCapsules } from "../own-capsules.js";
import { errorMessage } from "../report.js";
import { tableLines } from "../table.js";
import { type Vault, withVault } from "../vault.js";
import { settled, verdictDocument, verdictLines } from "../verdict.js";
import { repair } from "./repair.js";

export interface AuditFlags {
  readonly since?: string;
  readonly rehash?: boolean;
  readonly repair?: boolean;
  readonly strict?: boolean;
}

interface Auditing {
  readonly since: Date | null;
  readonly rehash: boolean;
  readonly repair: boolean;
  readonly strict: boolean;
}

/** `fogbound audit [CAPSULE]`: the accesses, then the verdict. Without CAPSULE all of them, and the exit code of the worst. */
export async function audit(context: Context, prefix: string | undefined, flags: AuditFlags): Promise<ExitCode> {
  const since = flags.since === undefined ? null : parseSince(flags.since, "--since", Date.now());
  const { rehash = false, repair = false, strict = false } = flags;
  const auditing = { since, rehash, repair, strict };
  return withVault(context, async (vault) => {
    if (prefix !== undefined)
      return auditOne(context, vault, await resolveCapsule(vault.store, prefix, context.signal), auditing);
    const codes: ExitCode[] = [];
    for await (const capsule of ownCapsules(context, vault))
      codes.push(await auditAmongOthers(context, vault, capsule, auditing));
    if (codes.length === 0) context.output.note("no capsules");
    return worst(codes);
  });
}

/** One that cannot be audited is told, and does not keep the others from being looked at. */
async function auditAmongOthers(
  context: Context,
  vault: Vault,
  capsule: CapsuleId,
  auditing: Auditing,
): Promise<ExitCode> {
  if (!context.output.json) await context.output.lines(context.output.paint("bold", capsule));
  try {
    const code = await auditOne(context, vault, capsule, auditing);
    if (!context.output.json) await context.output.lines("");
    return code;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === 130 || context.signal.aborted) throw error;
    context.output.warn(`${capsule}: ${errorMessage(error)}`);
    return code;
  }
}

async function auditOne(context: Context, vault: Vault, capsule: CapsuleId, auditing: Auditing): Promise<ExitCode> {
  const { output, signal } = context;
  if (auditing.repair) await repair(context, vault, capsule);
  const audited = await vault.owner.audit(capsule, { signal, rehashContent: auditing.rehash });
  await (output.json ? writeDocuments : writeTable)(context, capsule, audited, auditing.since);
  const verdict = await audited.verdict();
  if (output.json) await output.document("audit", { type: "verdict", capsule, verdict: verdictDocument(verdict) });
  else await output.lines(...verdictLines(verdict, output));
  return settled(
    verdict,
    { strict: auditing.strict, proofs: auditing.rehash ? ["bytes-rehashed"] : [], unread: false },
    output,
  );
}

async function writeDocuments(
  { output }: Context,
  capsule: CapsuleId,
  audited: Audit,
  since: Date | null,
): Promise<void> {
  for await (const entry of shownEntries(audited, since))
    await output.document("audit", { type: "access", capsule, ...entryDocument(entry) });
}

async function writeTable({ output }: Context, _capsule: CapsuleId, audited: Audit, since: Date | null): Promise<void> {
  let count = 0;
  const instances = new Set<string>();
  const entries = async function* (): AsyncGenerator<Entry, void, undefined> {
    for await (const entry of shownEntries(audited, since)) {
      count += 1;
      instances.add(entry.instance);
      yield entry;
    }
  };
  for await (const line of tableLines(entryColumns, entries())) await output.lines(line);
  const scope = since === null ? "" : ` since ${since.toISOString()}; the verdict is about all of them`;
  await output.lines(
    `${counted(count, "access", "accesses")}, ${counted(instances.size, "instance", "instances")}${scope}`,
    "",
  );
}

async function* shownEntries(audited: Audit, since: Date | null): AsyncGenerator<Entry, void, undefined> {
  for await (const entry of audited.accesses()) if (since === null || entry.time >= since) yield entry;
}
