import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { CapsuleId } from "@fogbound/protocol";
import type { Recovery } from "fogbound/embedded";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import { type ExitCode, exitCodeOf, worst } from "../exit-codes.js";
import { CommandFailure, notFound, wrongUsage } from "../failure.js";
import { checkFree, writeWhole } from "../files.js";
import { placeFor } from "../item-paths.js";
import { counted } from "../numbers.js";
import { checkOutsideStore } from "../outside-store.js";
import { errorMessage } from "../report.js";
import { requiredStores } from "../settings.js";
import { openStores } from "../stores.js";
import { interruptible } from "../streams.js";
import { isMissing } from "../system-errors.js";
import { askSecret, canAsk } from "../terminal.js";
import { settled, verdictDocument, verdictLines } from "../verdict.js";

export interface RecoverFlags {
  readonly recoveryKey?: string;
  readonly to: string;
  readonly all?: boolean;
}

/**
 * `fogbound recover CAPSULE|--all --recovery-key FILE --to DIR`: data and log with the recovery key alone. For each capsule
 * `DIR/<id>/` with its items and `DIR/<id>.fog` with the evidence; the vault is only read. What cannot be saved is told,
 * and keeps nothing else from being saved.
 */
export async function recover(context: Context, prefix: string | undefined, flags: RecoverFlags): Promise<ExitCode> {
  const { settings, environment, output, directory, signal } = context;
  if ((prefix === undefined) !== (flags.all === true))
    throw wrongUsage("Expected a capsule, or --all for every one that the recovery key opens: one of the two.");
  const urls = requiredStores(settings);
  const folder = resolve(directory, flags.to);
  checkOutsideStore(folder, urls);
  const recoveryKey = await recoveryKeyFrom(context, flags.recoveryKey);
  const store = await openStores(urls, environment, { readOnly: true, signal });
  try {
    const { openRecovery } = await import("fogbound/embedded");
    const recovery = await openRecovery({ store, recoveryKey });
    try {
      const wanted =
        prefix === undefined ? recovery.capsules({ signal }) : [await resolveCapsule(store, prefix, signal)];
      const codes: ExitCode[] = [];
      for await (const capsule of wanted) codes.push(await recoverOne(context, recovery, capsule, folder));
      if (codes.length === 0)
        throw new CommandFailure(
          8,
          "KEY_WRONG",
          "This recovery key opens no capsule in the store. Is it another owner's?",
        );
      output.note('The vault was not changed. To go on: "fogbound init" with another store, and seal the items anew.');
      return worst(codes);
    } finally {
      await recovery.close();
    }
  } finally {
    await store.close();
  }
}

async function recoveryKeyFrom({ directory, terminal }: Context, file: string | undefined): Promise<string> {
  if (file !== undefined) {
    const path = resolve(directory, file);
    return readFile(path, "utf8").catch((error: unknown) => {
      if (isMissing(error)) throw notFound(`There is no file ${path}.`, { cause: error });
      throw error;
    });
  }
  if (!canAsk(terminal))
    throw wrongUsage("The recovery key is needed and there is no terminal to ask on. Give --recovery-key FILE.");
  return askSecret(terminal, "Recovery key");
}

async function recoverOne(context: Context, recovery: Recovery, capsule: CapsuleId, folder: string): Promise<ExitCode> {
  const { output } = context;
  const codes: ExitCode[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      const code = exitCodeOf(error);
      if (code === 130 || context.signal.aborted) throw error;
      output.warn(`${capsule}: ${what}: ${errorMessage(error)}`);
      codes.push(code);
      return null;
    }
  };
  const saved = await saveItems(context, recovery, capsule, join(folder, capsule), attempt);
  const evidence = await attempt("the evidence", () => saveEvidence(context, recovery, capsule, folder));
  const verdict = await attempt("the audit", async () =>
    (await recovery.audit(capsule, { signal: context.signal, rehashContent: true })).verdict(),
  );
  const body = { capsule, saved, evidence, verdict: verdict === null ? null : verdictDocument(verdict) };
  const lines = [...saved, ...(evidence === null ? [] : [evidence])];
  await output.result("recover", body, verdict === null ? lines : [...lines, ...verdictLines(verdict, output)]);
  output.note(`${capsule}: saved ${counted(saved.length, "item", "items")}`);
  if (verdict !== null) codes.push(settled(verdict, { strict: false, proofs: [], unread: false }, output));
  return worst(codes);
}

type Attempt = <T>(what: string, work: () => Promise<T>) => Promise<T | null>;

async function saveItems(
  { signal }: Context,
  recovery: Recovery,
  capsule: CapsuleId,
  folder: string,
  attempt: Attempt,
): Promise<string[]> {
  const described = await attempt("its items", () => recovery.describe(capsule, { signal }));
  if (described === null) return [];
  await mkdir(folder, { recursive: true });
  const saved: string[] = [];
  for (const { name } of described.host.items) {
    const path = await attempt(JSON.stringify(name), async () => {
      const place = await placeFor(folder, name, false);
      await writeWhole(place, interruptible(recovery.read(capsule, name, { signal }), signal), { force: false });
      return place;
    });
    if (path !== null) saved.push(path);
  }
  return saved;
}

async function saveEvidence(
  { signal }: Context,
  recovery: Recovery,
  capsule: CapsuleId,
  folder: string,
): Promise<string> {
  const path = join(folder, `${capsule}.fog`);
  await mkdir(folder, { recursive: true });
  await checkFree(path, "Name another folder after --to.");
  await writeWhole(path, interruptible(recovery.export(capsule, { signal }), signal), { force: false });
  return path;
}
