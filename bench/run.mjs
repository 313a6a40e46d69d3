import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { NotMeasurable, row } from "./harness.mjs";
import * as ask from "./measures/ask.mjs";
import * as fogScore from "./measures/fog-score.mjs";
import * as fogViews from "./measures/fog-views.mjs";
import * as localDisk from "./measures/local-disk.mjs";
import * as logManyCapsules from "./measures/log-many-capsules.mjs";
import * as logOneCapsule from "./measures/log-one-capsule.mjs";
import * as merge from "./measures/merge.mjs";
import * as open from "./measures/open.mjs";
import * as parity from "./measures/parity.mjs";
import * as remote from "./measures/remote.mjs";
import * as repair from "./measures/repair.mjs";
import * as seal from "./measures/seal.mjs";
import { settingsFrom, usage } from "./settings.mjs";
import { printTable } from "./table.mjs";

const measures = [
  seal,
  open,
  parity,
  repair,
  merge,
  localDisk,
  ask,
  logOneCapsule,
  logManyCapsules,
  fogScore,
  fogViews,
  remote,
];
const results = join(import.meta.dirname, "out", "latest.json");

const settings = settingsFrom(process.argv.slice(2));
if (settings.help) console.log(usage);
else process.exitCode = await run(chosen(settings.only));

/** @returns the exit code: 1 when a measure that was asked for says nothing here */
async function run(asked) {
  console.log(`Node ${process.version}, OpenSSL ${process.versions.openssl}, ${cpus().length} x ${cpus()[0]?.model}\n`);
  const rows = [loadRow()];
  const refusals = [];
  for (const { names, measure } of asked) {
    console.error(`measuring ${names.join(", ")} …`);
    try {
      rows.push(...(await measure(settings)));
    } catch (error) {
      if (!(error instanceof NotMeasurable)) throw error;
      refusals.push(`${names.join(", ")}: not measured. ${error.message}`);
    }
  }
  printTable(rows);
  for (const refusal of refusals) console.log(refusal);
  await writeFile(results, `${JSON.stringify(await merged(rows), null, 2)}\n`);
  return refusals.length > 0 ? 1 : 0;
}

/** Times are those of a clock on the wall: on a machine with other work they tell of that work. */
function loadRow() {
  const [load] = loadavg();
  const beside = `processes that ran or waited to, in the minute before; beside ${cpus().length} processors: near 1 or above, no row below may be quoted`;
  return row("machine.load", load, "processes", beside, load / cpus().length);
}

function chosen(only) {
  const isWanted = (name) => only.length === 0 || only.some((start) => name.startsWith(start));
  const wanted = measures.filter(({ names }) => names.some(isWanted));
  const known = measures.flatMap(({ names }) => names);
  const strange = only.find((start) => !known.some((name) => name.startsWith(start)));
  if (strange !== undefined)
    throw new RangeError(`Expected --only to begin one of ${known.join(", ")}, got ${strange}.`);
  return wanted;
}

/** A run of some measures leaves the others as they were measured last; a run of all begins anew. */
async function merged(rows) {
  if (settings.only.length === 0) return rows;
  const before = JSON.parse(await readFile(results, "utf8").catch(() => "[]"));
  const measured = new Map(rows.map((one) => [one.name, one]));
  const kept = before.map((one) => measured.get(one.name) ?? one);
  const names = new Set(before.map(({ name }) => name));
  return [...kept, ...rows.filter(({ name }) => !names.has(name))];
}
