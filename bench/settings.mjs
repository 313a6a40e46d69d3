import { join } from "node:path";
import { parseArgs } from "node:util";

const options = {
  size: { type: "string", default: "1GiB" },
  "remote-size": { type: "string", default: "2GiB" },
  only: { type: "string", multiple: true, default: [] },
  rounds: { type: "string", default: "3" },
  seconds: { type: "string", default: "10" },
  capsules: { type: "string", default: "1000" },
  records: { type: "string", default: "100000" },
  readers: { type: "string", default: "64" },
  directory: { type: "string", default: join(import.meta.dirname, "out") },
  help: { type: "boolean", default: false },
};

export const usage = `Usage: npm run bench -- [options]
  --size 64MiB       bytes that are sealed and opened (default 1GiB)
  --remote-size 2GiB bytes that are sealed and viewed over S3 and Azure (default 2GiB)
  --only NAME        only the measures whose names start so, may be repeated: --only seal --only log.oneCapsule
  --rounds 3         timed repetitions of each side of a comparison
  --seconds 10       how long the concurrent measures run
  --capsules 1000    capsules of log.manyCapsules
  --records 100000   records of merge; memory is flat when 1000000 need no more than 10000
  --readers 64       concurrent readers of the concurrent measures
  --directory DIR    a directory on the disk to be measured (default bench/out)`;

/** @throws TypeError or RangeError for arguments that are none. */
export function settingsFrom(args) {
  const { values } = parseArgs({ args, options });
  return {
    size: sizeOf(values.size),
    remoteSize: sizeOf(values["remote-size"]),
    only: values.only,
    rounds: countOf("rounds", values.rounds),
    seconds: countOf("seconds", values.seconds),
    capsules: countOf("capsules", values.capsules),
    records: countOf("records", values.records),
    readers: countOf("readers", values.readers),
    directory: values.directory,
    help: values.help,
  };
}

const units = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function sizeOf(text) {
  const match = /^([1-9]\d*)(KiB|MiB|GiB)$/.exec(text);
  if (match === null) throw new RangeError(`Expected a size like 64MiB or 1GiB, got ${text}.`);
  return Number(match[1]) * units[match[2]];
}

/** The largest unit that divides it: "1 GiB", "64 MiB". */
export function sizeText(bytes) {
  const [unit, factor] = Object.entries(units).findLast(([, each]) => bytes % each === 0) ?? ["bytes", 1];
  return `${bytes / factor} ${unit}`;
}

function countOf(name, text) {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new RangeError(`Expected --${name} to be a whole number from 1, got ${text}.`);
}
