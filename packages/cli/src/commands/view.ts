import { type ActingFlags, actingOn } from "../acting.js";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { pour } from "../streams.js";
import { withVault } from "../vault.js";

/** `fogbound view CAPSULE ITEM`: the item's bytes on stdout, and nothing else there. */
export async function view(context: Context, prefix: string, item: string, flags: ActingFlags): Promise<ExitCode> {
  if (context.output.json)
    throw wrongUsage("view writes the item's bytes on stdout, where no JSON fits beside them. Use download --json.");
  return withVault<ExitCode>(context, async (vault) => {
    const capsule = await resolveCapsule(vault.store, prefix, context.signal);
    const acting = await actingOn(vault, context, capsule, { ...flags, action: "view" });
    const { body } = await acting.open(item);
    await pour(body, context.output, context.signal);
    return 0;
  });
}
