import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { withVault } from "../vault.js";

/** `fogbound publish CAPSULE`: brings into force what was sealed while nobody could be asked. Safe to repeat. */
export async function publish(context: Context, prefix: string): Promise<ExitCode> {
  const { output, signal } = context;
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const id = await resolveCapsule(store, prefix, signal);
    const { version, state } = await owner.publish(id, { signal });
    await output.result("publish", { capsule: id, version, state }, []);
    output.note(`${id}: version ${version} is in force (${state})`);
    return 0;
  });
}
