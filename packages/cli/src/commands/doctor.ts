import { stat } from "node:fs/promises";
import type { ObjectStore } from "@fogbound/storage";
import type { Context } from "../context.js";
import { type ExitCode, exitCodeOf, worst } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { readersPath } from "../readers-file.js";
import { errorMessage } from "../report.js";
import type { Settings } from "../settings.js";
import { oneStoreOf, storeParts } from "../store-url.js";
import { openStore } from "../stores.js";
import { isMissing } from "../system-errors.js";
import { tableLines } from "../table.js";
import { type SweepFlags, sweep } from "./sweep.js";

interface SettingRow {
  readonly setting: string;
  readonly value: string;
  readonly from: string;
}

interface Check {
  readonly check: string;
  readonly result: string;
  readonly exitCode: ExitCode;
}

export interface DoctorFlags extends SweepFlags {
  readonly sweep?: boolean;
}

/** `fogbound doctor`: every setting and where it came from, what the store can do, who can read the key files. Needs no passphrase. */
export async function doctor(context: Context, flags: DoctorFlags = {}): Promise<ExitCode> {
  if (flags.sweep === true) return sweep(context, flags);
  if (flags.olderThan !== undefined || flags.dryRun !== undefined)
    throw wrongUsage("Expected --sweep with --older-than or --dry-run, got none.");
  const { output, settings } = context;
  const rows = settingRows(settings);
  const checks = [...(await storeChecks(context)), ...(await keyFileChecks(settings))];
  const exitCode = worst(checks.map((one) => one.exitCode));
  if (output.json) await output.document("doctor", { settings: rows, checks, exitCode });
  else {
    for await (const line of tableLines(settingColumns, rows)) await output.lines(line);
    await output.lines("");
    for await (const line of tableLines(checkColumns, checks)) await output.lines(line);
  }
  return exitCode;
}

const settingColumns = [
  { title: "SETTING", value: ({ setting }: SettingRow) => setting },
  { title: "VALUE", value: ({ value }: SettingRow) => value },
  { title: "FROM", value: ({ from }: SettingRow) => from },
];

const checkColumns = [
  { title: "CHECK", value: ({ check }: Check) => check },
  { title: "RESULT", value: ({ result }: Check) => result },
];

function settingRows({ store, keyFile, as, trust, push, configFile }: Settings): readonly SettingRow[] {
  return [
    { setting: "config", value: configFile ?? "none", from: configFile === null ? "default" : "found" },
    ...storeRows(store),
    { setting: "keyFile", value: keyFile.value, from: keyFile.from },
    { setting: "as", value: as.value ?? "the owner", from: as.from },
    { setting: "trust", value: trust.value.join(", ") || "none", from: trust.from },
    {
      setting: "push",
      value: push.value === null ? "900 s, 1048576 B" : `${push.value.seconds} s, ${push.value.bytes} B`,
      from: push.from,
    },
  ];
}

function storeRows({ value, from }: Settings["store"]): readonly SettingRow[] {
  if (value === null) return [{ setting: "store", value: "none", from }];
  const url = oneStoreOf(value);
  if (url !== null) return [{ setting: "store", value: url, from }];
  return storeParts.map((part) => ({ setting: `store.${part}`, value: value[part], from }));
}

/** Of several stores each by itself: which one it is that cannot be used has to be seen. */
async function storeChecks(context: Context): Promise<readonly Check[]> {
  const urls = context.settings.store.value;
  if (urls === null) return [{ check: "store", result: "none is set", exitCode: 2 }];
  const url = oneStoreOf(urls);
  if (url !== null) return oneStoreChecks(url, context);
  const checks: Check[] = [];
  for (const part of storeParts)
    for (const one of await oneStoreChecks(urls[part], context))
      checks.push({ ...one, check: `${part}: ${one.check}` });
  return checks;
}

async function oneStoreChecks(url: string, { environment, signal }: Context): Promise<readonly Check[]> {
  try {
    const store = await openStore(url, environment, { signal });
    const checks = probed(store);
    await store.close();
    return checks;
  } catch (error) {
    if (signal.aborted) throw error;
    return [{ check: "store", result: errorMessage(error), exitCode: exitCodeOf(error) }];
  }
}

/** What opening the store has proved just now, and what its adapter says of it. */
function probed({ readOnly, capabilities }: ObjectStore): readonly Check[] {
  const said = (can: boolean): string => (can ? "yes, says the adapter" : "no");
  const row = (check: string, result: string): Check => ({ check, result, exitCode: 0 });
  return [
    row("a miss is told as a miss", "proved"),
    row("create-only, of many writers one wins", readOnly ? "not proved: the store refuses writes" : "proved"),
    row("create-only for large objects", said(capabilities.largeCreateOnly)),
    row("retention enforced", said(capabilities.enforcedRetention)),
    row("conditional delete", said(capabilities.conditionalDelete)),
  ];
}

async function keyFileChecks({ keyFile, as }: Settings): Promise<readonly Check[]> {
  const checks = [await modeCheck("key file", keyFile.value, 0o077, 7)];
  if (as.value !== null) checks.push(await modeCheck("reader's key file", as.value, 0o077, 7));
  checks.push(await modeCheck("readers", readersPath(keyFile.value), 0o022, 0));
  return checks;
}

async function modeCheck(check: string, path: string, forbidden: number, whenMissing: ExitCode): Promise<Check> {
  const info = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (info === null) return { check, result: `${path} is not there`, exitCode: whenMissing };
  const mode = (info.mode & 0o777).toString(8);
  if (process.platform === "win32" || (info.mode & forbidden) === 0)
    return { check, result: `mode ${mode}`, exitCode: 0 };
  return { check, result: `mode ${mode}: others have access. chmod 600 ${JSON.stringify(path)}`, exitCode: 8 };
}
