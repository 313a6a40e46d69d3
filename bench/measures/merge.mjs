import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled, told } from "../child.mjs";
import { row } from "../harness.mjs";

export const names = ["merge.vsEd25519", "merge.recordsPerSecond", "merge.rssMiB"];

const bench = join(import.meta.dirname, "..");

/** Merge and verification of one capsule's history from a .fog file: four chains of a host, and a journal. */
export async function measure({ records }) {
  const folder = await mkdtemp(join(tmpdir(), "fogbound-merge-"));
  try {
    // From the sources of the audit's own tests: it has every key, and needs no store.
    const generator = await bundled(join(bench, "history.ts"), folder);
    const small = await verified(folder, generator, Math.min(10_000, records));
    const large = await verified(folder, generator, records);
    return rows(small, large);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rows(small, large) {
  const count = (one) => 3 * one.accesses;
  const perSecond = count(large) / large.seconds;
  const of = `${count(large)} records of 4 instances and a journal, from a .fog file, record bodies opened`;
  const perRecord = (large.signatures / count(large)).toFixed(2);
  const limit = large.signatures / large.limit;
  return [
    row(
      "merge.vsEd25519",
      large.signatures / large.seconds,
      "signatures/s",
      `merge and verification of ${of}: ${perRecord} signatures a record; beside nothing but verifying as many, on all processors: ${limit.toFixed(0)} signatures/s`,
      large.limit / large.seconds,
    ),
    row("merge.recordsPerSecond", perSecond, "records/s", of, null),
    row(
      "merge.rssMiB",
      large.residentMebibytes,
      "MiB",
      `most growth of resident memory while ${of} are merged, in a new process; beside ${count(small)} records: ${small.residentMebibytes.toFixed(1)} MiB`,
      large.residentMebibytes / Math.max(1, small.residentMebibytes),
    ),
  ];
}

async function verified(folder, generator, records) {
  const file = join(folder, `${records}.fog`);
  const { capsule, readKey } = await told(generator, [file, String(records)], ["--max-old-space-size=12000"]);
  const result = await told(
    join(bench, "merge-child.mjs"),
    [file, capsule, Buffer.from(readKey).toString("hex")],
    ["--expose-gc"],
  );
  await rm(file);
  return result;
}
