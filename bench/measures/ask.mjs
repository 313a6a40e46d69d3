import { localDisk } from "@fogbound/adapter-local-disk";
import { withDurableFolder } from "../disk.mjs";
import { row } from "../harness.mjs";
import { withParties } from "../parties.mjs";
import { accessAll, sealSmall, subjectsOf } from "../readers.mjs";

export const names = ["ask.perSecond"];

const target = 60;

/** Lease 0: every access is recorded, asked, decided, journalled and answered anew, with a share of its own. */
export function measure({ directory, readers: count, seconds }) {
  return withDurableFolder(directory, (folder, fsync) =>
    withParties(localDisk({ directory: folder }), async ({ owner, host }) => {
      const subjects = subjectsOf(count);
      const capsule = await sealSmall(owner, subjects, 0);
      const readers = [];
      for (const subject of subjects)
        readers.push({ session: await host.sessionFor(subject, { address: "192.0.2.7" }), capsules: [capsule] });
      await accessAll(host, readers, 1);
      const { perSecond, p50 } = await accessAll(host, readers, seconds);
      const what = `full accesses of one small item by ${count} readers at a time, lease 0, one authority of one, all in one process, on a disk with an fsync of ${fsync.toFixed(0)} µs`;
      const beside = `${what}; half of them within ${p50.toFixed(0)} ms; beside the target of ${target}`;
      return [row("ask.perSecond", perSecond, "accesses/s", beside, perSecond / target)];
    }),
  );
}
