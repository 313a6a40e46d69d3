import { toHex } from "@fogbound/crypto";
import {
  type AuthorityId,
  type CapsuleId,
  capsuleIdOf,
  type Genesis,
  genesis,
  type HarmonizerEntry,
  hashOf,
  type InstanceId,
  instanceIdOf,
  type Manifest,
  type ManifestObject,
  manifest,
  manifestObject,
  sameBytes,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Evidence } from "./evidence.js";
import { type Findings, hash, paper } from "./findings.js";

/** A manifest whose signature and descent from the genesis hold. */
export interface KnownManifest {
  readonly value: Manifest;
  /** Hash of the signed bytes, in hex. */
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly byOwner: boolean;
  /** The sealed parts; null where no copy hashes to what the manifest names. */
  readonly parts: { readonly [Part in "host" | "authority" | "owner"]: Uint8Array | null };
}

export interface Manifests {
  readonly genesis: Genesis | null;
  readonly byHash: ReadonlyMap<string, KnownManifest>;
  /** Every harmonizer that a manifest names. */
  readonly harmonizers: readonly HarmonizerEntry[];
  /** Which authority writes as which instance: a journal's key stands in the manifest. */
  readonly journals: ReadonlyMap<InstanceId, AuthorityId>;
  /** Every authority that a manifest names. */
  readonly authorities: ReadonlySet<AuthorityId>;
  /** Objects that claim to be of this capsule and do not hold, and objects that cannot be read at all: their names and hashes. */
  readonly rejected: readonly (readonly string[])[];
}

interface Candidate {
  readonly value: Manifest;
  readonly signer: Uint8Array;
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly objects: ManifestObject[];
  readonly names: string[];
}

/** Reads every manifest object once and keeps those that descend from the capsule's genesis. */
export async function readManifests(evidence: Evidence): Promise<Manifests> {
  const candidates = new Map<string, Candidate>();
  const rejected: (readonly string[])[] = [];
  for await (const given of evidence.manifests()) {
    const { names, bytes } =
      "bytes" in given ? { names: [given.name], bytes: given.bytes } : { names: [], bytes: given };
    if (!collect(evidence.capsule, { names, bytes }, candidates)) rejected.push([...names, hash(hashOf(bytes))]);
  }
  const byHash = new Map<string, KnownManifest>();
  for (const candidate of [...candidates.values()].sort((left, right) => left.value.version - right.value.version)) {
    const known = await prove(evidence.capsule, candidate, byHash);
    if (known !== null) byHash.set(known.hash, known);
    else rejected.push([...candidate.names, `sha256 ${candidate.hash}`]);
  }
  return { ...partiesOf(evidence.capsule, [...byHash.values()]), byHash, rejected };
}

function collect(
  capsule: CapsuleId,
  { names, bytes }: { readonly names: readonly string[]; readonly bytes: Uint8Array },
  candidates: Map<string, Candidate>,
): boolean {
  const object = ifItReads(() => manifestObject.decode(bytes));
  if (object === null) return false;
  const name = toHex(hashOf(object.manifest));
  const before = candidates.get(name);
  if (before !== undefined) {
    before.objects.push(object);
    before.names.push(...names);
    return true;
  }
  const claim = ifItReads(() => manifest.read(object.manifest));
  if (claim === null || capsuleIdOf(claim.value.genesis) !== capsule) return false;
  candidates.set(name, { ...claim, hash: name, bytes: object.manifest, objects: [object], names: [...names] });
  return true;
}

async function prove(
  capsule: CapsuleId,
  candidate: Candidate,
  known: ReadonlyMap<string, KnownManifest>,
): Promise<KnownManifest | null> {
  const { value, signer, bytes } = candidate;
  const before = value.previous === null ? null : known.get(toHex(value.previous));
  if (before === undefined || value.version !== (before?.value.version ?? 0) + 1) return null;
  const owner = ifItReads(() => genesis.decode(value.genesis));
  if (owner === null || capsuleIdOf(value.genesis) !== capsule) return null;
  const allowed = [owner.root, ...(before?.value.publishers ?? [])];
  if (!allowed.some((key) => sameBytes(key, signer))) return null;
  if ((await ifItHolds(() => manifest.verify(bytes, signer))) === null) return null;
  const part = (name: "host" | "authority" | "owner"): Uint8Array | null =>
    candidate.objects.map((one) => one[name]).find((one) => sameBytes(hashOf(one), value.parts[name])) ?? null;
  const parts = { host: part("host"), authority: part("authority"), owner: part("owner") };
  return { value, hash: candidate.hash, bytes, byOwner: sameBytes(signer, owner.root), parts };
}

function partiesOf(
  capsule: CapsuleId,
  known: readonly KnownManifest[],
): Pick<Manifests, "genesis" | "harmonizers" | "journals" | "authorities"> {
  const [first] = known;
  const members = known.flatMap(({ value }) => value.authorities.members);
  return {
    genesis: first === undefined ? null : genesis.decode(first.value.genesis),
    harmonizers: distinct(known.map(({ value }) => value.harmonizer)),
    journals: new Map(members.map((member) => [instanceIdOf(member.journalKey, capsule), member.id])),
    authorities: new Set(members.map(({ id }) => id)),
  };
}

function distinct(entries: readonly HarmonizerEntry[]): HarmonizerEntry[] {
  const name = ({ origin, receiptKey, logKey }: HarmonizerEntry): string =>
    `${toHex(receiptKey)} ${toHex(logKey)} ${origin}`;
  return [...new Map(entries.map((entry) => [name(entry), entry])).values()];
}

/** Judges the manifests once it is known which ones the log put in force, by version. */
export function judgeManifests(
  { byHash, rejected }: Manifests,
  sequenced: ReadonlyMap<number, string>,
  findings: Findings,
): void {
  let missing = byHash.size === 0;
  for (const [version, name] of sequenced) {
    if (byHash.has(name)) continue;
    missing = true;
    const sentence = `Manifest ${version} was put in force, and no object given to this audit holds it.`;
    findings.add("MANIFEST_MISSING", "broken", sentence, [`sha256 ${name}`]);
  }
  if (byHash.size === 0)
    findings.add("MANIFEST_MISSING", "incomplete", "No manifest descends from the capsule's genesis.");
  if (missing)
    for (const object of rejected)
      findings.add("MANIFEST_INVALID", "broken", "A manifest object does not hold, and a version is missing.", object);
  for (const [version, name] of sequenced) judgeDescent(byHash.get(name), sequenced.get(version - 1), findings);
  for (const known of byHash.values()) judgeOne(known, sequenced.get(known.value.version), byHash, findings);
}

/**
 * What was put in force follows what was in force, not another of the same number: else a publisher whom the owner has
 * taken out, and a harmonizer, would go on from a version that never counted.
 */
function judgeDescent(known: KnownManifest | undefined, before: string | undefined, findings: Findings): void {
  const { previous = null, version } = known?.value ?? {};
  if (known === undefined || previous === null || before === undefined || toHex(previous) === before) return;
  const sentence = `Manifest ${version} was put in force, and follows another than was in force before it.`;
  const evidence = [`was in force sha256 ${before}`, paper("put in force", known.bytes)];
  findings.add("MANIFEST_FORKED", "broken", sentence, evidence);
}

function judgeOne(
  known: KnownManifest,
  sequenced: string | undefined,
  byHash: ReadonlyMap<string, KnownManifest>,
  findings: Findings,
): void {
  const { version } = known.value;
  const altered = (["host", "authority", "owner"] as const).filter((part) => known.parts[part] === null);
  if (altered.length > 0) {
    const sentence = `The ${altered.join(", ")} part of manifest ${version} is not the one the manifest names.`;
    findings.add("MANIFEST_INVALID", "broken", sentence, [`sha256 ${known.hash}`]);
  }
  const rival = sequenced !== undefined && sequenced !== known.hash ? byHash.get(sequenced) : undefined;
  if (rival === undefined || !known.byOwner) return;
  const sentence = `The owner signed two manifests of version ${version}; the one that was sequenced first counts.`;
  const papers = [paper("counts", rival.bytes), paper("does not count", known.bytes)];
  findings.add("MANIFEST_FORKED", "incomplete", sentence, papers);
}
