import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { counted } from "../numbers.js";
import { withVault } from "../vault.js";

export interface DropFlags {
  readonly received?: boolean;
}

/** `fogbound drop CAPSULE [--received]`: takes away the epochs that the manifest lets go. */
export async function drop(context: Context, prefix: string, flags: DropFlags): Promise<ExitCode> {
  const { output, signal } = context;
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    if (flags.received === true) await owner.acknowledge(capsule, { signal });
    const { dropped, kept } = await owner.dropExpired(capsule, { signal });
    await output.result("drop", { capsule, dropped, kept }, []);
    const records = dropped.reduce((sum, one) => sum + one.records, 0);
    output.note(
      `${capsule}: dropped ${counted(dropped.length, "epoch", "epochs")}, ${counted(records, "record", "records")}`,
    );
    const waiting = kept.filter(({ because }) => because === "not-received").length;
    if (waiting > 0)
      output.warn(
        `${counted(waiting, "epoch is", "epochs are")} old enough and kept: nobody has signed that they arrived. Export the capsule, then give --received.`,
      );
    return 0;
  });
}
