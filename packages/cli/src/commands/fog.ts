import { isSubject, type Subject } from "@fogbound/protocol";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { readFogFile } from "../fog-file.js";
import { subjectOf } from "../readers.js";
import { withVault } from "../vault.js";

/** `fogbound fog set CAPSULE FILE`: changes what the guard does, in force when it is printed. */
export async function fogSet(context: Context, prefix: string, file: string): Promise<ExitCode> {
  const { sealedDecoys, decoys, ...terms } = await readFogFile(file, context.directory);
  if (sealedDecoys !== undefined || decoys !== undefined)
    throw wrongUsage(`Decoys are made when a capsule is sealed: leave sealedDecoys and decoys out of ${file}.`);
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, context.signal);
    const { version, state } = await owner.setFog(capsule, terms, { signal: context.signal });
    await context.output.result("fog", { capsule, version, state }, []);
    context.output.note(`${capsule}: the guard has other terms, in force as version ${version}`);
    return 0;
  });
}

/** `fogbound fog trust CAPSULE NAME`: that was really that reader; his fog ends. */
export async function fogTrust(context: Context, prefix: string, name: string): Promise<ExitCode> {
  const reader: Subject = isSubject(name) ? name : subjectOf(name);
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, context.signal);
    await owner.trust(capsule, reader, { signal: context.signal });
    await context.output.result("fog", { capsule, trusted: reader }, []);
    context.output.note(`${reader} was who he is: no more fog, and what surprised is learnt`);
    return 0;
  });
}
