import { batchStatement, type ErasedRecords, type InstanceId } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { LogReader } from "./log-reader.js";
import type { OpenCopies } from "./open-copies.js";
import { closedStripes } from "./spares.js";

/**
 * Takes the bodies of records out of whatever is kept of their batches. Copies first: whoever turns copies into parity
 * looks at the log once more afterwards.
 */
export async function eraseSpares(
  { store, log, copies }: { readonly store: ObjectStore; readonly log: LogReader; readonly copies: OpenCopies },
  { instance, epoch, numbers }: ErasedRecords,
): Promise<void> {
  if (numbers === null) return;
  for (const batch of await batchesOf(log, instance, epoch, numbers)) {
    await copies.erase({ instance, epoch, batch });
    for await (const { first, last, keys } of closedStripes(store, instance, epoch, batch)) {
      if (first > batch) break;
      if (last >= batch) for (const key of keys) await store.delete(key);
    }
  }
}

/** The batches that hold these records. */
async function batchesOf(
  log: LogReader,
  instance: InstanceId,
  epoch: number,
  numbers: readonly number[],
): Promise<Set<number>> {
  const found = new Set<number>();
  for (let batch = 1; batch <= log.places.batches(instance, epoch); batch++) {
    const { bundle } = await log.history.readKnown(log.places.batch(instance, epoch, batch) ?? 0);
    for (const entry of bundle.entries) {
      if (entry.kind !== "batch") continue;
      const { value } = batchStatement.read(entry.statement);
      if (value.instance !== instance || value.epoch !== epoch || value.batch !== batch) continue;
      if (numbers.some((number) => value.first <= number && number <= value.last)) found.add(batch);
    }
  }
  return found;
}
