import { FogboundError } from "@fogbound/errors";
import { batchStatement, hashOf, type InstanceId, sameBytes, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { readBatch, verifyBatch } from "./batch-content.js";
import type { LogReader } from "./log-reader.js";
import { names } from "./names.js";
import { readObject } from "./objects.js";

export interface BatchName {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batch: number;
}

/**
 * The whole copy of a sequenced batch, found by the statement that its bundle holds; null when it was never sequenced
 * or no copy is kept.
 * @throws FogboundError `VERIFICATION_FAILED` or `FORMAT_INVALID` when the copy is damaged.
 */
export async function readBatchCopy(
  store: ObjectStore,
  log: LogReader,
  { instance, epoch, batch }: BatchName,
  waiting: Waiting,
): Promise<Uint8Array | null> {
  const number = log.places.batch(instance, epoch, batch);
  if (number === undefined) return null;
  const { bundle } = await log.history.readKnown(number, waiting);
  for (const entry of bundle.entries) {
    if (entry.kind !== "batch") continue;
    const { value } = batchStatement.read(entry.statement);
    if (value.instance !== instance || value.epoch !== epoch || value.batch !== batch) continue;
    const statementHash = hashOf(entry.statement);
    const bytes = await readObject(store, names.batchCopy(instance, epoch, batch, statementHash), waiting);
    return bytes === null ? null : checked(bytes, statementHash);
  }
  throw FogboundError.verificationFailed();
}

async function checked(bytes: Uint8Array, statementHash: Uint8Array): Promise<Uint8Array> {
  const read = readBatch(bytes);
  await verifyBatch(read);
  if (!sameBytes(hashOf(read.batch.statement), statementHash)) throw FogboundError.verificationFailed();
  return bytes;
}
