import { epochs, type LoggedEpoch } from "@fogbound/audit";
import { type CapsuleId, type InstanceId, layout, padded, type Waiting } from "@fogbound/protocol";
import { evidenceFor } from "./evidence.js";
import type { Keeping } from "./repair.js";

export type EpochPlace = Pick<LoggedEpoch, "log" | "instance" | "epoch" | "records">;

export interface Dropped {
  /** Whole epochs: batches, wraps, the head last. */
  readonly dropped: readonly EpochPlace[];
  /** Old enough, and there still: nobody acknowledged them, or they lie in a journal that only its operator can write to. */
  readonly kept: readonly (EpochPlace & { readonly because: "not-received" | "out-of-reach" })[];
}

/**
 * Takes away what the manifest lets go: epochs that have ended, are older than its retention by the harmonizer's time, and
 * were acknowledged. What the harmonizer keeps of them goes last, so that a dropping that is broken off loses nothing.
 */
export async function dropExpiredEpochs(capsule: CapsuleId, parties: Keeping, waiting: Waiting): Promise<Dropped> {
  const dropped: EpochPlace[] = [];
  const kept: (EpochPlace & { readonly because: "not-received" | "out-of-reach" })[] = [];
  const old = (await epochs(await evidenceFor(capsule, parties, waiting), waiting)).filter(({ expired }) => expired);
  for (const { log, instance, epoch, records, received } of old) {
    const place = { log, instance, epoch, records };
    if (!(await isThere(capsule, parties, place, waiting))) continue;
    if (!received) kept.push({ ...place, because: "not-received" });
    else if (await drop(capsule, parties, place, waiting)) dropped.push(place);
    else kept.push({ ...place, because: "out-of-reach" });
  }
  const gone = old.filter((one) => one.received && !kept.some(({ instance, epoch }) => isAt(one, instance, epoch)));
  await parties.harmonizer.dropSpares?.(capsule, gone, waiting);
  return { dropped, kept };
}

function isAt(one: EpochPlace, instance: InstanceId, epoch: number): boolean {
  return one.instance === instance && one.epoch === epoch;
}

async function isThere(
  capsule: CapsuleId,
  { store, authorities }: Keeping,
  { log, instance, epoch }: EpochPlace,
  waiting: Waiting,
): Promise<boolean> {
  const prefix = prefixOf(instance, epoch);
  if (log === "hosts") {
    for await (const _ of store.list(layout.hostLog(capsule) + prefix, waiting)) return true;
    return false;
  }
  const journal = authorities.find(({ member }) => member.id === log)?.journal(capsule);
  if (journal === undefined) return true;
  for await (const name of journal.list(waiting)) if (name.startsWith(prefix)) return true;
  return false;
}

async function drop(
  capsule: CapsuleId,
  { store, journals }: Keeping,
  { log, instance, epoch }: EpochPlace,
  waiting: Waiting,
): Promise<boolean> {
  if (log !== "hosts") {
    const keeper = journals?.get(log);
    await keeper?.dropEpoch(capsule, epoch, waiting);
    return keeper !== undefined;
  }
  const root = layout.hostLog(capsule);
  const head = root + layout.head(instance, epoch);
  for await (const { key } of store.list(root + prefixOf(instance, epoch), waiting))
    if (key !== head) await store.delete(key, waiting);
  await store.delete(head, waiting);
  return true;
}

function prefixOf(instance: InstanceId, epoch: number): string {
  return `instances/${instance}/${padded(epoch)}/`;
}
