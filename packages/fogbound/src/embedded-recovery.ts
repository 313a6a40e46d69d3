import { type Audit, verify } from "@fogbound/audit";
import { keptBeside } from "@fogbound/authority";
import { type ManifestVersion, type OwnerView, openAsOwner, readManifests, verifyManifest } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import { type EmbeddedHarmonizer, openHarmonizer } from "@fogbound/harmonizer";
import { parseRecoveryKey, type SealingKey } from "@fogbound/identity";
import { type Authority, type CapsuleId, layout, padded, sameBytes, type Waiting } from "@fogbound/protocol";
import { type ObjectStore, readAll } from "@fogbound/storage";
import { evidenceFor, logObjects } from "./evidence.js";
import { exportCapsule } from "./export.js";
import { capsuleIds, notOurs, signalOf } from "./owner-steps.js";
import { systemClock } from "./parties.js";
import { readItem } from "./read-item.js";
import { readableFrom } from "./readable.js";

/** What `openRecovery` reads, and with what. */
export interface RecoveryOptions {
  /** The vault, opened with `readOnly`: recovery changes nothing in it. */
  readonly store: ObjectStore;
  /** The authority's journal. Default: the vault. */
  readonly journal?: ObjectStore;
  /** The harmonizer's log, opened with `readOnly`. Default: the vault. */
  readonly log?: ObjectStore;
  /** As it was written down. */
  readonly recoveryKey: string;
}

/**
 * Data and log, with the recovery key alone, when the key file is lost. What cannot come back: the root key signed the
 * manifests, so nobody changes, revokes or serves the old capsules any more. Save the items, keep the exports as
 * evidence, and seal anew under new keys.
 *
 * @throws TypeError for a store that is not `readOnly`. FogboundError `FORMAT_INVALID` or `KEY_WRONG` for a recovery key
 * that is none or was mistyped.
 */
export async function openRecovery(options: RecoveryOptions): Promise<Recovery> {
  const { store, journal = store, log = store } = options;
  for (const one of [store, log])
    if (!one.readOnly) throw new TypeError("Expected stores opened with readOnly, got one that can be written to.");
  return new Recovery({ store, journal, log, key: await parseRecoveryKey(options.recoveryKey) });
}

interface Sources {
  readonly store: ObjectStore;
  readonly journal: ObjectStore;
  readonly log: ObjectStore;
  readonly key: SealingKey;
}

/** What the recovery key alone can read. It changes nothing. */
export class Recovery {
  readonly #sources: Sources;
  readonly #harmonizers: Map<string, Promise<EmbeddedHarmonizer>> = new Map();

  /** @internal Use `openRecovery`. */
  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** The capsules in the store that this recovery key opens. */
  async *capsules(waiting: Waiting = {}): AsyncGenerator<CapsuleId, void, undefined> {
    const { store, key } = this.#sources;
    for await (const capsule of capsuleIds(store, waiting)) {
      const first = await firstVersion(store, capsule, waiting);
      if (first?.genesis.recovery.some((one) => sameBytes(one, key.publicKey))) yield capsule;
    }
  }

  /**
   * What the manifest in force says, as its owner saw it; the newest that holds when the harmonizer's log cannot be read.
   * @throws FogboundError `CAPSULE_NOT_FOUND`, `KEY_WRONG` when the capsule was not sealed to this recovery key.
   */
  async describe(capsule: CapsuleId, waiting: Waiting = {}): Promise<OwnerView> {
    return openAsOwner(await this.#version(capsule, waiting), this.#sources.key);
  }

  /** An item. @throws FogboundError while reading: `ITEM_NOT_FOUND`, `KEY_WRONG`, `VERIFICATION_FAILED`, and the store's codes. */
  read(capsule: CapsuleId, item: string, waiting: Waiting = {}): ReadableStream<Uint8Array> {
    return readableFrom(this.#read(capsule, item, waiting));
  }

  /**
   * The history, verified and opened. Nobody can sign new tips any more: what came after the last ones is not anchored,
   * and the verdict says so.
   * @throws FogboundError `FORMAT_INVALID` or `VERIFICATION_FAILED` when the harmonizer's log does not hold.
   */
  async audit(capsule: CapsuleId, options: Waiting & { readonly rehashContent?: boolean } = {}): Promise<Audit> {
    const evidence = await evidenceFor(capsule, await this.#parties(capsule, options), options);
    return verify(evidence, { readKeys: [this.#sources.key] }, signalOf(options));
  }

  /** One `.fog` file: the evidence, to be kept. @throws FogboundError as `audit`. */
  export(capsule: CapsuleId, waiting: Waiting = {}): ReadableStream<Uint8Array> {
    return readableFrom(this.#export(capsule, waiting));
  }

  /** The stores stay open. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#harmonizers.values()].map(async (one) => (await one).close()));
    this.#harmonizers.clear();
  }

  async *#read(capsule: CapsuleId, item: string, waiting: Waiting): AsyncGenerator<Uint8Array, void, undefined> {
    const { store, key } = this.#sources;
    yield* readItem(store, await this.#version(capsule, waiting), item, key, waiting);
  }

  async *#export(capsule: CapsuleId, waiting: Waiting): AsyncGenerator<Uint8Array, void, undefined> {
    yield* exportCapsule(capsule, await this.#parties(capsule, waiting), waiting);
  }

  async #version(capsule: CapsuleId, waiting: Waiting): Promise<ManifestVersion> {
    const chain = await this.#chain(capsule, waiting);
    return chain.at(-1) ?? chain[0];
  }

  /** Up to the version in force; where no log says which that is, up to the newest that holds. */
  async #chain(capsule: CapsuleId, waiting: Waiting): Promise<readonly [ManifestVersion, ...ManifestVersion[]]> {
    const { store } = this.#sources;
    const first = await firstVersion(store, capsule, waiting);
    if (first === null) return readManifests(store, capsule, waiting);
    const inForce = await this.#harmonizer(first)
      .then((harmonizer) => harmonizer.inForce(capsule, waiting))
      .catch(unreadable);
    return readManifests(store, capsule, { ...waiting, inForce });
  }

  async #parties(capsule: CapsuleId, waiting: Waiting): Promise<Parameters<typeof evidenceFor>[1]> {
    const { store, journal } = this.#sources;
    const chain = await this.#chain(capsule, signalOf(waiting));
    const real = await this.#harmonizer(chain.at(-1) ?? chain[0]);
    const members = new Map(chain.flatMap(({ manifest }) => manifest.authorities.members.map((one) => [one.id, one])));
    const authorities: readonly Pick<Authority, "member" | "journal" | "kept">[] = [...members.values()].map(
      (member) => ({
        member,
        journal: (id) => logObjects(journal, layout.journal(member.id, id)),
        kept: (id, options) => keptBeside(journal, member, id, options),
      }),
    );
    const harmonizer: Parameters<typeof evidenceFor>[1]["harmonizer"] = {
      anchor: async () => undefined,
      pull: (id, options) => real.pull(id, options),
      parity: (...place) => real.parity(...place),
      batchCopy: (...place) => real.batchCopy(...place),
      kept: (...about) => real.kept(...about),
    };
    return { store, harmonizer, authorities, partiesSeparate: false };
  }

  /** Over a store that takes no writes it signs nothing, and reading needs the public halves alone. */
  #harmonizer({ manifest: { harmonizer } }: ManifestVersion): Promise<EmbeddedHarmonizer> {
    const { origin, receiptKey, logKey } = harmonizer;
    const name = JSON.stringify([origin, [...receiptKey], [...logKey]]);
    const known = this.#harmonizers.get(name);
    if (known !== undefined) return known;
    const publicHalf = (publicKey: Uint8Array) => ({ publicKey, secretKey: new Uint8Array(32) });
    const opening = openHarmonizer({
      store: this.#sources.log,
      origin,
      receiptKey: publicHalf(receiptKey),
      logKey: publicHalf(logKey),
      clock: systemClock,
    });
    opening.catch(() => undefined);
    this.#harmonizers.set(name, opening);
    return opening;
  }
}

const largestManifest = 8 * 1024 * 1024;

/** The one that every other descends from; junk beside it is passed over. */
async function firstVersion(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<ManifestVersion | null> {
  for await (const { key } of store.list(`${layout.manifests(capsule)}${padded(1)}-`, waiting)) {
    const object = await store.get(key, waiting);
    if (object === null) continue;
    const bytes = await readAll(object, largestManifest);
    const found = await verifyManifest(capsule, bytes, null).catch((error: unknown) => notOurs(error, false));
    if (found !== null) return found;
  }
  return null;
}

/** A log that is lost or damaged keeps nobody from his data. */
function unreadable(error: unknown): null {
  if (FogboundError.isInstance(error) && (error.code === "FORMAT_INVALID" || error.code === "VERIFICATION_FAILED"))
    return null;
  throw error;
}
