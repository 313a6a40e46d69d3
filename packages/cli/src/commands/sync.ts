import { type SyncReport, syncStores } from "@fogbound/storage";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { byteSize, counted } from "../numbers.js";
import { Progress } from "../progress.js";
import { absoluteStoreUrl, checkNoPassword } from "../store-url.js";
import { openStore } from "../stores.js";

export interface SyncFlags {
  readonly dryRun?: boolean;
}

/** What the harmonizer makes anew from its sequence, and so may be replaced where it is going. */
const derived = (key: string): boolean => /^harmonizer\/(checkpoint$|tile\/)/.test(key);

/** `fogbound sync FROM TO`: every object of one store into another, compared at the end. Needs no key: all of it is sealed. */
export async function sync(context: Context, fromUrl: string, toUrl: string, flags: SyncFlags): Promise<ExitCode> {
  const { output, environment, signal } = context;
  const [source, target] = [urlOf(context, fromUrl), urlOf(context, toUrl)];
  if (source === target) throw wrongUsage(`Expected two stores, got ${JSON.stringify(fromUrl)} twice.`);
  const dryRun = flags.dryRun === true;
  const from = await openStore(source, environment, { readOnly: true, signal });
  try {
    const to = await openStore(target, environment, { create: !dryRun, readOnly: dryRun, signal });
    const progress = new Progress(output, "syncing");
    try {
      const onProgress = (bytes: number, total: number): void => progress.update(bytes, total);
      const report = await syncStores(from, to, { derived, dryRun, onProgress, signal });
      progress.end();
      await output.result("sync", { dryRun, ...report }, linesOf(report, dryRun));
      return 0;
    } finally {
      progress.end();
      await to.close();
    }
  } finally {
    await from.close();
  }
}

function urlOf({ directory }: Context, url: string): string {
  return absoluteStoreUrl(checkNoPassword(url, "the command line"), directory);
}

function linesOf(report: SyncReport, dryRun: boolean): string[] {
  const { objects, bytes, copied, copiedBytes, replaced, extra, verified } = report;
  const would = dryRun ? "to copy" : "copied";
  const lines = [
    `${counted(copied, "object", "objects")} ${would}, ${byteSize(copiedBytes)}, of ${objects} (${byteSize(bytes)})`,
  ];
  if (replaced > 0)
    lines.push(`${counted(replaced, "derived object", "derived objects")} ${dryRun ? "to replace" : "replaced"}`);
  if (extra > 0)
    lines.push(`${counted(extra, "object", "objects")} in the target that the source does not have: left alone`);
  if (!dryRun) lines.push(`${counted(verified, "object", "objects")} compared byte for byte`);
  return lines;
}
