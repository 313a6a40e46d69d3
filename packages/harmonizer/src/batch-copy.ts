import { FogboundError } from "@fogbound/errors";
import { batchStatement, hashOf, type InstanceId, sameBytes, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { readBatch, verifyBatch } from "./batch-content.js";
import type { Erasures } from "./erasures.js";
import type { LogReader } from "./log-reader.js";
import { names } from "./names.js";
import { hasCode, readObject } from "./objects.js";

export interface BatchName {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batch: number;
}

export interface BatchCopy {
  readonly bytes: Uint8Array;
  /** False for one that is damaged. */
  readonly isWhole: boolean;
}

/**
 * The copy of a sequenced batch, found by the statement that its bundle holds; null when it was never sequenced or no
 * copy is kept. A damaged one is handed out as it lies: whoever asks holds it against the log anyway.
 */
export async function readBatchCopy(
  store: ObjectStore,
  log: LogReader,
  batch: BatchName,
  waiting: Waiting,
): Promise<BatchCopy | null> {
  const statementHash = await statementHashOf(log, batch, waiting);
  return statementHash === null ? null : readCopyOf(store, log, batch, statementHash, waiting);
}

/** The copy whose statement has this hash, the one that was sequenced; null when none is kept. */
export async function readCopyOf(
  store: ObjectStore,
  log: LogReader,
  { instance, epoch, batch }: BatchName,
  statementHash: Uint8Array,
  waiting: Waiting,
): Promise<BatchCopy | null> {
  const bytes = await readObject(store, names.batchCopy(instance, epoch, batch, statementHash), waiting);
  return bytes === null ? null : { bytes, isWhole: await isWhole(bytes, statementHash, log.places.erasures) };
}

/** The statement of a sequenced batch, as its bundle holds it; null when it was never sequenced. */
export async function statementHashOf(
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
    if (value.instance === instance && value.epoch === epoch && value.batch === batch) return hashOf(entry.statement);
  }
  throw FogboundError.verificationFailed();
}

async function isWhole(bytes: Uint8Array, statementHash: Uint8Array, erasures: Erasures): Promise<boolean> {
  try {
    const read = readBatch(bytes);
    await verifyBatch(read, erasures);
    return sameBytes(hashOf(read.batch.statement), statementHash);
  } catch (error) {
    if (hasCode(error, "VERIFICATION_FAILED") || hasCode(error, "FORMAT_INVALID") || hasCode(error, "FORMAT_TOO_NEW"))
      return false;
    throw error;
  }
}
