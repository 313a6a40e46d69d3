import {
  type Batch,
  type BatchStatement,
  batch as batchFormat,
  batchStatement,
  type ErasedRecords,
  type InstanceId,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { readBatch } from "./batch-content.js";
import type { Erasures } from "./erasures.js";
import type { LogReader } from "./log-reader.js";
import { names } from "./names.js";
import { hasCode, readObject } from "./objects.js";
import { closedStripes } from "./spares.js";

/**
 * Takes the bodies of records out of whatever is kept of their batches. Copies first: whoever turns copies into parity
 * looks at them once more afterwards.
 */
export async function eraseSpares(
  store: ObjectStore,
  log: LogReader,
  { instance, epoch, numbers }: ErasedRecords,
): Promise<void> {
  if (numbers === null) return;
  for (const [batch, own] of await batchesOf(log, instance, epoch, numbers)) {
    for await (const { key } of store.list(names.batchCopies(instance, epoch, batch))) await eraseCopy(store, key, own);
    for await (const { first, last, keys } of closedStripes(store, instance, epoch, batch)) {
      if (first > batch) break;
      if (last >= batch) for (const key of keys) await store.delete(key);
    }
  }
}

/** The whole object, less the bodies that were erased since. */
export function withoutErased(
  object: Batch,
  { instance, epoch, first }: BatchStatement,
  erasures: Erasures,
): Uint8Array {
  const bodies = object.bodies.map((body, at) => (erasures.isErased(instance, epoch, first + at) ? null : body));
  return batchFormat.encode({ ...object, bodies });
}

/** The batches that hold these records, each with those it holds. */
async function batchesOf(
  log: LogReader,
  instance: InstanceId,
  epoch: number,
  numbers: readonly number[],
): Promise<Map<number, ReadonlySet<number>>> {
  const found = new Map<number, ReadonlySet<number>>();
  for (let batch = 1; batch <= log.places.batches(instance, epoch); batch++) {
    const { bundle } = await log.history.readKnown(log.places.batch(instance, epoch, batch) ?? 0);
    for (const entry of bundle.entries) {
      if (entry.kind !== "batch") continue;
      const { value } = batchStatement.read(entry.statement);
      if (value.instance !== instance || value.epoch !== epoch || value.batch !== batch) continue;
      const own = numbers.filter((number) => value.first <= number && number <= value.last);
      if (own.length > 0) found.set(batch, new Set(own));
    }
  }
  return found;
}

/** One that is damaged may hold the body all the same, and is good for nothing: it goes whole. */
async function eraseCopy(store: ObjectStore, key: string, numbers: ReadonlySet<number>): Promise<void> {
  const bytes = await readObject(store, key);
  if (bytes === null) return;
  try {
    const { batch, statement } = readBatch(bytes);
    const bodies = batch.bodies.map((body, at) => (numbers.has(statement.first + at) ? null : body));
    await store.replace(key, batchFormat.encode({ ...batch, bodies }));
  } catch (error) {
    if (!hasCode(error, "FORMAT_INVALID") && !hasCode(error, "FORMAT_TOO_NEW")) throw error;
    await store.delete(key);
  }
}
