import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { Progress } from "../progress.js";
import { withVault } from "../vault.js";

/** `fogbound rewrap CAPSULE`: new wraps of the same item keys. */
export async function rewrap(context: Context, prefix: string): Promise<ExitCode> {
  const { output, signal } = context;
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    const { version, state } = await owner.rewrap(capsule, { signal });
    await output.result("rewrap", { capsule, version, state }, []);
    output.note(
      `${capsule}: new wraps in force as version ${version}. Item keys that have left still open it; reseal takes them back.`,
    );
    return 0;
  });
}

/** `fogbound reseal CAPSULE`: new keys, new contents, and the old contents deleted. */
export async function reseal(context: Context, prefix: string): Promise<ExitCode> {
  const { output, signal } = context;
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    const progress = new Progress(output, "sealing anew");
    const onProgress = (bytes: number, total: number): void => progress.update(bytes, total);
    const sealed = owner.reseal(capsule, { signal, onProgress }).finally(() => progress.end());
    const { version, state } = await sealed;
    await output.result("reseal", { capsule, version, state }, []);
    output.note(`${capsule}: sealed anew, in force as version ${version}; the old contents are deleted.`);
    return 0;
  });
}
