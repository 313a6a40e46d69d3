import {
  draftFrom,
  type ManifestDraft,
  type ManifestVersion,
  openAsOwner,
  readManifests,
  signManifest,
  storeManifest,
} from "@fogbound/capsule";
import type { CapsuleId, Clock, Waiting } from "@fogbound/protocol";
import { refuseImported } from "./imported.js";
import { type OwnerParties, systemClock } from "./parties.js";
import { publishVersions } from "./publish.js";

export interface Current {
  /** The version in force; for a capsule never published, the newest in the store. */
  readonly version: ManifestVersion;
  readonly inForce: boolean;
}

/** @throws FogboundError `CAPSULE_NOT_FOUND`, `VERIFICATION_FAILED`, `HARMONIZER_UNREACHABLE`, and the store's codes. */
export async function currentVersion(
  { store, harmonizer }: Pick<OwnerParties, "store" | "harmonizer">,
  capsule: CapsuleId,
  waiting: Waiting,
): Promise<Current> {
  const inForce = await harmonizer.inForce(capsule, waiting);
  const chain = await readManifests(store, capsule, { ...waiting, inForce });
  return { version: chain.at(-1) ?? chain[0], inForce: inForce !== null };
}

export interface Changed {
  readonly before: ManifestVersion;
  readonly after: ManifestVersion;
}

/**
 * Signs, stores and publishes the next version; in force when it resolves, the harmonizer's receipt in hand.
 *
 * @throws FogboundError `MANIFEST_STALE` when another change came first, `KEY_WRONG` for somebody else's capsule,
 * `STORE_UNSUPPORTED` for one that was imported, `FORMAT_INVALID` when it grew too large, and what the parties throw.
 */
export async function changeCapsule(
  parties: OwnerParties,
  capsule: CapsuleId,
  change: (draft: ManifestDraft) => Promise<ManifestDraft>,
  waiting: Waiting,
): Promise<Changed> {
  await refuseImported(parties.store, capsule, waiting);
  const { version: before } = await currentVersion(parties, capsule, waiting);
  const draft = await change(draftFrom(await openAsOwner(before, parties.keys.read)));
  const clock: Clock = parties.clock ?? systemClock;
  const after = await signManifest(capsule, draft, before, clock(), parties.keys.root);
  await storeManifest(parties.store, after, waiting);
  await publishVersions([after], parties, waiting);
  return { before, after };
}
