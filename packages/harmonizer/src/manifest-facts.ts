import { FogboundError } from "@fogbound/errors";
import {
  type AuditorEntry,
  type CapsuleId,
  capsuleIdOf,
  genesis,
  type HostEntry,
  hashInName,
  hashOf,
  type InstanceId,
  instanceIdOf,
  type KeptObject,
  type Manifest,
  manifest as manifestFormat,
  type Revocations,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { names } from "./names.js";
import { hasCode, putDerived, readObject } from "./objects.js";

/** What a harmonizer needs of one manifest; its items, which are most of it, are not kept. */
export interface ManifestFacts {
  readonly version: number;
  readonly hash: Uint8Array;
  readonly root: Uint8Array;
  readonly publishers: readonly Uint8Array[];
  readonly auditors: readonly AuditorEntry[];
  readonly hosts: readonly HostEntry[];
  /** The authorities' journals of this capsule. */
  readonly journals: ReadonlySet<InstanceId>;
  readonly revoked: Revocations;
  readonly checkpointSeconds: number;
  readonly stripe: Manifest["stripe"];
  readonly push: Manifest["push"];
  readonly retainDays: number | null;
}

function factsOf(capsule: CapsuleId, value: Manifest, hash: Uint8Array): ManifestFacts {
  const { version, publishers, auditors, hosts, authorities, revoked, checkpointSeconds, stripe, push, retainDays } =
    value;
  const { root } = genesis.decode(value.genesis);
  const journals = new Set(authorities.members.map((member) => instanceIdOf(member.journalKey, capsule)));
  return {
    version,
    hash,
    root,
    publishers,
    auditors,
    hosts,
    journals,
    revoked,
    checkpointSeconds,
    stripe,
    push,
    retainDays,
  };
}

/** What is asked of the manifest in force with every bundle, and fits into a few words. */
export interface ManifestTerms {
  readonly checkpointSeconds: number;
  readonly stripe: Manifest["stripe"];
  readonly push: Manifest["push"];
}

interface RememberedTerms extends ManifestTerms {
  /** Of the manifest that says so. */
  readonly hash: Uint8Array;
}

const mostRemembered = 256;
/** Capsules whose terms are known: some hundred bytes each. A host with more of them reads a manifest a bundle anew. */
const mostTerms = 65_536;

/** The manifests that are under a leaf, from the copies that were put before they were sequenced. */
export class Manifests {
  readonly #store: ObjectStore;
  readonly #facts = new Map<CapsuleId, ManifestFacts>();
  readonly #terms = new Map<CapsuleId, RememberedTerms>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /**
   * Remembers the one read last of each of the capsules used last.
   * @throws FogboundError `VERIFICATION_FAILED` when the copy is gone or is not what was sequenced.
   */
  async facts(capsule: CapsuleId, version: number, hash: Uint8Array, waiting: Waiting = {}): Promise<ManifestFacts> {
    const known = this.#facts.get(capsule);
    const facts = known && sameBytes(known.hash, hash) ? known : await this.#read(capsule, version, hash, waiting);
    setNewest(this.#facts, capsule, facts, mostRemembered);
    return facts;
  }

  /** As `facts`, for many more capsules: a harmonizer asks for them with every bundle, of every capsule in it. */
  async terms(capsule: CapsuleId, version: number, hash: Uint8Array): Promise<ManifestTerms> {
    const known = this.#terms.get(capsule);
    if (known !== undefined && sameBytes(known.hash, hash)) return known;
    const { checkpointSeconds, stripe, push } = await this.facts(capsule, version, hash);
    const terms = { hash, checkpointSeconds, stripe, push };
    setNewest(this.#terms, capsule, terms, mostTerms);
    return terms;
  }

  /** Every copy of this capsule's manifests, whether or not it was sequenced. */
  async kept(capsule: CapsuleId, waiting: Waiting): Promise<readonly KeptObject[]> {
    const prefix = names.manifests(capsule);
    const kept: KeptObject[] = [];
    for await (const { key: name } of this.#store.list(prefix, waiting)) {
      const manifest = hashInName(name.slice(prefix.length));
      const bytes = await readObject(this.#store, name, waiting).catch(nothingIfLarger);
      if (bytes !== null) kept.push({ name, manifest, isWhole: sameBytes(manifest, hashOf(bytes)) });
    }
    return kept;
  }

  /** Puts a copy right once more: damaged, or gone, it would stop whatever is to be decided by it. */
  async keepAgain(capsule: CapsuleId, version: number, bytes: Uint8Array, waiting: Waiting): Promise<void> {
    await putDerived(this.#store, names.manifest(capsule, version, hashOf(bytes)), bytes, {
      ...waiting,
      isThere: true,
    });
  }

  async #read(capsule: CapsuleId, version: number, hash: Uint8Array, waiting: Waiting): Promise<ManifestFacts> {
    const key = names.manifest(capsule, version, hash);
    const bytes = await readObject(this.#store, key, waiting);
    if (bytes === null || !sameBytes(hashOf(bytes), hash))
      throw FogboundError.verificationFailed(new Error(`${key} is gone, or is not what it was.`));
    const { value } = manifestFormat.read(bytes);
    if (value.version !== version || capsuleIdOf(value.genesis) !== capsule) throw FogboundError.verificationFailed();
    return factsOf(capsule, value, hash);
  }
}

/** The last set stands last; what was not set for longest goes. */
function setNewest<Value>(map: Map<CapsuleId, Value>, capsule: CapsuleId, value: Value, most: number): void {
  map.delete(capsule);
  map.set(capsule, value);
  const oldest = map.size > most ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

/** No manifest is as large as that: other bytes lie there. */
function nothingIfLarger(error: unknown): Uint8Array {
  if (hasCode(error, "FORMAT_INVALID")) return new Uint8Array(0);
  throw error;
}
