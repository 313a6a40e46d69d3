import { FogboundError, Serial } from "@fogbound/errors";
import {
  type Alerts,
  type Answered,
  type Authority,
  type AuthorityMember,
  byTimer,
  type CapsuleId,
  type Clock,
  capsuleIdOf,
  familiar,
  type Harmonizer,
  instanceIdOf,
  type KeptObject,
  type Later,
  type LogObjects,
  layout,
  manifest,
  manifestObject,
  ownerIdOf,
  type Profiler,
  question,
  quietly,
  sameBytes,
  registration as signedRegistration,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { AuthorityCapsule, type Desk, stale } from "./authority-capsule.js";
import { freshnessSeconds } from "./defaults.js";
import { Floor } from "./floor.js";
import { type GuardParts, withoutGuard } from "./guarding.js";
import { openHeld, requireNamed, type SignedManifest, verifySequenced, verifySigned } from "./held-manifest.js";
import { Journal } from "./journal.js";
import { dropEpoch, eraseEpochs, type JournalPlace, restoreObject } from "./keeping.js";
import { keptBeside, rememberedBeside } from "./kept.js";
import { type AuthorityKeys, memberOf } from "./keys.js";
import { logObjects } from "./log-objects.js";
import { Nonces } from "./nonces.js";
import { Outages } from "./outages.js";
import { Shares } from "./shares.js";
import { WatchedClock } from "./time.js";

export interface AuthorityOptions {
  /** Its own store: its journal and the manifests it was shown. No host and no harmonizer may be able to write there. */
  readonly store: ObjectStore;
  readonly keys: AuthorityKeys;
  /** The one that the manifests it serves must name. */
  readonly harmonizer: Harmonizer;
  readonly clock: Clock;
  /** How far a request's time may be from the clock. Default: 300 s. */
  readonly freshnessSeconds?: number;
  /** Whom to tell what cannot wait for the next audit. Default: nobody. */
  readonly alerts?: Alerts;
  /** Who knows how readers behave. Default: nobody, and a capsule that wants it is refused. */
  readonly profiler?: Profiler;
  /** Where decoys are put that are made on demand, beside the contents. Default: none is made. */
  readonly contents?: ObjectStore;
  /** How deposits are tried again after a while. Default: the runtime's timers. */
  readonly later?: Later;
}

/** @throws RangeError for a freshness that is not a whole number of seconds from 1. */
export async function openAuthority(options: AuthorityOptions): Promise<EmbeddedAuthority> {
  return new EmbeddedAuthority(options);
}

/**
 * An authority in this process. Another process may run one with the same keys over the same store (a command beside a
 * service): they take turns in the journal, an epoch each. Two stores under one key are two journals, and an alarm.
 */
export class EmbeddedAuthority implements Authority {
  readonly member: AuthorityMember;
  readonly #options: AuthorityOptions;
  readonly #desk: Desk;
  readonly #floor: Floor;
  readonly #capsules = new Map<CapsuleId, Promise<AuthorityCapsule>>();
  readonly #publications = new Serial();
  #closed = false;

  constructor(options: AuthorityOptions) {
    const { keys, store, clock } = options;
    const freshness = 1000 * checkedSeconds(options.freshnessSeconds ?? freshnessSeconds);
    this.member = memberOf(keys);
    this.#options = options;
    this.#floor = new Floor(store, keys.id);
    const watched = new WatchedClock(clock, freshness);
    const alerts = quietly(options.alerts);
    this.#desk = {
      keys,
      clock: watched,
      nonces: new Nonces(freshness),
      alerts,
      shares: new Shares(keys.master),
      guard: guardOf(options, watched, alerts),
    };
  }

  /** @throws also `FORMAT_INVALID` or `POLICY_INVALID` for a manifest that could not be decided by. */
  publish(bytes: Uint8Array, receipt: Uint8Array, waiting: Waiting = {}): Promise<void> {
    this.#requireOpen();
    return this.#publications.run(() => this.#publish(bytes, receipt, waiting));
  }

  async #publish(bytes: Uint8Array, receipt: Uint8Array, waiting: Waiting): Promise<void> {
    const capsule = capsuleIdOf(manifest.read(manifestObject.decode(bytes).manifest).value.genesis);
    await this.#floor.mend(capsule, bytes, receipt, waiting);
    const known = await this.#find(capsule, waiting);
    const before: SignedManifest | null = known?.held ?? null;
    const signed = await verifySigned(bytes, before);
    requireNamed(signed, this.#options.keys, this.#options.harmonizer.entry);
    await verifySequenced(signed, receipt);
    // Held in memory, and perhaps no more in the store.
    if (before !== null && !isNewer(signed, before)) return this.#floor.raise(signed, waiting);
    const held = await openHeld(signed, this.#options.keys);
    if (held.fog !== null && this.#desk.guard === null) throw withoutGuard(held);
    await this.#floor.raise(signed, waiting);
    // Looked up anew: an answer that came meanwhile may have taken the capsule from the floor.
    const taken = this.#capsules.get(capsule);
    if (taken === undefined) this.#capsules.set(capsule, Promise.resolve(this.#take(held)));
    else (await taken).raise(held);
  }

  async nonce(_waiting?: Waiting): Promise<Uint8Array> {
    this.#requireOpen();
    return this.#desk.nonces.issue(this.#desk.clock.now());
  }

  /** @throws also `MANIFEST_STALE` for a capsule it was shown no manifest of, `CLOCK_UNTRUSTED`, `RECORD_NOT_DURABLE`. */
  async register(registration: Uint8Array, waiting: Waiting = {}): Promise<Uint8Array> {
    const { capsule } = signedRegistration.read(registration).value;
    return (await this.#require(capsule, waiting)).register(registration, waiting);
  }

  /** @throws also `ITEM_NOT_FOUND`, `FORMAT_INVALID`, and `RECORD_NOT_DURABLE` when its journal could not be written. */
  async answer(asked: Uint8Array, waiting: Waiting = {}): Promise<Answered> {
    const value = question.decode(asked);
    return (await this.#require(value.capsule, waiting)).answer(value, waiting);
  }

  /** @throws also `MANIFEST_STALE` for a capsule it was shown no manifest of, `POLICY_INVALID` without a profiler. */
  async trust(signedFamiliar: Uint8Array, waiting: Waiting = {}): Promise<void> {
    const { capsule } = familiar.read(signedFamiliar).value;
    await (await this.#require(capsule, waiting)).trust(signedFamiliar);
  }

  journal(capsule: CapsuleId): LogObjects {
    return logObjects(this.#options.store, layout.journal(this.#options.keys.id, capsule));
  }

  async kept(capsule: CapsuleId, waiting: Waiting = {}): Promise<readonly KeptObject[]> {
    const { store, keys } = this.#options;
    const kept = await keptBeside(store, this.member, capsule, waiting);
    const signed = await this.#floor.read(capsule, waiting).catch(nullIfDamaged);
    if (signed === null) return kept;
    return [...kept, ...(await rememberedBeside(store, keys, ownerIdOf(signed.genesis.root), waiting))];
  }

  /** Puts back a head or a batch of its journal, by its name there. @throws as `restoreObject`. */
  async restore(capsule: CapsuleId, name: string, bytes: Uint8Array, waiting: Waiting = {}): Promise<void> {
    this.#requireOpen();
    await restoreObject(this.#journalPlace(capsule), name, bytes, waiting);
  }

  /** Deletes the wraps of its journal's epochs that the owner's signed note names whole. @throws as `eraseEpochs`. */
  async erase(capsule: CapsuleId, note: Uint8Array, waiting: Waiting = {}): Promise<void> {
    const { held } = await this.#require(capsule, waiting);
    await eraseEpochs(this.#journalPlace(capsule), held.genesis.root, note, waiting);
  }

  /** Deletes an epoch of its journal that has ended. @throws as `dropEpoch`. */
  async dropEpoch(capsule: CapsuleId, epoch: number, waiting: Waiting = {}): Promise<void> {
    this.#requireOpen();
    await dropEpoch(this.#journalPlace(capsule), epoch, waiting);
  }

  #journalPlace(capsule: CapsuleId): JournalPlace {
    const { store, keys } = this.#options;
    const journalKey = keys.journalKey.publicKey;
    const instance = instanceIdOf(journalKey, capsule);
    return { store, root: layout.journal(keys.id, capsule), capsule, instance, journalKey };
  }

  /** Writes and deposits what is left of the journals. The store stays open. */
  async close(waiting: Waiting = {}): Promise<void> {
    this.#closed = true;
    const capsules = await Promise.all(this.#capsules.values());
    await Promise.all(capsules.map((capsule) => capsule.close(waiting)));
    await this.#options.profiler?.close(waiting);
  }

  async #require(capsule: CapsuleId, waiting: Waiting): Promise<AuthorityCapsule> {
    this.#requireOpen();
    const found = await this.#find(capsule, waiting);
    if (found !== null) return found;
    throw stale(capsule, null);
  }

  /** The capsule as it was left, when it is first asked for after a start; null for one it was never shown. */
  async #find(capsule: CapsuleId, waiting: Waiting): Promise<AuthorityCapsule | null> {
    const known = this.#capsules.get(capsule);
    if (known !== undefined) return known;
    const signed = await this.#floor.read(capsule, waiting);
    if (signed === null) return null;
    const meanwhile = this.#capsules.get(capsule);
    if (meanwhile !== undefined) return meanwhile;
    const taken = openHeld(signed, this.#options.keys).then((held) => this.#take(held));
    this.#capsules.set(capsule, taken);
    taken.catch(() => this.#capsules.delete(capsule));
    return taken;
  }

  #take(held: AuthorityCapsule["held"]): AuthorityCapsule {
    const { later = byTimer } = this.#options;
    const outages = new Outages({ ...this.#options, ...this.#desk, later }, held.capsule);
    return new AuthorityCapsule(
      this.#desk,
      new Journal({ ...this.#options, later }, held.capsule, outages),
      outages,
      held,
    );
  }

  #requireOpen(): void {
    if (this.#closed) throw new TypeError("Expected an open authority, got one that was closed.");
  }
}

/** @throws FogboundError `MANIFEST_STALE` below what is held; `VERIFICATION_FAILED` for another of the same version. */
function isNewer(signed: SignedManifest, before: SignedManifest): boolean {
  const { version } = signed.manifest;
  if (version < before.manifest.version) throw stale(signed.capsule, before.manifest.version);
  if (version > before.manifest.version) return true;
  if (!sameBytes(signed.hash, before.hash)) throw FogboundError.verificationFailed();
  return false;
}

/** A damaged copy is told of as such. */
function nullIfDamaged(error: unknown): null {
  const codes: readonly string[] = ["VERIFICATION_FAILED", "FORMAT_INVALID", "FORMAT_TOO_NEW"];
  if (FogboundError.isInstance(error) && codes.includes(error.code)) return null;
  throw error;
}

function guardOf(options: AuthorityOptions, clock: WatchedClock, alerts: Alerts): GuardParts | null {
  const { profiler, store, contents = null, keys } = options;
  return profiler === undefined ? null : { profiler, store, contents, keys, alerts, clock };
}

function checkedSeconds(seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds >= 1) return seconds;
  throw new RangeError(`Expected freshnessSeconds to be a whole number from 1, got ${String(seconds)}.`);
}
