import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "fogbound";
import { withFolder } from "../disk.mjs";
import { assertBytes, percentile, row, secondsOf } from "../harness.mjs";
import { withParties } from "../parties.mjs";
import { access, sealSmall, subjectsOf } from "../readers.mjs";

export const names = ["repair.batchMs"];

/** As `seal` sets it: a stripe of so many batches, of which any two come back. */
const stripe = 8;
const parity = 2;
const stripes = 8;

/** Two batches of every stripe are deleted and brought back; beside the same repair where nothing is lost. */
export function measure({ directory, rounds }) {
  return withFolder(directory, async (folder) => {
    const store = await ObjectStore.open(localDisk({ directory: folder }));
    return withParties(localDisk({ directory: folder }), async ({ owner, host }) => {
      const [subject] = subjectsOf(1);
      const capsule = await sealSmall(owner, [subject], 3600);
      const session = await host.sessionFor(subject, { address: "192.0.2.7" });
      for (let count = 0; count < stripes * stripe; count++) await access(host, session, capsule);
      const lost = await batchesToLose(store, capsule.id);
      await owner.repair(capsule.id);
      const [intact, mended] = [[], []];
      for (let round = 0; round < rounds; round++) {
        intact.push(await secondsOf(() => repaired(owner, capsule.id, 0)));
        for (const key of lost) await store.delete(key);
        mended.push(await secondsOf(() => repaired(owner, capsule.id, lost.length)));
      }
      const [without, withLoss] = [percentile(intact, 50), percentile(mended, 50)];
      const each = (1000 * (withLoss - without)) / lost.length;
      const what = `to bring back a batch, of ${lost.length} lost from ${stripes} stripes of ${stripe} + ${parity} on a local disk, checked and durable; beside looking through the same log with nothing lost, ${(1000 * without).toFixed(0)} ms in all`;
      return [row("repair.batchMs", each, "ms", what, withLoss / without)];
    });
  });
}

/** The first two batches of each stripe of the host's chain. */
async function batchesToLose(store, capsule) {
  const keys = [];
  for await (const { key } of store.list(`capsules/${capsule}/instances/`))
    if (/\/\d{8}\/\d{8}$/.test(key)) keys.push(key);
  const whole = keys.slice(0, stripes * stripe);
  assertBytes("batches", whole.length, stripes * stripe);
  return whole.filter((_, at) => at % stripe < parity);
}

async function repaired(owner, capsule, expected) {
  const { restored } = await owner.repair(capsule);
  assertBytes("restored batches", restored.length, expected);
}
