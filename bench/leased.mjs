import { localDisk } from "@fogbound/adapter-local-disk";
import { withDurableFolder } from "./disk.mjs";
import { row } from "./harness.mjs";
import { withParties } from "./parties.mjs";
import { access, accessAll, inParallel, sealSmall, subjectsOf } from "./readers.mjs";

const leaseSeconds = 3600;

export function namesOf(start) {
  return ["accessesPerSecond", "p50ms", "p99ms"].map((end) => `${start}.${end}`);
}

/**
 * Accesses under leases that every reader already holds: each is two durable, deposited records and a read, and nobody
 * is asked. Capsules are dealt out to the readers, so that none of them waits for another's lease.
 */
export function measureLeased({ directory, readers: count, seconds }, start, capsuleCount, target) {
  return withDurableFolder(directory, (folder, fsync) =>
    withParties(localDisk({ directory: folder }), async ({ owner, host }) => {
      const readers = await leasedReaders(owner, host, count, capsuleCount);
      await accessAll(host, readers, 2);
      const { perSecond, p50, p99 } = await accessAll(host, readers, seconds);
      const over = capsuleCount === 1 ? "one capsule" : `${capsuleCount} capsules`;
      const pool = process.env.UV_THREADPOOL_SIZE ?? "4";
      const what = `full accesses of a small item under warm leases, ${count} readers at a time, over ${over}, all in one process, ${pool} threads in its pool, on a disk with an fsync of ${fsync.toFixed(0)} µs`;
      const [rate, median, slow] = namesOf(start);
      return [
        row(rate, perSecond, "accesses/s", `${what}; beside the target of ${target}`, perSecond / target),
        row(median, p50, "ms", `${what}; half of the accesses take no longer`, null),
        row(slow, p99, "ms", `${what}; 99 of 100 accesses take no longer`, null),
      ];
    }),
  );
}

async function leasedReaders(owner, host, count, capsuleCount) {
  const subjects = subjectsOf(count);
  const capsules = new Array(capsuleCount);
  await inParallel([...capsules.keys()], 4, async (index) => {
    capsules[index] = await sealSmall(owner, subjects, leaseSeconds);
  });
  const readers = [];
  for (const [index, subject] of subjects.entries()) {
    const session = await host.sessionFor(subject, { address: "192.0.2.7" });
    readers.push({ session, capsules: dealt(capsules, index, count) });
  }
  await inParallel(readers, 8, async ({ session, capsules: own }) => {
    for (const capsule of own) await access(host, session, capsule);
  });
  return readers;
}

function dealt(capsules, reader, readers) {
  const own = capsules.filter((_, index) => index % readers === reader);
  return own.length > 0 ? own : [capsules[reader % capsules.length]];
}
