import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { readPolicy } from "../policy-flags.js";
import { type Vault, withVault } from "../vault.js";

/** `fogbound policy CAPSULE`: prints Cedar. With `--set FILE`, a new version under that policy, in force when it ends. */
export async function policy(context: Context, prefix: string, flags: { readonly set?: string }): Promise<ExitCode> {
  const { output, signal } = context;
  const next = flags.set === undefined ? null : await readPolicy(flags.set, context.directory);
  return withVault<ExitCode>(context, async (vault) => {
    const capsule = await resolveCapsule(vault.store, prefix, signal);
    if (next === null) await show(context, vault, capsule);
    else {
      const { version, state } = await vault.owner.setPolicy(capsule, next, { signal });
      await output.result("policy", { capsule, version, state, cedar: next.cedar }, []);
      output.note(`${capsule}: the policy is in force as version ${version}`);
    }
    return 0;
  });
}

async function show(
  { output, signal }: Context,
  { owner }: Vault,
  capsule: Parameters<Vault["owner"]["describe"]>[0],
): Promise<void> {
  const { version, authority } = await owner.describe(capsule, { signal });
  const recordOnly = "// record-only: every access is recorded, and none is refused by policy";
  const body = { capsule, version: version.manifest.version, mode: version.manifest.mode, cedar: authority.policy };
  await output.result("policy", body, [(authority.policy ?? recordOnly).trimEnd()]);
}
