import { toHex } from "@fogbound/crypto";
import { type AuthorityId, type KeptObject, manifestObject } from "@fogbound/protocol";
import type { Context } from "./context.js";
import type { KnownManifest } from "./manifests.js";
import type { Sequence } from "./sequence.js";

/** Who keeps something beside a log. */
export type Keeper = "harmonizer" | AuthorityId;

/** Something that its keeper lost, or that was changed where it lies. */
export interface UnsoundKept {
  readonly keeper: Keeper;
  /** Of a copy of a manifest, that manifest, where the capsule's own objects hold it. */
  readonly manifest: KnownManifest | null;
  report(): void;
}

/**
 * Harmonizer and authorities decide by copies of manifests that they keep for themselves. No evidence rests on those, so
 * that damage proves nothing wrong; but whoever serves by them refuses, and nothing in a store changes without being told.
 */
export async function judgeKept(context: Context, sequence: Sequence): Promise<void> {
  for await (const { report } of unsoundKept(context, sequence)) report();
}

/** All of it, each keeper's manifests by version. */
export async function* unsoundKept(context: Context, sequence: Sequence): AsyncGenerator<UnsoundKept, void, undefined> {
  for (const [keeper, objects] of (await context.evidence.kept?.()) ?? []) {
    const lacking = new Map([...neededBy(keeper, sequence)].map(([version, name]) => [name, version]));
    const found: UnsoundKept[] = [];
    for (const object of objects) {
      const name = object.manifest === null ? null : toHex(object.manifest);
      if (name !== null) lacking.delete(name);
      if (!object.isWhole) found.push(damaged(context, keeper, object, name));
    }
    for (const [name, version] of lacking) found.push(lost(context, keeper, name, version));
    yield* found.sort((one, other) => versionOf(one) - versionOf(other));
  }
}

/** The manifests that it must have had, by version: it sequenced them, or began an epoch of its journal under them. */
function neededBy(keeper: Keeper, { manifests, chains }: Sequence): ReadonlyMap<number, string> {
  if (keeper === "harmonizer") return manifests;
  const needed = new Map<number, string>();
  for (const { authority, begun } of chains.values())
    for (const { version } of authority === keeper ? begun.values() : []) {
      const name = manifests.get(version);
      if (name !== undefined) needed.set(version, name);
    }
  return needed;
}

function damaged(
  { manifests, findings }: Context,
  keeper: Keeper,
  { name }: KeptObject,
  hash: string | null,
): UnsoundKept {
  const manifest = (hash === null ? undefined : manifests.byHash.get(hash)) ?? null;
  const what = manifest === null ? "is kept beside its log" : `is its copy of manifest ${manifest.value.version}`;
  const sentence = `${name} of ${nameOf(keeper)}, which ${what}, is damaged.`;
  return { keeper, manifest, report: () => findings.add("COPY_ALTERED", "incomplete", sentence, [name]) };
}

function lost({ manifests, findings }: Context, keeper: Keeper, hash: string, version: number): UnsoundKept {
  const sentence = `Of manifest ${version}, which was put in force, ${nameOf(keeper)} has no copy any more.`;
  const report = (): void => findings.add("COPY_ALTERED", "incomplete", sentence, [`sha256 ${hash}`]);
  return { keeper, manifest: manifests.byHash.get(hash) ?? null, report };
}

function nameOf(keeper: Keeper): string {
  return keeper === "harmonizer" ? "the harmonizer" : keeper;
}

function versionOf({ manifest }: UnsoundKept): number {
  return manifest?.value.version ?? 0;
}

/** The object as the owner wrote it; null where a part of it is not the one that the manifest names. */
export function objectOf({ bytes, parts }: KnownManifest): Uint8Array | null {
  const { host, authority, owner } = parts;
  if (host === null || authority === null || owner === null) return null;
  return manifestObject.encode({ suite: 1, manifest: bytes, host, authority, owner });
}
