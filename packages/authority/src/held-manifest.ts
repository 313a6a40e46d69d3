import { FogboundError } from "@fogbound/errors";
import { type ValidatedPolicy, validatePolicy } from "@fogbound/policy";
import {
  type AuthorityMember,
  type AuthorityPart,
  type CapsuleId,
  capsuleIdOf,
  type FogSettings,
  fogSettings,
  type Genesis,
  genesis,
  type HarmonizerEntry,
  type HostPart,
  hashOf,
  type Manifest,
  type ManifestObject,
  manifest,
  manifestObject,
  sameBytes,
  verifyLeafReceipt,
} from "@fogbound/protocol";
import { type AuthorityKeys, memberOf } from "./keys.js";
import { openAuthorityPart, openHostPart } from "./parts.js";

/** A manifest whose signature and parts hold. Whether it is in force is the harmonizer's word. */
export interface SignedManifest {
  readonly capsule: CapsuleId;
  readonly genesis: Genesis;
  readonly manifest: Manifest;
  readonly hash: Uint8Array;
  readonly object: ManifestObject;
  readonly bytes: Uint8Array;
}

/** A manifest an authority decides by. */
export interface HeldManifest extends SignedManifest {
  readonly part: AuthorityPart;
  readonly hostPart: HostPart;
  /** null in record-only mode. */
  readonly policy: ValidatedPolicy | null;
  /** null: nobody is profiled, and nothing but the real items is served. */
  readonly fog: FogSettings | null;
}

/**
 * The id is the hash of the genesis, and the signature must be that genesis' root's, or that of a publisher whom the
 * version right before lists: everything else rests on this.
 *
 * @param before the version held, if any
 * @throws FogboundError `VERIFICATION_FAILED`, `FORMAT_INVALID` or `FORMAT_TOO_NEW`.
 */
export async function verifySigned(bytes: Uint8Array, before: SignedManifest | null): Promise<SignedManifest> {
  const object = manifestObject.decode(bytes);
  const claim = manifest.read(object.manifest);
  const capsule = capsuleIdOf(claim.value.genesis);
  if (before !== null && before.capsule !== capsule) throw FogboundError.verificationFailed();
  const owner = genesis.decode(claim.value.genesis);
  const follows = before !== null && claim.value.version === before.manifest.version + 1;
  const signers = [owner.root, ...(follows ? before.manifest.publishers : [])];
  if (!signers.some((key) => sameBytes(key, claim.signer))) throw FogboundError.verificationFailed();
  const value = await manifest.verify(object.manifest, claim.signer);
  if (follows && !sameBytes(value.previous, before.hash)) throw FogboundError.verificationFailed();
  if ((value.version === 1) !== (value.previous === null) || value.version === 0)
    throw FogboundError.verificationFailed();
  if (!partsHold(object, value)) throw FogboundError.verificationFailed();
  return { capsule, genesis: owner, manifest: value, hash: hashOf(object.manifest), object, bytes };
}

/** Whether each part is the one that the manifest names. */
export function partsHold(object: ManifestObject, { parts }: Manifest): boolean {
  return (
    sameBytes(hashOf(object.host), parts.host) &&
    sameBytes(hashOf(object.authority), parts.authority) &&
    sameBytes(hashOf(object.owner), parts.owner)
  );
}

/** @throws FogboundError `VERIFICATION_FAILED` unless the receipt shows that this very version was sequenced. */
export async function verifySequenced(signed: SignedManifest, receipt: Uint8Array): Promise<void> {
  const { leaf } = await verifyLeafReceipt(receipt, "manifest", signed.hash, signed.manifest.harmonizer);
  if (leaf.version !== signed.manifest.version) throw FogboundError.verificationFailed();
}

/** @throws FogboundError `KEY_WRONG` unless the manifest names this authority, with these keys, and its harmonizer. */
export function requireNamed(signed: SignedManifest, keys: AuthorityKeys, harmonizer: HarmonizerEntry): void {
  const own = memberOf(keys);
  const { authorities, harmonizer: named } = signed.manifest;
  if (!authorities.members.some((member) => isSameMember(member, own)))
    throw new FogboundError(
      "KEY_WRONG",
      `The manifest of ${signed.capsule} does not name ${keys.id} with its present keys.`,
    );
  const known = named.origin === harmonizer.origin && sameBytes(named.receiptKey, harmonizer.receiptKey);
  if (known && sameBytes(named.logKey, harmonizer.logKey)) return;
  throw new FogboundError(
    "KEY_WRONG",
    `The manifest of ${signed.capsule} names the harmonizer ${named.origin}; ${keys.id} keeps its journal with ${harmonizer.origin}. Open it with the harmonizer the manifest names.`,
  );
}

function isSameMember(one: AuthorityMember, other: AuthorityMember): boolean {
  return (
    one.id === other.id &&
    one.index === other.index &&
    sameBytes(one.answerKey, other.answerKey) &&
    sameBytes(one.partKey, other.partKey) &&
    sameBytes(one.journalKey, other.journalKey) &&
    sameBytes(one.commitment, other.commitment)
  );
}

/**
 * Opens the parts, and refuses a manifest that could not be decided by.
 * @throws FogboundError `VERIFICATION_FAILED`, `FORMAT_INVALID` or `POLICY_INVALID`.
 */
export async function openHeld(signed: SignedManifest, keys: AuthorityKeys): Promise<HeldManifest> {
  const { capsule, object, manifest: value } = signed;
  const part = await openAuthorityPart(object.authority, capsule, keys.partKey);
  const host = await openHostPart(object.host, capsule, part.hostPartKey);
  const described =
    value.items.every(({ id }, at) => host.items[at]?.id === id) && host.items.length === value.items.length;
  const real = value.items.every(({ variants }, at) => variants[part.real[at] ?? variants.length] !== undefined);
  const decidable = (value.mode === "record-only") === (part.policy === null);
  if (!described || !real || part.real.length !== value.items.length || !decidable) throw contradictory(capsule);
  const policy = part.policy === null ? null : await validatePolicy(part.policy);
  const fog = part.fog === null ? null : fogSettings.decode(part.fog);
  if (fog !== null && fog.models.length !== value.items.length) throw contradictory(capsule);
  return { ...signed, part, hostPart: host, policy, fog };
}

function contradictory(capsule: CapsuleId): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    `The parts of the manifest of ${capsule} contradict each other: expected the same items in each, one real variant of every item, a policy unless it is record-only, and with fog a model or none of every item.`,
  );
}
