import { toHex } from "@fogbound/crypto";
import {
  type CapsuleId,
  capsuleIdOf,
  hashOf,
  type InstanceId,
  instanceIdOf,
  isIdentifier,
  layout,
  type Manifest,
  manifest,
  manifestObject,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectInfo, type ObjectStore, readAll } from "@fogbound/storage";
import { isJunk, type ManifestVersion, readManifests } from "./manifest-chain.js";

/** A content younger than this may be one whose manifest is about to be written. */
export const sweepAfterMilliseconds: number = 24 * 60 * 60 * 1000;

/** An object that nothing names any more, or ever did. */
export interface Leftover {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** *content*: no manifest names it. *manifest*: its version was won by another. *wrap*: of an epoch that never began. */
  readonly what: "content" | "manifest" | "wrap";
}

export interface LeftoverOptions extends Waiting {
  /** What the harmonizer's log says is in force; null for a capsule that was never published. */
  readonly inForce: { readonly version: number; readonly hash: Uint8Array } | null;
  /** By the store's own clock; younger objects are left alone. */
  readonly before: Date;
}

/**
 * What a seal, a reseal or a registration that was killed left in one capsule, and versions that lost to another. Lost
 * manifests come first and contents after: who deletes in this order never leaves a manifest whose contents are gone.
 * Kept is whatever the version in force names, and every version after it, which may still be published.
 *
 * @throws FogboundError `VERIFICATION_FAILED` when the version in force is not there or does not hold, `FORMAT_TOO_NEW`
 * for a later version of the format above it: what cannot be read may name any content. And the store's codes.
 */
export async function* leftovers(
  store: ObjectStore,
  capsule: CapsuleId,
  options: LeftoverOptions,
): AsyncGenerator<Leftover, void, undefined> {
  const { inForce, before } = options;
  const stored = await storedManifests(store, capsule, inForce?.version ?? 0, options);
  // Without any manifest the seal was killed before it wrote its first.
  const chain = stored.all === 0 ? [] : await readManifests(store, capsule, { ...waitingOf(options), inForce });
  const counts = new Set(chain.map(({ hash }) => toHex(hash)));
  for (const { object, version, hash } of stored.named)
    if (inForce !== null && version <= inForce.version && !counts.has(hash) && object.modified < before)
      yield leftover(object, "manifest");
  const last = chain.at(-1);
  const kept = [...(last === undefined ? [] : [last.manifest]), ...stored.later];
  yield* unnamedContents(store, capsule, kept, options);
  yield* unbegunWraps(store, capsule, chain, options);
}

interface StoredManifest {
  readonly object: ObjectInfo;
  readonly version: number;
  readonly hash: string;
}

interface StoredManifests {
  /** Objects where manifests lie, junk among them. */
  readonly all: number;
  readonly named: readonly StoredManifest[];
  /** Those after the version in force, as they claim to be: one that is forged keeps contents, and deletes none. */
  readonly later: readonly Manifest[];
}

async function storedManifests(
  store: ObjectStore,
  capsule: CapsuleId,
  inForce: number,
  options: LeftoverOptions,
): Promise<StoredManifests> {
  const prefix = layout.manifests(capsule);
  const named: StoredManifest[] = [];
  const later: Manifest[] = [];
  let all = 0;
  for await (const object of store.list(prefix, waitingOf(options))) {
    all++;
    const match = /^(\d{8})-([0-9a-f]{64})$/.exec(object.key.slice(prefix.length));
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const claim = await claimOf(store, capsule, object.key, Number(match[1]) > inForce, options);
    if (claim === null || claim.hash !== match[2]) continue;
    named.push({ object, version: claim.value.version, hash: claim.hash });
    if (claim.value.version > inForce) later.push(claim.value);
  }
  return { all, named, later };
}

const largestManifest = 8 * 1024 * 1024;

/** null for junk, which anybody with the store may have put there, and for what another capsule's owner signed. */
async function claimOf(
  store: ObjectStore,
  capsule: CapsuleId,
  key: string,
  isLater: boolean,
  options: LeftoverOptions,
): Promise<{ readonly value: Manifest; readonly hash: string } | null> {
  const found = await store.get(key, waitingOf(options));
  if (found === null) return null;
  try {
    const { manifest: signed } = manifestObject.decode(await readAll(found, largestManifest));
    const { value } = manifest.read(signed);
    return capsuleIdOf(value.genesis) === capsule ? { value, hash: toHex(hashOf(signed)) } : null;
  } catch (error) {
    if (!isJunk(error) || (error.code === "FORMAT_TOO_NEW" && isLater)) throw error;
    return null;
  }
}

async function* unnamedContents(
  store: ObjectStore,
  capsule: CapsuleId,
  kept: readonly Manifest[],
  options: LeftoverOptions,
): AsyncGenerator<Leftover, void, undefined> {
  const variants = kept.flatMap(({ items }) => items.flatMap((item) => item.variants));
  const named = new Set(variants.map(({ content }) => layout.content(capsule, content)));
  const prefix = `${layout.capsule(capsule)}content/`;
  for await (const object of store.list(prefix, waitingOf(options))) {
    const isContent = isIdentifier("cnt", object.key.slice(prefix.length));
    if (isContent && !named.has(object.key) && object.modified < options.before) yield leftover(object, "content");
  }
}

/**
 * In key order an epoch's batches and head come before its wraps. A journal's head lies with its authority: the wraps
 * that lie here are those an owner added for an auditor.
 */
async function* unbegunWraps(
  store: ObjectStore,
  capsule: CapsuleId,
  chain: readonly ManifestVersion[],
  options: LeftoverOptions,
): AsyncGenerator<Leftover, void, undefined> {
  const members = chain.flatMap(({ manifest: value }) => value.authorities.members);
  const journals = new Set<InstanceId>(members.map(({ journalKey }) => instanceIdOf(journalKey, capsule)));
  const prefix = `${layout.hostLog(capsule)}instances/`;
  let begun = "";
  for await (const object of store.list(prefix, waitingOf(options))) {
    const [instance, epoch, name] = object.key.slice(prefix.length).split("/");
    if (!isIdentifier("ins", instance) || journals.has(instance)) continue;
    if (name !== "keys") begun = `${instance}/${epoch}`;
    else if (begun !== `${instance}/${epoch}` && object.modified < options.before) yield leftover(object, "wrap");
  }
}

function leftover({ key, size }: ObjectInfo, what: Leftover["what"]): Leftover {
  return { key, size, what };
}

function waitingOf({ signal }: Waiting): Waiting {
  return signal === undefined ? {} : { signal };
}
