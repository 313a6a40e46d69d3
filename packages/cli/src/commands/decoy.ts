import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { CapsuleId } from "@fogbound/protocol";
import type { Trace } from "fogbound";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import { shownTime } from "../dates.js";
import { entryDocument } from "../entries.js";
import type { ExitCode } from "../exit-codes.js";
import { notFound } from "../failure.js";
import { ownCapsules } from "../own-capsules.js";
import { isMissing } from "../system-errors.js";
import { type Column, tableLines } from "../table.js";
import { type Vault, withVault } from "../vault.js";

export interface DecoyCheckFlags {
  readonly capsule?: string;
}

interface Named {
  readonly capsule: CapsuleId;
  readonly trace: Trace;
}

interface Row {
  readonly time: string;
  readonly reader: string;
  readonly item: string;
  readonly capsule: string;
  readonly identifiers: number;
}

const columns: readonly Column<Row>[] = [
  { title: "TIME", value: ({ time }) => time },
  { title: "READER", value: ({ reader }) => reader },
  { title: "ITEM", value: ({ item }) => item },
  { title: "CAPSULE", value: ({ capsule }) => capsule },
  { title: "IDENTIFIERS", value: ({ identifiers }) => String(identifiers), align: "right" },
];

/** `fogbound decoy check FILE`: to whom the decoy was served that a fragment is from. Exit code 0 whether or not it is one. */
export async function decoyCheck(context: Context, file: string, flags: DecoyCheckFlags): Promise<ExitCode> {
  const path = resolve(context.directory, file);
  await requireFile(path, file);
  return withVault<ExitCode>(context, async (vault) => {
    const named: Named[] = [];
    for await (const capsule of capsulesIn(context, vault, flags.capsule))
      for (const trace of await traced(context, vault, capsule, path)) named.push({ capsule, trace });
    await report(context, named);
    return 0;
  });
}

async function requireFile(path: string, file: string): Promise<void> {
  await stat(path).catch((error: unknown) => {
    if (isMissing(error)) throw notFound(`There is no file ${file}.`, { cause: error });
    throw error;
  });
}

async function* capsulesIn(
  context: Context,
  vault: Vault,
  prefix: string | undefined,
): AsyncGenerator<CapsuleId, void, undefined> {
  if (prefix !== undefined) yield await resolveCapsule(vault.store, prefix, context.signal);
  else yield* ownCapsules(context, vault);
}

/** A capsule without fog has no decoys. */
async function traced(context: Context, vault: Vault, capsule: CapsuleId, path: string): Promise<readonly Trace[]> {
  const { signal } = context;
  const { authority } = await vault.owner.describe(capsule, { signal });
  return authority.fog === null ? [] : vault.owner.trace(capsule, createReadStream(path), { signal });
}

async function report({ output }: Context, named: readonly Named[]): Promise<void> {
  const rows = named.flatMap(({ capsule, trace }) =>
    trace.accesses.map(({ time, reader, item }) => ({
      time: shownTime(time),
      reader,
      item,
      capsule,
      identifiers: trace.identifiers,
    })),
  );
  const found = named.map(({ capsule, trace }) => ({
    capsule,
    identifiers: trace.identifiers,
    chance: trace.chance,
    accesses: trace.accesses.map(entryDocument),
  }));
  const lines: string[] = [];
  if (rows.length > 0) for await (const line of tableLines(columns, rows)) lines.push(line);
  await output.result("decoy", { found }, lines);
  if (rows.length === 0) output.note("nothing in it names a decoy that was served");
}
