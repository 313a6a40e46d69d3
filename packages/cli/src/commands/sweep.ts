import type { Swept } from "fogbound";
import type { Context } from "../context.js";
import { parseSince } from "../dates.js";
import type { ExitCode } from "../exit-codes.js";
import { byteSize, counted } from "../numbers.js";
import { withVault } from "../vault.js";

export interface SweepFlags {
  readonly olderThan?: string;
  readonly dryRun?: boolean;
}

/** `fogbound doctor --sweep`: deletes what killed seals left and nothing names, and prints each object. */
export async function sweep(context: Context, flags: SweepFlags): Promise<ExitCode> {
  const { output, signal } = context;
  const dryRun = flags.dryRun === true;
  const now = Date.now();
  const age =
    flags.olderThan === undefined
      ? {}
      : { olderThan: (now - parseSince(flags.olderThan, "--older-than", now).getTime()) / 1000 };
  return withVault<ExitCode>(context, async ({ owner }) => {
    let [objects, bytes] = [0, 0];
    for await (const swept of owner.sweep({ ...age, dryRun, signal })) {
      objects++;
      bytes += swept.size;
      await output.result("sweep", documentOf(swept, dryRun), [`${swept.what}  ${swept.key}`]);
    }
    output.note(`${dryRun ? "would delete" : "deleted"} ${counted(objects, "object", "objects")}, ${byteSize(bytes)}`);
    return 0;
  });
}

function documentOf({ key, what, size, capsule }: Swept, dryRun: boolean): Readonly<Record<string, unknown>> {
  return { key, what, bytes: size, capsule, deleted: !dryRun };
}
