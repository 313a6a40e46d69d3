import { label, openSealed, type SealingKey, sealTo } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type CapsuleId,
  epochBinding,
  epochHead,
  epochSecretCommitment,
  type InstanceId,
  isIdentifier,
  type LogObjects,
  layout,
  recipientName,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";

/** What came of wrapping the epochs of one log to a further reader. */
export interface Granted {
  /** Epochs wrapped now, or before. */
  readonly epochs: number;
  /** Epochs whose secret this owner cannot open himself, by name: erased, or damaged, which an audit tells apart. */
  readonly withheld: readonly string[];
}

export interface Grant {
  readonly capsule: CapsuleId;
  /** One that the secrets are wrapped to already: the owner's. */
  readonly from: SealingKey;
  /** The X25519 key of who shall read as well. */
  readonly to: Uint8Array;
}

/**
 * Wraps the secret of every epoch of a log to a further reader, beside the wraps the heads name; those of a journal,
 * whose store only its authority writes, into the vault under the same names. A secret that is not the one its head
 * commits to is not passed on.
 *
 * @throws FogboundError the codes of the store and of the log.
 */
export async function grantEpochs(
  store: ObjectStore,
  log: LogObjects,
  grant: Grant,
  waiting: Waiting = {},
): Promise<Granted> {
  const withheld: string[] = [];
  let epochs = 0;
  for await (const name of log.list(waiting)) {
    const place = headPlace(name);
    if (place === null) continue;
    const secret = await secretOf(log, place, name, grant.from, waiting);
    if (secret === null) withheld.push(`epoch ${place.epoch} of ${place.instance}`);
    else {
      await putWrap(store, place, secret, grant, waiting);
      secret.fill(0);
      epochs++;
    }
  }
  return { epochs, withheld };
}

interface EpochPlace {
  readonly instance: InstanceId;
  readonly epoch: number;
}

function headPlace(name: string): EpochPlace | null {
  const [, instance, digits] = /^instances\/([^/]+)\/(\d{8})\/head$/.exec(name) ?? [];
  return isIdentifier("ins", instance) ? { instance, epoch: Number(digits) } : null;
}

async function secretOf(
  log: LogObjects,
  { instance, epoch }: EpochPlace,
  name: string,
  from: SealingKey,
  waiting: Waiting,
): Promise<Uint8Array | null> {
  const head = await log.read(name, waiting);
  const wrap = await log.read(layout.epochKey(instance, epoch, recipientName(from.publicKey)), waiting);
  if (head === null || wrap === null) return null;
  try {
    const { value } = epochHead.read(head);
    const secret = await openSealed(from, label("epoch-secret"), wrap, epochBinding(instance, epoch));
    const isIts = value.instance === instance && value.epoch === epoch;
    return isIts && sameBytes(epochSecretCommitment(secret), value.secret) ? secret : null;
  } catch (error) {
    if (FogboundError.isInstance(error) && (error.code === "VERIFICATION_FAILED" || error.code === "FORMAT_INVALID"))
      return null;
    throw error;
  }
}

async function putWrap(
  store: ObjectStore,
  { instance, epoch }: EpochPlace,
  secret: Uint8Array,
  { capsule, to }: Grant,
  waiting: Waiting,
): Promise<void> {
  const key = layout.hostLog(capsule) + layout.epochKey(instance, epoch, recipientName(to));
  if ((await store.head(key, waiting)) !== null) return;
  const wrap = await sealTo(to, label("epoch-secret"), secret, epochBinding(instance, epoch));
  await store.create(key, wrap, waiting).catch((error: unknown) => {
    // Somebody else gave the same: a wrap is fresh bytes each time, and one is enough.
    if (!FogboundError.isInstance(error) || error.code !== "OBJECT_EXISTS") throw error;
  });
}

/**
 * A journal as whoever reads it needs it: its own objects, and where it has no wrap, the one that the owner added in the
 * vault.
 */
export function withGrants(journal: LogObjects, vault: LogObjects): LogObjects {
  const { hidden } = journal;
  return {
    list: (waiting) => journal.list(waiting),
    ...(hidden === undefined ? {} : { hidden: (waiting?: Waiting) => hidden.call(journal, waiting) }),
    async read(name, waiting) {
      const own = await journal.read(name, waiting);
      return own === null && name.includes("/keys/") ? vault.read(name, waiting) : own;
    },
  };
}
