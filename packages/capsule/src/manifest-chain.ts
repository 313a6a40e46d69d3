import { fromHex, toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type CapsuleId,
  capsuleIdOf,
  type Genesis,
  genesis,
  hashOf,
  layout,
  type Manifest,
  type ManifestObject,
  manifest,
  manifestObject,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll } from "@fogbound/storage";

/** One version of a capsule's manifest, its signature and its place in the chain proved. */
export interface ManifestVersion {
  readonly capsule: CapsuleId;
  readonly genesis: Genesis;
  readonly manifest: Manifest;
  /** Hash of the signed public part: how everything else names this version. */
  readonly hash: Uint8Array;
  /** The stored object, and what is in it. */
  readonly bytes: Uint8Array;
  readonly object: ManifestObject;
}

const largestManifest = 8 * 1024 * 1024;

/** Anything that holds objects as a store does: a store, or the file of an export. */
type Source = Pick<ObjectStore, "get" | "list">;

/**
 * Checks one manifest object against the capsule's id and the version before it: genesis, signature, parts, succession.
 * @throws FogboundError `FORMAT_INVALID`, `FORMAT_TOO_NEW` or `VERIFICATION_FAILED`.
 */
export async function verifyManifest(
  capsule: CapsuleId,
  bytes: Uint8Array,
  before: ManifestVersion | null,
): Promise<ManifestVersion> {
  const object = manifestObject.decode(bytes);
  const claim = manifest.read(object.manifest);
  // The id first: it is the only thing that ties a key to its owner.
  if (capsuleIdOf(claim.value.genesis) !== capsule) throw FogboundError.verificationFailed();
  const root = genesis.decode(claim.value.genesis);
  const allowed = [root.root, ...(before?.manifest.publishers ?? [])];
  if (!allowed.some((key) => sameBytes(key, claim.signer))) throw FogboundError.verificationFailed();
  const value = await manifest.verify(object.manifest, claim.signer);
  const { host, authority, owner } = value.parts;
  const partsHold =
    sameBytes(hashOf(object.host), host) &&
    sameBytes(hashOf(object.authority), authority) &&
    sameBytes(hashOf(object.owner), owner);
  const follows =
    value.version === (before?.manifest.version ?? 0) + 1 && sameBytes(value.previous, before?.hash ?? null);
  if (!partsHold || !follows) throw FogboundError.verificationFailed();
  return { capsule, genesis: root, manifest: value, hash: hashOf(object.manifest), bytes, object };
}

/**
 * The chain of a capsule's manifests from version 1 to the newest that holds, oldest first. Objects that do not hold are
 * passed over: anybody who can write to the store could put junk beside a version. Of two that hold, `inForce` decides.
 *
 * @param options.inForce the version the harmonizer's log names; reading stops there
 * @throws FogboundError `CAPSULE_NOT_FOUND` when the store has proved there is none; `VERIFICATION_FAILED` when there is
 * something and none of it holds, or the version in force is not there.
 */
export async function readManifests(
  store: Source,
  capsule: CapsuleId,
  options: Waiting & { readonly inForce?: Named | null } = {},
): Promise<readonly [ManifestVersion, ...ManifestVersion[]]> {
  const candidates = await listManifests(store, capsule, options);
  if (candidates.length === 0)
    throw new FogboundError(
      "CAPSULE_NOT_FOUND",
      `The store holds no capsule ${capsule}. Check the id and the store's address.`,
    );
  const { inForce = null } = options;
  const lineage = inForce === null ? candidates : await lineageOf(store, candidates, inForce, options);
  const chain: ManifestVersion[] = [];
  for (;;) {
    const next = await successor(store, capsule, lineage, chain.at(-1) ?? null, options);
    if (next === null) break;
    chain.push(next);
    if (next.manifest.version === inForce?.version) break;
  }
  const [first, ...rest] = chain;
  if (first === undefined) throw FogboundError.verificationFailed();
  if (inForce !== null && !sameBytes(chain.at(-1)?.hash ?? null, inForce.hash))
    throw FogboundError.verificationFailed();
  return [first, ...rest];
}

interface Candidate {
  readonly key: string;
  readonly version: number;
  readonly hash: string;
}

async function listManifests(store: Source, capsule: CapsuleId, waiting: Waiting): Promise<Candidate[]> {
  const prefix = layout.manifests(capsule);
  const found: Candidate[] = [];
  for await (const { key } of store.list(prefix, waiting)) {
    const match = /^(\d{8})-([0-9a-f]{64})$/.exec(key.slice(prefix.length));
    if (match?.[1] !== undefined && match[2] !== undefined)
      found.push({ key, version: Number(match[1]), hash: match[2] });
  }
  return found;
}

interface Named {
  readonly version: number;
  readonly hash: Uint8Array;
}

/**
 * The candidates that lead to the version in force, by the hashes each names: of two versions that an owner signed at
 * once, the one that lost stays in the store. Claims only, which `successor` proves.
 */
async function lineageOf(
  store: Source,
  candidates: readonly Candidate[],
  inForce: Named,
  waiting: Waiting,
): Promise<readonly Candidate[]> {
  const byName = new Map(candidates.map((one) => [`${one.version}-${one.hash}`, one]));
  const contested = firstContested(candidates);
  const lineage: Candidate[] = [];
  let hash: Uint8Array | null = inForce.hash;
  for (let version = inForce.version; hash !== null && version > 0; version--) {
    const candidate = byName.get(`${version}-${toHex(hash)}`);
    if (candidate === undefined) break;
    lineage.push(candidate);
    if (version <= contested) return [...candidates.filter((one) => one.version < version), ...lineage];
    hash = await previousOf(store, candidate, waiting);
  }
  return lineage;
}

/** The lowest version of which there are two. Below it, names alone tell the lineage. */
function firstContested(candidates: readonly Candidate[]): number {
  const versions = candidates.map(({ version }) => version);
  return versions.find((version, index) => version === versions[index - 1]) ?? Number.POSITIVE_INFINITY;
}

async function previousOf(store: Source, candidate: Candidate, waiting: Waiting): Promise<Uint8Array | null> {
  const object = await store.get(candidate.key, waiting);
  if (object === null) return null;
  try {
    const { manifest: signed } = manifestObject.decode(await readAll(object, largestManifest));
    return manifest.read(signed).value.previous;
  } catch (error) {
    if (!isJunk(error) || error.code === "FORMAT_TOO_NEW") throw error;
    return null;
  }
}

/** What any object may turn out to be, where anybody can put one; a store that fails is not among it. */
export function isJunk(error: unknown): error is FogboundError {
  return (
    FogboundError.isInstance(error) && ["FORMAT_INVALID", "FORMAT_TOO_NEW", "VERIFICATION_FAILED"].includes(error.code)
  );
}

async function successor(
  store: Source,
  capsule: CapsuleId,
  candidates: readonly Candidate[],
  before: ManifestVersion | null,
  waiting: Waiting,
): Promise<ManifestVersion | null> {
  const version = (before?.manifest.version ?? 0) + 1;
  let newest: unknown = null;
  for (const candidate of candidates.filter((one) => one.version === version)) {
    const object = await store.get(candidate.key, waiting);
    if (object === null) continue;
    try {
      const found = await verifyManifest(capsule, await readAll(object, largestManifest), before);
      if (sameBytes(found.hash, fromHex(candidate.hash))) return found;
    } catch (error) {
      if (!isJunk(error)) throw error;
      if (error.code === "FORMAT_TOO_NEW") newest = error;
    }
  }
  // A version this release cannot read must not pass for "there is no newer one".
  if (newest !== null) throw newest;
  return null;
}

/**
 * Stores one version under its number and hash; the same bytes twice is one version.
 * @throws FogboundError `OBJECT_EXISTS` when other bytes lie under its name, which somebody put there who is not the owner.
 */
export async function storeManifest(
  store: ObjectStore,
  version: ManifestVersion,
  waiting: Waiting = {},
): Promise<void> {
  const key = layout.manifest(version.capsule, version.manifest.version, version.hash);
  await store.create(key, version.bytes, waiting).catch(async (error: unknown) => {
    if (!FogboundError.isInstance(error) || error.code !== "OBJECT_EXISTS") throw error;
    const found = await store.get(key, waiting);
    // "Exists" alone is no success: whoever saw the hash first could have put junk under its name.
    if (found === null || !sameBytes(await readAll(found, largestManifest), version.bytes)) throw error;
  });
}
