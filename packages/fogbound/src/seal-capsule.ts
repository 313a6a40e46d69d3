import {
  checkItems,
  type ManifestDraft,
  type ManifestVersion,
  newCountKey,
  newGenesis,
  sealItems,
  signManifest,
  storeManifest,
} from "@fogbound/capsule";
import type { Clock, Waiting } from "@fogbound/protocol";
import { checkpointSeconds, leaseSeconds, push, stripe } from "./defaults.js";
import { withFog } from "./fog-sealing.js";
import { signalOf, totalOf } from "./owner-steps.js";
import type { OwnerParties } from "./parties.js";
import { checkGuard, checkKeys, checkTimes, policyTerms, required, type SealRequest } from "./seal-request.js";

/** How one waits for a seal, and sees it go on. */
export interface SealOptions extends Waiting {
  /** Plaintext bytes sealed so far; the total is null when a source does not say its size. */
  readonly onProgress?: (bytes: number, total: number | null) => void;
}

/** The first version of a new capsule, in the store and not yet published. @throws as `Owner.seal`. */
export async function sealCapsule(
  parties: OwnerParties & { readonly clock: Clock },
  request: SealRequest,
  options: SealOptions,
): Promise<ManifestVersion> {
  checkKeys(request);
  checkItems(request.items);
  checkTimes(request);
  checkGuard(request, parties.authorityGroup);
  const waiting = signalOf(options);
  const lease = request.leaseSeconds ?? leaseSeconds;
  const terms = await policyTerms(request.policy, lease);
  const hosts = required(request.hosts, parties.defaults?.hosts, "hosts");
  const issuers = required(request.issuers, parties.defaults?.issuers, "issuers");
  const { keys, store } = parties;
  const { capsule, genesis } = newGenesis({
    root: keys.root.publicKey,
    read: keys.read.publicKey,
    recovery: keys.recovery,
  });
  const { items, descriptions, itemKeys, real, fog } = await sealContents(parties, capsule, request, options);
  const draft: ManifestDraft = {
    public: {
      genesis,
      mode: terms.mode,
      keyVersion: 1,
      items,
      hosts,
      authorities: parties.authorityGroup,
      harmonizer: parties.harmonizer.entry,
      publishers: [],
      auditors: request.auditors ?? [],
      revoked: { hosts: [], instances: [], everything: false },
      leaseSeconds: lease,
      push: request.push ?? push,
      stripe,
      checkpointSeconds,
      retainDays: request.retainDays ?? null,
      breakGlass: request.breakGlass ?? null,
    },
    host: { items: descriptions, countKey: newCountKey(), counted: terms.counted },
    authority: { policy: terms.cedar, issuers, revokedReaders: [], real, regrants: [], fog },
    itemKeys,
  };
  const version = await signManifest(capsule, draft, null, parties.clock(), keys.root);
  await storeManifest(store, version, waiting);
  return version;
}

interface SealedContents extends Pick<ManifestDraft, "itemKeys"> {
  readonly items: ManifestDraft["public"]["items"];
  readonly descriptions: ManifestDraft["host"]["items"];
  readonly real: readonly number[];
  readonly fog: Uint8Array | null;
}

async function sealContents(
  { store, authorityGroup: authorities }: OwnerParties,
  capsule: ManifestVersion["capsule"],
  request: SealRequest,
  options: SealOptions,
): Promise<SealedContents> {
  const total = totalOf(request);
  const onBytes = (bytes: number): void => options.onProgress?.(bytes, total);
  const { items: sources, fog: wish } = request;
  const waiting = signalOf(options);
  const sealed = await sealItems(store, sources, { ...waiting, capsule, authorities, keyVersion: 1, onBytes });
  const { settings: fog, ...fogged } = await withFog({ store, capsule, authorities, wish }, sealed, waiting);
  return { ...fogged, descriptions: sealed.descriptions, fog };
}
