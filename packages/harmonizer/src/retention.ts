import { batchStatement, type CapsuleId, epochHead, type InstanceId, registration } from "@fogbound/protocol";
import type { LogReader } from "./log-reader.js";
import type { Manifests } from "./manifest-facts.js";

export interface EpochPlace {
  readonly instance: InstanceId;
  readonly epoch: number;
}

export interface RetentionParts {
  readonly log: LogReader;
  readonly manifests: Manifests;
}

const millisecondsPerDay = 86_400_000;

/**
 * Whether an epoch may be dropped, by the log alone: it has ended, and for longer than any manifest since asked for, and
 * the owner or an auditor has signed that its last record arrived.
 */
export async function mayDrop(parts: RetentionParts, capsule: CapsuleId, place: EpochPlace): Promise<boolean> {
  const { log } = parts;
  const { instance } = place;
  const chain = log.state.chain(instance);
  const head = await headOf(log, place);
  if (chain === undefined || chain.capsule !== capsule || head === null) return false;
  const ended = await endOf(log, capsule, place);
  const last = await lastOf(log, place);
  if (ended === null || !log.places.isReceived(instance, last.number)) return false;
  const days = await retainDays(parts, capsule, head.version);
  return Math.max(ended, last.time) + days * millisecondsPerDay < log.position.time;
}

interface FoundHead {
  readonly version: number;
  readonly time: number;
  readonly registration: Uint8Array | null;
}

async function headOf(log: LogReader, { instance, epoch }: EpochPlace): Promise<FoundHead | null> {
  const number = log.places.head(instance, epoch);
  if (number === undefined) return null;
  const { bundle } = await log.history.readKnown(number);
  for (const entry of bundle.entries) {
    const head = entry.kind === "head" ? epochHead.read(entry.head).value : null;
    if (head?.instance === instance && head.epoch === epoch)
      return { version: head.version, time: bundle.time, registration: head.registration };
  }
  return null;
}

/** When the next epoch began, or the instances that took its place. */
async function endOf(log: LogReader, capsule: CapsuleId, { instance, epoch }: EpochPlace): Promise<number | null> {
  const next = await headOf(log, { instance, epoch: epoch + 1 });
  if (next !== null) return next.time;
  const times: number[] = [];
  for (const other of log.state.chains(capsule).keys()) {
    const begun = await headOf(log, { instance: other, epoch: 1 });
    if (begun === null || begun.registration === null) continue;
    if (registration.read(begun.registration).value.previous?.instance === instance) times.push(begun.time);
  }
  return times.length === 0 ? null : Math.max(...times);
}

/** The last record of an epoch and when it was sequenced; 0 without any. */
async function lastOf(log: LogReader, { instance, epoch }: EpochPlace): Promise<{ number: number; time: number }> {
  const batch = log.places.batches(instance, epoch);
  const number = log.places.batch(instance, epoch, batch);
  if (number === undefined) return { number: 0, time: 0 };
  const { bundle } = await log.history.readKnown(number);
  for (const entry of bundle.entries) {
    const statement = entry.kind === "batch" ? batchStatement.read(entry.statement).value : null;
    if (statement?.instance === instance && statement.epoch === epoch && statement.batch === batch)
      return { number: statement.last, time: bundle.time };
  }
  return { number: Number.POSITIVE_INFINITY, time: bundle.time };
}

async function retainDays({ log, manifests }: RetentionParts, capsule: CapsuleId, from: number): Promise<number> {
  let longest = 0;
  for (let version = from; version <= (log.state.capsule(capsule)?.version ?? 0); version++) {
    const { bundle } = await log.history.readKnown(log.places.manifest(capsule, version) ?? 0);
    const isIt = (entry: (typeof bundle.entries)[number]): boolean =>
      entry.kind === "manifest" && entry.capsule === capsule && entry.version === version;
    const entry = bundle.entries.find(isIt);
    const facts = entry?.kind === "manifest" ? await manifests.facts(capsule, version, entry.hash) : null;
    longest = Math.max(longest, facts?.retainDays ?? Number.POSITIVE_INFINITY);
  }
  return longest;
}
