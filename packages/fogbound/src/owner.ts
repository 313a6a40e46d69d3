import { type Audit, verify } from "@fogbound/audit";
import {
  type ManifestDraft,
  type ManifestVersion,
  type OwnerView,
  openAsOwner,
  readManifests,
} from "@fogbound/capsule";
import type { Policy } from "@fogbound/policy";
import {
  type AuditorEntry,
  type CapsuleId,
  type ChainTip,
  type Clock,
  type Finding,
  familiar,
  isSubject,
  layout,
  type OwnerId,
  ownerIdOf,
  type Pin,
  type Subject,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { type AddAuditorOptions, type AuditorAdded, grantAuditor, withdrawAuditor } from "./auditor-grants.js";
import { stateOf } from "./capsule-state.js";
import { type Current, changeCapsule, currentVersion } from "./change.js";
import { type ResealOptions, type RewrapOptions, resealCapsule, rewrapCapsule } from "./change-keys.js";
import { type Erased, type Erasure, eraseRecords } from "./erase.js";
import { evidenceFor } from "./evidence.js";
import { exportCapsule } from "./export.js";
import { type FogTerms, withTerms } from "./fog-terms.js";
import { importExport } from "./import.js";
import { isImported, refuseImported } from "./imported.js";
import { acknowledgeTips, explainFinding, type Noting } from "./notes.js";
import { capsuleIds, checkRevocation, notOurs, type Revocation, revoked, signalOf } from "./owner-steps.js";
import { type OwnerParties, systemClock } from "./parties.js";
import { auditPinned } from "./pins.js";
import { isOffline, publishVersions } from "./publish.js";
import { readItem } from "./read-item.js";
import { readableFrom } from "./readable.js";
import { type Repair, repairCapsule } from "./repair.js";
import { type Dropped, dropExpiredEpochs } from "./retention.js";
import { type SealOptions, sealCapsule } from "./seal-capsule.js";
import { policyTerms, type SealRequest } from "./seal-request.js";
import { type SweepOptions, type Swept, sweepStore } from "./sweep.js";
import { type Fragment, type Trace, traceFragment } from "./trace.js";
import type { Capsule } from "./types.js";

/** Seals, changes, revokes, and reads the audit. */
export class Owner {
  readonly id: OwnerId;
  readonly #parties: OwnerParties;
  readonly #clock: Clock;

  private constructor(parties: OwnerParties) {
    this.id = ownerIdOf(parties.keys.root.publicKey);
    this.#parties = parties;
    this.#clock = parties.clock ?? systemClock;
  }

  /** Asks nobody yet. */
  static async open(parties: OwnerParties): Promise<Owner> {
    return new Owner(parties);
  }

  /**
   * Seals items and their policy, and publishes them. When harmonizer or authorities cannot be asked the capsule stays
   * *sealed*, whole, until `publish`.
   *
   * @throws TypeError for no items, names that are none or given twice, no policy, no host, no issuer; RangeError for a
   * lease or a push that is no time or no size; either for a wish for fog that cannot be fulfilled.
   * @throws FogboundError `POLICY_INVALID`, `FORMAT_INVALID` when it is too large, and the store's codes.
   */
  async seal(request: SealRequest, options: SealOptions = {}): Promise<Capsule> {
    const version = await sealCapsule({ ...this.#parties, clock: this.#clock }, request, options);
    return this.#publishFirst(version, signalOf(options));
  }

  /**
   * Brings into force what was sealed offline. Safe to call again.
   * @throws FogboundError, as `seal`, `HARMONIZER_` or `AUTHORITY_UNREACHABLE`, and `STORE_UNSUPPORTED` for what was imported.
   */
  async publish(capsule: CapsuleId, waiting: Waiting = {}): Promise<Capsule> {
    await refuseImported(this.#parties.store, capsule, waiting);
    const chain = await readManifests(this.#parties.store, capsule, waiting);
    await publishVersions(chain, this.#parties, waiting);
    return this.capsule(capsule, waiting);
  }

  /**
   * This owner's capsules in the store, by id. The harmonizer says what is in force: junk that somebody put beside a
   * manifest, or in the place of a capsule, hides none.
   */
  async *capsules(waiting: Waiting = {}): AsyncGenerator<Capsule, void, undefined> {
    const { store, harmonizer } = this.#parties;
    for await (const capsule of capsuleIds(store, waiting)) {
      const inForce = await harmonizer.inForce(capsule, waiting);
      const chain = await readManifests(store, capsule, { ...waiting, inForce }).catch((error: unknown) =>
        notOurs(error, inForce !== null),
      );
      if (chain !== null && sameBytes(chain[0].genesis.root, this.#parties.keys.root.publicKey))
        yield await this.capsule(capsule, waiting);
    }
  }

  /** One capsule and how far it has come. @throws FogboundError `CAPSULE_NOT_FOUND`. */
  async capsule(capsule: CapsuleId, waiting: Waiting = {}): Promise<Capsule> {
    const { version, inForce } = await this.#current(capsule, waiting);
    if (!inForce && (await isImported(this.#parties.store, capsule, waiting)))
      return { id: capsule, version: version.manifest.version, state: "imported" };
    const registered = await this.#registered(capsule, waiting);
    const state = await stateOf(version.manifest, {
      inForce,
      registered,
      audit: () => this.#accesses(capsule, waiting),
    });
    return { id: capsule, version: version.manifest.version, state };
  }

  /** What the newest manifest says, as only its owner may see it. @throws FogboundError `KEY_WRONG` for somebody else's capsule. */
  async describe(capsule: CapsuleId, waiting: Waiting = {}): Promise<OwnerView> {
    const { version } = await this.#current(capsule, waiting);
    return openAsOwner(version, this.#parties.keys.read);
  }

  /**
   * A new version with another policy; in force when it resolves.
   * @throws TypeError for no policy, and for one that counts uses on a capsule with a lease. FogboundError `POLICY_INVALID`;
   * as `rewrap`.
   */
  async setPolicy(capsule: CapsuleId, policy: Policy | "record-only", waiting: Waiting = {}): Promise<Capsule> {
    return this.#change(capsule, waiting, async (draft) => {
      const terms = await policyTerms(policy, draft.public.leaseSeconds);
      return {
        ...draft,
        public: { ...draft.public, mode: terms.mode },
        host: { ...draft.host, counted: terms.counted },
        authority: { ...draft.authority, policy: terms.cedar },
      };
    });
  }

  /**
   * Changes what the guard does, and leaves what is left out; in force when it resolves. Decoys stay as they were sealed.
   * @throws TypeError or RangeError for a wish that is none, and for a capsule that was sealed without fog.
   */
  async setFog(capsule: CapsuleId, wish: FogTerms, waiting: Waiting = {}): Promise<Capsule> {
    return this.#change(capsule, waiting, (draft) => withTerms(draft, wish));
  }

  /**
   * Says that a reader was himself after all: his fog ends, and what surprised is learnt as his.
   * @throws TypeError for a reader that is no subject, and for a capsule that was sealed without fog.
   * @throws FogboundError `CLOCK_UNTRUSTED` when the authority's clock is another, `AUTHORITY_UNREACHABLE`,
   * `MANIFEST_STALE`; as `describe`.
   */
  async trust(capsule: CapsuleId, reader: Subject, waiting: Waiting = {}): Promise<void> {
    const { keys, authorities } = this.#parties;
    if (!isSubject(reader))
      throw new TypeError(`Expected a reader as issuer#name, such as local#ann, got ${JSON.stringify(reader)}.`);
    const { authority } = await this.describe(capsule, waiting);
    if (authority.fog === null) throw new TypeError(`Expected a capsule that was sealed with fog, got ${capsule}.`);
    const word = await familiar.sign({ suite: 1, capsule, reader, time: this.#clock() }, keys.root);
    await Promise.all(authorities.map((authority) => authority.trust(word, waiting)));
  }

  /**
   * Whose decoy a fragment is from: lines in any order, columns left out, copied into a mail. Four identifiers are enough.
   * Reads the fragment once, in bounded memory.
   * @returns nothing when nothing in it names anybody; the surest first
   * @throws TypeError for a capsule that was sealed without fog; FogboundError as `audit`.
   */
  async trace(capsule: CapsuleId, fragment: Fragment, waiting: Waiting = {}): Promise<readonly Trace[]> {
    const view = await this.describe(capsule, waiting);
    return traceFragment(view, fragment, () => this.#accesses(capsule, waiting));
  }

  /**
   * Stops the next release; in force when it resolves, the harmonizer's receipt in hand.
   * @throws TypeError for what is none of the four, or two of them. FogboundError as `rewrap`.
   */
  async revoke(capsule: CapsuleId, what: Revocation, waiting: Waiting = {}): Promise<Capsule> {
    checkRevocation(what);
    return this.#change(capsule, waiting, async (draft) => revoked(draft, what));
  }

  /**
   * New wraps for the same content, under the next key version: for other authorities or another threshold, or the same
   * ones anew. In force when it resolves, and accesses go on. It does **not** take back an item key: who has been given
   * one opens the same content with it until `reseal`. Authorities that this owner cannot reach are shown the version by
   * the next host that can, or by `publish`.
   *
   * @throws FogboundError `MANIFEST_STALE` when another change came first, `KEY_WRONG` for somebody else's capsule,
   * `STORE_UNSUPPORTED` for one that was imported, `FORMAT_INVALID`, `HARMONIZER_` or `AUTHORITY_UNREACHABLE`, and the
   * store's codes: then publishing again, or the same call again, is safe.
   */
  async rewrap(capsule: CapsuleId, options: RewrapOptions = {}): Promise<Capsule> {
    await rewrapCapsule(this.#parties, capsule, options);
    return this.capsule(capsule, signalOf(options));
  }

  /**
   * Every item anew: new key, new content id, new ciphertext; the version that names them in force; then the old
   * contents deleted. The only cure for an item key that has left or leaked; it takes back no plaintext. A stream that is
   * open meanwhile may break off. Killed or failed at any moment, the old contents or the new ones are whole and can be
   * read; what is left over, `sweep` finds. Memory does not grow with the items.
   *
   * @throws FogboundError as `rewrap`; `ITEM_NOT_FOUND` or `VERIFICATION_FAILED` when a content is gone or damaged, and
   * nothing is changed; a store's code from deleting, when the new version is in force and old contents are still there.
   */
  async reseal(capsule: CapsuleId, options: ResealOptions = {}): Promise<Capsule> {
    await resealCapsule(this.#parties, capsule, options);
    return this.capsule(capsule, signalOf(options));
  }

  /**
   * Deletes, and tells one by one, what nothing names: contents of seals and reseals that were killed, manifests whose
   * version another won, wraps of epochs that never began. Only what the store says is older than `olderThan` seconds,
   * by its own clock; default a day, as a younger content may be one whose manifest is about to be written.
   *
   * @throws RangeError for an `olderThan` that is no age. FogboundError `STORE_REFUSED`, `HARMONIZER_UNREACHABLE` and the
   * store's codes; `VERIFICATION_FAILED` or `FORMAT_TOO_NEW`, when all others are swept, for a capsule whose manifests
   * cannot be read.
   */
  sweep(options: SweepOptions = {}): AsyncGenerator<Swept, void, undefined> {
    return sweepStore(this.#parties, options);
  }

  /**
   * Lets an auditor read the log, from the epochs that begin under the next version on, or from the beginning. In force
   * when it resolves. Give every auditor a new key for every term: whoever takes a key reads all that was wrapped to it.
   *
   * @returns how many earlier epochs are his to read, and those this owner could not open himself
   * @throws TypeError for a `from` that is none. FogboundError as `rewrap`, and the codes of the journals' authorities.
   */
  async addAuditor(capsule: CapsuleId, auditor: AuditorEntry, options: AddAuditorOptions): Promise<AuditorAdded> {
    const granted = await grantAuditor(this.#parties, capsule, auditor, options);
    return { ...(await this.capsule(capsule, signalOf(options))), ...granted };
  }

  /**
   * Takes an auditor out; in force when it resolves. No epoch that begins from then on is his. What was wrapped to him
   * before he can read for ever.
   *
   * @throws FogboundError as `rewrap`, and `KEY_WRONG` when the manifest names no auditor with this read key.
   */
  async removeAuditor(
    capsule: CapsuleId,
    auditor: Pick<AuditorEntry, "readKey">,
    waiting: Waiting = {},
  ): Promise<Capsule> {
    await withdrawAuditor(this.#parties, capsule, auditor, waiting);
    return this.capsule(capsule, waiting);
  }

  /**
   * Puts an export of this owner's into this vault: once all of it has verified, every byte of every content included.
   * Nothing is written over; an import that was killed is completed by the next. The capsule can be listed, read,
   * audited and exported here, with the evidence that came with it. It is neither changed nor served: its log was another
   * harmonizer's, and goes on nowhere. To serve its items again, seal them anew.
   *
   * @throws FogboundError `FORMAT_INVALID`, `FORMAT_TOO_NEW`, `VERIFICATION_FAILED` for a file that is none or does not
   * verify; `KEY_WRONG` for another owner's; `OBJECT_EXISTS` when the capsule is here; `HARMONIZER_UNREACHABLE`, and the
   * store's codes.
   */
  async import(file: Blob, waiting: Waiting = {}): Promise<Capsule> {
    return this.capsule(await importExport(this.#parties, file, waiting), waiting);
  }

  /**
   * An item, opened with the owner's own key. It asks no authority and leaves no record: it is the owner's own.
   * @throws FogboundError while reading: `CAPSULE_NOT_FOUND`, `ITEM_NOT_FOUND`, `KEY_WRONG` for somebody else's capsule,
   * `VERIFICATION_FAILED`, and the store's codes.
   */
  read(capsule: CapsuleId, item: string, waiting: Waiting = {}): ReadableStream<Uint8Array> {
    return readableFrom(this.#read(capsule, item, waiting));
  }

  /**
   * The capsule's history, verified, and held against the pin kept of it. Its verdict keeps the next pin.
   * @throws FogboundError `CAPSULE_NOT_FOUND`; when a party needed for it cannot be asked, `HARMONIZER_` or
   * `AUTHORITY_UNREACHABLE`, and the store's codes; or the pin cannot be read: what `Pins` throws.
   */
  async audit(capsule: CapsuleId, options: Waiting & { readonly rehashContent?: boolean } = {}): Promise<Audit> {
    const { keys, pins, store } = this.#parties;
    // An archive stands still: it may well be older than what was seen proved of the vault it came from.
    const kept = (await isImported(store, capsule, signalOf(options))) ? undefined : pins;
    const evidenceSince = (pin: Pin | null) => evidenceFor(capsule, this.#parties, { ...options, pin });
    return auditPinned(capsule, evidenceSince, { readKeys: [keys.read] }, kept, signalOf(options));
  }

  /**
   * Signs why one finding is no reason for alarm. Every audit goes on telling it, with the reason beside it; it decides no
   * more. Once a restored backup is explained, the next audit keeps its pin anew.
   * @throws TypeError without a reason, or for one of more than 1024 bytes.
   * @throws FogboundError `HARMONIZER_UNREACHABLE`; `VERIFICATION_FAILED` for somebody else's capsule.
   */
  explain(
    capsule: CapsuleId,
    finding: Pick<Finding, "code" | "sentence" | "evidence">,
    because: string,
    waiting: Waiting = {},
  ): Promise<void> {
    return explainFinding(this.#noting(), capsule, finding, because, waiting);
  }

  /** Signs that all records so far have arrived, and may be dropped when they are old: export first. @throws as `acknowledgeTips`. */
  acknowledge(capsule: CapsuleId, waiting: Waiting = {}): Promise<readonly ChainTip[]> {
    return acknowledgeTips(this.#noting(), capsule, waiting);
  }

  /**
   * Puts back, bit for bit, every batch and head that was lost or has rotted, from what the harmonizer keeps, and gives it
   * anew what it lost itself. Wraps cannot be put back. Safe to repeat.
   * @throws FogboundError what store, harmonizer and authorities throw.
   */
  repair(capsule: CapsuleId, waiting: Waiting = {}): Promise<Repair> {
    return repairCapsule(capsule, this.#parties, waiting);
  }

  /**
   * Takes records away for good: signed into the log first, then out of the vault, the journals and the harmonizer's
   * copies and parity. Proofs stay valid. When it fails or is killed, the same call again ends it.
   * @throws TypeError or RangeError for records that are not in the log, an epoch that may be running, no reason.
   * @throws FogboundError `AUTHORITY_UNREACHABLE` for a journal out of reach, before anything is signed; as `repair`.
   */
  erase(capsule: CapsuleId, what: Erasure, because: string, waiting: Waiting = {}): Promise<Erased> {
    return eraseRecords(capsule, { ...this.#parties, ...this.#noting() }, what, because, waiting);
  }

  /** Takes away epochs that ended, are older than the manifest's retention, and were acknowledged. @throws as `repair`. */
  dropExpired(capsule: CapsuleId, waiting: Waiting = {}): Promise<Dropped> {
    return dropExpiredEpochs(capsule, this.#parties, waiting);
  }

  /**
   * One `.fog` file: all that is needed to read and verify the capsule elsewhere.
   * @throws FogboundError while reading: as `audit`, and `CAPSULE_NOT_FOUND` for what was never published.
   */
  export(capsule: CapsuleId, waiting: Waiting = {}): ReadableStream<Uint8Array> {
    return readableFrom(exportCapsule(capsule, this.#parties, waiting));
  }

  #noting(): Noting {
    return { harmonizer: this.#parties.harmonizer, clock: this.#clock, key: this.#parties.keys.root };
  }

  async *#read(capsule: CapsuleId, name: string, waiting: Waiting): AsyncGenerator<Uint8Array, void, undefined> {
    // After a reseal that lost to another change, two versions name different contents; offline, the newest has to do.
    const inForce = await this.#parties.harmonizer.inForce(capsule, waiting).catch((error: unknown) => {
      if (isOffline(error)) return null;
      throw error;
    });
    const chain = await readManifests(this.#parties.store, capsule, { ...waiting, inForce });
    yield* readItem(this.#parties.store, chain.at(-1) ?? chain[0], name, this.#parties.keys.read, waiting);
  }

  async #change(
    capsule: CapsuleId,
    waiting: Waiting,
    change: (draft: ManifestDraft) => Promise<ManifestDraft>,
  ): Promise<Capsule> {
    await changeCapsule(this.#parties, capsule, change, waiting);
    return this.capsule(capsule, waiting);
  }

  async #publishFirst(version: ManifestVersion, waiting: Waiting): Promise<Capsule> {
    const offline = await publishVersions([version], this.#parties, waiting).then(
      () => false,
      (error: unknown) => {
        if (isOffline(error)) return true;
        throw error;
      },
    );
    return { id: version.capsule, version: version.manifest.version, state: offline ? "sealed" : "published" };
  }

  #current(capsule: CapsuleId, waiting: Waiting): Promise<Current> {
    return currentVersion(this.#parties, capsule, waiting);
  }

  /** For how far a capsule has come, nobody's word but the log's is needed. */
  async #accesses(capsule: CapsuleId, waiting: Waiting): Promise<Audit> {
    const evidence = await evidenceFor(capsule, this.#parties, waiting);
    return verify(evidence, { readKeys: [this.#parties.keys.read] }, signalOf(waiting));
  }

  async #registered(capsule: CapsuleId, waiting: Waiting): Promise<boolean> {
    for await (const _ of this.#parties.store.list(`${layout.hostLog(capsule)}instances/`, waiting)) return true;
    return false;
  }
}
