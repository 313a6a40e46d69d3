import { resolve } from "node:path";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { checkFree, writeWhole } from "../files.js";
import { byteSize } from "../numbers.js";
import { Progress } from "../progress.js";
import { interruptible, pour } from "../streams.js";
import { withVault } from "../vault.js";

export interface ExportFlags {
  readonly output?: string;
  readonly force?: boolean;
}

/** `fogbound export CAPSULE [-o FILE]`: one .fog file, with all that is needed to verify it elsewhere. */
export async function exportCapsule(context: Context, prefix: string, flags: ExportFlags): Promise<ExitCode> {
  const { output, signal } = context;
  const path = flags.output === undefined ? null : resolve(context.directory, flags.output);
  await checkTarget(context, path, flags.force === true);
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    const body = owner.export(capsule, { signal });
    if (path === null) {
      await pour(body, output, signal);
      return 0;
    }
    const bytes = await save(context, path, body, flags.force === true);
    await output.result("export", { capsule, path, bytes }, []);
    output.note(`exported ${capsule} to ${path}, ${byteSize(bytes)}`);
    return 0;
  });
}

async function save(context: Context, path: string, body: ReadableStream<Uint8Array>, force: boolean): Promise<number> {
  const progress = new Progress(context.output, "exporting");
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    progress.update(bytes, null);
  };
  try {
    await writeWhole(path, interruptible(body, context.signal), { force, onBytes });
  } finally {
    progress.end();
  }
  return bytes;
}

async function checkTarget({ output }: Context, path: string | null, force: boolean): Promise<void> {
  if (path === null && output.json)
    throw wrongUsage("The export itself would go to stdout, where no JSON fits beside it. Give -o FILE.");
  if (path === null && output.stdoutIsTerminal)
    throw wrongUsage("An export is no text for a terminal. Give -o FILE, or send stdout somewhere.");
  if (path !== null && !force) await checkFree(path);
}
