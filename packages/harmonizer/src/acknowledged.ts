import {
  batchStatement,
  type CapsuleId,
  type ChainTip,
  hashOf,
  type InstanceId,
  received,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import type { LogReader } from "./log-reader.js";

/** A chain whose end nobody has signed for yet. */
export interface Unacknowledged {
  readonly tip: ChainTip;
  /** Number of the last record that somebody has; 0 when he has none. */
  readonly acknowledged: number;
}

/**
 * What the owner, or an auditor, has not said to have received. The notes' signatures were checked when they were taken; one
 * counts as far as it names a record that stands in the log.
 */
export async function unacknowledged(
  log: LogReader,
  capsule: CapsuleId,
  waiting: Waiting,
): Promise<readonly Unacknowledged[]> {
  const said = await claims(log, capsule, waiting);
  const upTo = await confirmed(log, capsule, said, waiting);
  const open: Unacknowledged[] = [];
  for (const { instance, recordEpoch: epoch, number, hash } of log.state.chains(capsule).values()) {
    const acknowledged = upTo.get(instance) ?? 0;
    if (hash !== null && acknowledged < number) open.push({ tip: { instance, epoch, number, hash }, acknowledged });
  }
  return open;
}

async function claims(log: LogReader, capsule: CapsuleId, waiting: Waiting): Promise<Map<InstanceId, ChainTip[]>> {
  const said = new Map<InstanceId, ChainTip[]>();
  for await (const entry of entriesOf(log, capsule, waiting)) {
    if (entry.kind !== "note" || entry.about !== "received") continue;
    for (const tip of received.read(entry.note).value.chains)
      said.set(tip.instance, [...(said.get(tip.instance) ?? []), tip]);
  }
  return said;
}

async function confirmed(
  log: LogReader,
  capsule: CapsuleId,
  said: ReadonlyMap<InstanceId, readonly ChainTip[]>,
  waiting: Waiting,
): Promise<Map<InstanceId, number>> {
  const upTo = new Map<InstanceId, number>();
  if (said.size === 0) return upTo;
  for await (const entry of entriesOf(log, capsule, waiting)) {
    if (entry.kind !== "batch") continue;
    const { instance, first, last } = batchStatement.read(entry.statement).value;
    for (const { number, hash } of said.get(instance) ?? []) {
      const header = entry.headers[number - first];
      if (number < first || number > last || header === undefined || !sameBytes(hashOf(header), hash)) continue;
      upTo.set(instance, Math.max(upTo.get(instance) ?? 0, number));
    }
  }
  return upTo;
}

async function* entriesOf(log: LogReader, capsule: CapsuleId, waiting: Waiting) {
  for (const number of [...log.places.bundles(capsule)]) {
    waiting.signal?.throwIfAborted();
    const { bundle } = await log.history.readKnown(number, waiting);
    for (const entry of bundle.entries) if (entry.capsule === capsule) yield entry;
  }
}
