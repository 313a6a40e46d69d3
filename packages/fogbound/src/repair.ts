import { lostCopies, type Restorable, restorable, unspared } from "@fogbound/audit";
import { FogboundError } from "@fogbound/errors";
import {
  type Authority,
  type AuthorityId,
  type CapsuleId,
  type Harmonizer,
  layout,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { evidenceFor } from "./evidence.js";

/** An authority's own hand in its journal, where it can be had: in one process with the owner, or from its operator. */
export interface JournalKeeper {
  /** Puts back a head or a batch that this authority's journal key signed, under its name there. */
  restore(capsule: CapsuleId, name: string, bytes: Uint8Array, waiting?: Waiting): Promise<void>;
  /** Deletes the wraps of the epochs that the owner's signed note names whole. */
  erase(capsule: CapsuleId, note: Uint8Array, waiting?: Waiting): Promise<void>;
  /** Deletes an epoch that has ended. */
  dropEpoch(capsule: CapsuleId, epoch: number, waiting?: Waiting): Promise<void>;
}

/** Whoever puts the evidence right, and with what. */
export interface Keeping {
  readonly store: ObjectStore;
  readonly harmonizer: Harmonizer;
  readonly authorities: readonly Authority[];
  readonly partiesSeparate?: boolean;
  readonly journals?: ReadonlyMap<AuthorityId, JournalKeeper>;
}

/** An object of the vault's log, or of an authority's journal. */
export interface LogObject {
  readonly log: "hosts" | AuthorityId;
  readonly name: string;
}

export interface Repair {
  /** As they were, bit for bit. */
  readonly restored: readonly LogObject[];
  /** Nothing has these any more: the numbers of the records. */
  readonly lost: readonly (LogObject & { readonly records: readonly number[] })[];
  /** They could be restored, in the journal of an authority that only its operator can write to. */
  readonly outOfReach: readonly LogObject[];
  /** Batches that the harmonizer was given once more, as what it kept of them was damaged or gone. */
  readonly spared: number;
  /** Manifests that the harmonizer or an authority was given once more, as its own copy was damaged or gone. */
  readonly shown: number;
}

/**
 * Makes the logs whole again, as far as the harmonizer's log, its copies and its parity go, and then what it keeps.
 * Safe to repeat, and to break off.
 */
export async function repairCapsule(capsule: CapsuleId, parties: Keeping, waiting: Waiting): Promise<Repair> {
  // First: a harmonizer or an authority that decides by a damaged copy refuses everything else.
  const shown = await showAgain(capsule, parties, waiting);
  const restored: LogObject[] = [];
  const lost: (LogObject & { readonly records: readonly number[] })[] = [];
  const outOfReach: LogObject[] = [];
  for await (const one of restorable(await evidenceFor(capsule, parties, waiting), waiting)) {
    const { log, name, bytes, lost: records } = one;
    if (bytes === null) lost.push({ log, name, records });
    else if (await put(capsule, parties, { ...one, bytes }, waiting)) restored.push({ log, name });
    else outOfReach.push({ log, name });
  }
  return { restored, lost, outOfReach, spared: await spareAgain(capsule, parties, waiting), shown };
}

async function showAgain(capsule: CapsuleId, parties: Keeping, waiting: Waiting): Promise<number> {
  const { harmonizer, authorities } = parties;
  let shown = 0;
  for await (const { keeper, manifest, object } of lostCopies(await evidenceFor(capsule, parties, waiting), waiting)) {
    const receipt = await harmonizer.submitManifest(manifest, waiting);
    const authority = authorities.find(({ member }) => member.id === keeper);
    if (object !== null) await authority?.publish(object, receipt, waiting).catch(unlessPutBack);
    if (keeper === "harmonizer" || object !== null) shown++;
  }
  return shown;
}

/** It holds a later version, or another of its copies is damaged still: it has put this one back before it said so. */
function unlessPutBack(error: unknown): void {
  const after: readonly unknown[] = ["MANIFEST_STALE", "VERIFICATION_FAILED", "FORMAT_INVALID"];
  if (!FogboundError.isInstance(error) || !after.includes(error.code)) throw error;
}

/** What it keeps of a batch, it keeps anew when it is submitted once more. */
async function spareAgain(capsule: CapsuleId, parties: Keeping, waiting: Waiting): Promise<number> {
  let spared = 0;
  for await (const bytes of unspared(await evidenceFor(capsule, parties, waiting), waiting)) {
    await parties.harmonizer.submitBatch(bytes, waiting);
    spared++;
  }
  return spared;
}

async function put(
  capsule: CapsuleId,
  { store, journals }: Keeping,
  { log, name, bytes }: Restorable & { readonly bytes: Uint8Array },
  waiting: Waiting,
): Promise<boolean> {
  if (log !== "hosts") {
    const keeper = journals?.get(log);
    await keeper?.restore(capsule, name, bytes, waiting);
    return keeper !== undefined;
  }
  const key = layout.hostLog(capsule) + name;
  await store.create(key, bytes, waiting).catch(async (error: unknown) => {
    if (!FogboundError.isInstance(error) || error.code !== "OBJECT_EXISTS") throw error;
    // Altered bytes lie there: what goes in their place was held against its leaf.
    await store.replace(key, bytes, waiting);
  });
  return true;
}
