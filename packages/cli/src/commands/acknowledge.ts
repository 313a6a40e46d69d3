import { findingName } from "@fogbound/audit";
import type { CapsuleId, Finding } from "@fogbound/protocol";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { notFound, wrongUsage } from "../failure.js";
import { counted } from "../numbers.js";
import { ownCapsules } from "../own-capsules.js";
import { type Vault, withVault } from "../vault.js";

export interface AcknowledgeFlags {
  readonly because?: string;
  readonly capsule?: string;
}

interface Found {
  readonly capsule: CapsuleId;
  readonly finding: Finding;
}

/** `fogbound acknowledge FINDING... --because TEXT`: signs why, into the log, for the findings that an audit named so. */
export async function acknowledge(
  context: Context,
  names: readonly string[],
  flags: AcknowledgeFlags,
): Promise<ExitCode> {
  const { output, signal } = context;
  const because = reasonFrom(flags);
  for (const name of names)
    if (!/^[0-9a-f]{4,64}$/.test(name))
      throw wrongUsage(
        `Expected a finding's name as an audit prints it, such as 1a2b3c4d, got ${JSON.stringify(name.slice(0, 80))}.`,
      );
  return withVault<ExitCode>(context, async (vault) => {
    const all = await findings(context, vault, flags.capsule);
    const chosen = [...new Set(names)].map((name) => only(name, all));
    for (const { capsule, finding } of chosen) await vault.owner.explain(capsule, finding, because, { signal });
    const told = chosen.map(({ capsule, finding }) => ({ capsule, finding: findingName(finding), code: finding.code }));
    await output.result("acknowledge", { because, findings: told }, []);
    output.note(`signed why for ${counted(chosen.length, "finding", "findings")}; every audit tells it from now on`);
    return 0;
  });
}

/** What has to be given with every word that stays in the log. @throws CommandFailure, exit 2. */
export function reasonFrom({ because }: { readonly because?: string }): string {
  if (because !== undefined && because.trim() !== "") return because;
  throw wrongUsage("Expected a reason: --because TEXT. It stays in the log, for whoever reads the audit.");
}

async function findings(context: Context, vault: Vault, prefix: string | undefined): Promise<readonly Found[]> {
  const found: Found[] = [];
  const look = async (capsule: CapsuleId): Promise<void> => {
    const audit = await vault.owner.audit(capsule, { signal: context.signal });
    for (const finding of (await audit.verdict()).findings) found.push({ capsule, finding });
  };
  if (prefix !== undefined) await look(await resolveCapsule(vault.store, prefix, context.signal));
  else for await (const capsule of ownCapsules(context, vault)) await look(capsule);
  return found;
}

function only(name: string, all: readonly Found[]): Found {
  const [one, another] = all.filter(({ finding }) => findingName(finding, name.length) === name);
  if (one === undefined) throw notFound(`No audit finds anything named ${name} now. Look again: fogbound audit`);
  if (another === undefined) return one;
  throw wrongUsage(`Several findings begin with ${name}. Give --capsule, or more of the name.`);
}
