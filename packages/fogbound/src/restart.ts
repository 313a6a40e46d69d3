import { FogboundError } from "@fogbound/errors";
import {
  batch,
  batchStatement,
  type CapsuleId,
  type ChainTip,
  epochHead,
  type Harmonizer,
  type InstanceId,
  instanceIdOf,
  isIdentifier,
  layout,
  registration,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";

/** How many of the newest instances are looked at, to find one of this host. */
const mostLookedAt = 8;

export interface Tail {
  readonly store: ObjectStore;
  readonly harmonizer: Harmonizer;
  readonly key: { readonly publicKey: Uint8Array };
}

/**
 * Where the host's instance before this process stopped; null when there was none, or its log does not hold, which an
 * audit tells. The last batch is submitted once more: a crash may have come between its two durable places.
 *
 * @throws FogboundError of the store, and `HARMONIZER_UNREACHABLE`.
 */
export async function tipBefore(host: Tail, capsule: CapsuleId, waiting: Waiting): Promise<ChainTip | null> {
  for (const logged of await newestInstances(host.store, capsule, waiting)) {
    try {
      const tip = await tipOf(host, capsule, logged, waiting);
      if (tip !== "foreign") return tip;
    } catch (error) {
      if (!isUnsound(error)) throw error;
    }
  }
  return null;
}

interface Logged {
  readonly instance: InstanceId;
  readonly head: string;
  readonly lastBatch: string | null;
  readonly modified: number;
}

/** By the store's word for their age: which one is named matters to nobody's safety. */
async function newestInstances(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<readonly Logged[]> {
  const prefix = `${layout.hostLog(capsule)}instances/`;
  const found = new Map<InstanceId, Logged>();
  let lastBatch: string | null = null;
  for await (const { key, modified } of store.list(prefix, waiting)) {
    const [instance, , name] = key.slice(prefix.length).split("/");
    if (!isIdentifier("ins", instance) || name === undefined) continue;
    // In key order an epoch's batches come right before its head.
    if (/^\d{8}$/.test(name)) lastBatch = key;
    if (name !== "head") continue;
    const own = lastBatch?.startsWith(`${prefix}${instance}/`) === true ? lastBatch : null;
    found.set(instance, { instance, head: key, lastBatch: own, modified: modified.getTime() });
  }
  return [...found.values()].sort((one, other) => other.modified - one.modified).slice(0, mostLookedAt);
}

async function tipOf(
  { store, harmonizer, key }: Tail,
  capsule: CapsuleId,
  { instance, head, lastBatch }: Logged,
  waiting: Waiting,
): Promise<ChainTip | null | "foreign"> {
  const { value: claimed, signer } = epochHead.read(await read(store, head, waiting));
  if (claimed.registration === null || instanceIdOf(signer, capsule) !== instance) return "foreign";
  await registration.verify(claimed.registration, key.publicKey);
  if (lastBatch === null) return null;
  const bytes = await read(store, lastBatch, waiting);
  const statement = await batchStatement.verify(batch.decode(bytes).statement, signer);
  if (statement.capsule !== capsule || statement.instance !== instance) throw FogboundError.verificationFailed();
  await harmonizer.submitBatch(bytes, waiting);
  return { instance, epoch: statement.epoch, number: statement.last, hash: statement.lastHeader };
}

async function read(store: ObjectStore, key: string, waiting: Waiting): Promise<Uint8Array> {
  const found = await store.get(key, waiting);
  if (found === null) throw FogboundError.verificationFailed();
  return readAll(found, smallObjectBytes);
}

/** What was stored does not hold, is of another host, or was never begun with the harmonizer. */
function isUnsound(error: unknown): boolean {
  return (
    FogboundError.isInstance(error) &&
    [
      "VERIFICATION_FAILED",
      "FORMAT_INVALID",
      "FORMAT_TOO_NEW",
      "HOST_UNPROVED",
      "CAPSULE_NOT_FOUND",
      "MANIFEST_STALE",
    ].includes(error.code)
  );
}
