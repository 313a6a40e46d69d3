import { FogboundError } from "@fogbound/errors";
import { mendChain } from "@fogbound/log";
import {
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

/** How many of the newest instances are looked at: those before them were mended by the processes that came after. */
const mostLookedAt = 32;

export interface Tail {
  readonly store: ObjectStore;
  readonly harmonizer: Harmonizer;
  readonly key: { readonly publicKey: Uint8Array };
}

/**
 * Where the host's instance before this process stopped; null when there was none, or its log does not hold, which an
 * audit tells. On the way every earlier instance is mended: what lies in the store and was never sequenced is submitted as
 * it stands, since it is signed, and what was sequenced and a crash kept from the store is taken back.
 *
 * @throws FogboundError of the store, and `HARMONIZER_UNREACHABLE`.
 */
export async function tipBefore(host: Tail, capsule: CapsuleId, waiting: Waiting): Promise<ChainTip | null> {
  const tips: (ChainTip | null)[] = [];
  for (const logged of await newestInstances(host.store, capsule, waiting)) {
    try {
      const tip = await tipOf(host, capsule, logged, waiting);
      if (tip !== "foreign") tips.push(tip);
    } catch (error) {
      if (!isUnsound(error)) throw error;
    }
  }
  return tips[0] ?? null;
}

interface Logged {
  readonly instance: InstanceId;
  readonly head: string;
  readonly modified: number;
}

/** By the store's word for their age: which one is named matters to nobody's safety. */
async function newestInstances(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<readonly Logged[]> {
  const prefix = `${layout.hostLog(capsule)}instances/`;
  const found = new Map<InstanceId, Logged>();
  for await (const { key, modified } of store.list(prefix, waiting)) {
    const [instance, , name] = key.slice(prefix.length).split("/");
    if (!isIdentifier("ins", instance) || name === undefined) continue;
    if (name === "head") found.set(instance, { instance, head: key, modified: modified.getTime() });
  }
  return [...found.values()].sort((one, other) => other.modified - one.modified).slice(0, mostLookedAt);
}

async function tipOf(
  { store, harmonizer, key }: Tail,
  capsule: CapsuleId,
  { instance, head }: Logged,
  waiting: Waiting,
): Promise<ChainTip | null | "foreign"> {
  const { value: claimed, signer } = epochHead.read(await read(store, head, waiting));
  if (claimed.registration === null || instanceIdOf(signer, capsule) !== instance) return "foreign";
  await registration.verify(claimed.registration, key.publicKey);
  const place = { store, root: layout.hostLog(capsule), capsule, instance };
  const sides = {
    deposit: {
      head: (bytes: Uint8Array) => harmonizer.submitHead(bytes, waiting),
      batch: (bytes: Uint8Array) => harmonizer.submitBatch(bytes, waiting),
    },
    copy: (epoch: number, batch: number) => harmonizer.batchCopy(instance, epoch, batch, waiting),
  };
  const end = await mendChain(place, sides, waiting);
  if (end === null || end.hash === null) return null;
  return { instance, epoch: end.batch === 0 ? end.epoch - 1 : end.epoch, number: end.number, hash: end.hash };
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
