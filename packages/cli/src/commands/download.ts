import { resolve } from "node:path";
import { type Acting, type ActingFlags, actingOn } from "../acting.js";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { CommandFailure } from "../failure.js";
import { writeWhole } from "../files.js";
import { makeFolder, placeFor } from "../item-paths.js";
import { counted } from "../numbers.js";
import { printable } from "../printable.js";
import { Progress } from "../progress.js";
import { interruptible } from "../streams.js";
import { withVault } from "../vault.js";

export interface DownloadFlags extends ActingFlags {
  readonly to: string;
  readonly force?: boolean;
}

interface Saved {
  readonly item: string;
  readonly path: string;
  readonly bytes: number;
}

/** `fogbound download CAPSULE [ITEM...] --to DIR`: each item a file, whole or not there. A refused item does not stop the others. */
export async function download(
  context: Context,
  prefix: string,
  items: readonly string[],
  flags: DownloadFlags,
): Promise<ExitCode> {
  const folder = resolve(context.directory, flags.to);
  return withVault(context, async (vault) => {
    const capsule = await resolveCapsule(vault.store, prefix, context.signal);
    const acting = await actingOn(vault, context, capsule, { ...flags, action: "download" });
    const names = items.length > 0 ? [...new Set(items)] : await acting.itemNames();
    await makeFolder(folder);
    const saved: Saved[] = [];
    const refusals: string[] = [];
    for (const name of names) {
      const one = await saveUnlessRefused(context, acting, { folder, name, force: flags.force === true });
      if (typeof one === "string") refusals.push(one);
      else saved.push(one);
    }
    await report(context, capsule, saved, refusals);
    return refusals.length === 0 ? 0 : 3;
  });
}

interface Target {
  readonly folder: string;
  readonly name: string;
  readonly force: boolean;
}

/** @returns what was saved, or the sentence of the refusal. */
async function saveUnlessRefused(context: Context, acting: Acting, target: Target): Promise<Saved | string> {
  try {
    return await save(context, acting, target);
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === 3) return `${target.name}: ${error.message}`;
    throw error;
  }
}

/** The place is checked before anybody is asked: a request counts as a use also when nothing can be written. */
async function save(context: Context, acting: Acting, { folder, name, force }: Target): Promise<Saved> {
  const path = await placeFor(folder, name, force);
  const { body, size } = await acting.open(name);
  const progress = new Progress(context.output, `saving ${printable(name)}`);
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    progress.update(bytes, size);
  };
  try {
    await writeWhole(path, interruptible(body, context.signal), { force, onBytes });
  } finally {
    progress.end();
  }
  return { item: name, path, bytes };
}

async function report(
  { output }: Context,
  capsule: string,
  saved: readonly Saved[],
  refusals: readonly string[],
): Promise<void> {
  await output.result(
    "download",
    { capsule, saved, refused: refusals },
    saved.map(({ path }) => path),
  );
  for (const refusal of refusals) output.warn(printable(refusal));
  output.note(`saved ${counted(saved.length, "item", "items")}`);
}
