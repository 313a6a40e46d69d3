import type { CapsuleId, InstanceId } from "./identifiers.js";
import type { AuthorityMember, HarmonizerEntry, Variant } from "./manifest.js";
import type { NoteKind } from "./note.js";

export interface Waiting {
  readonly signal?: AbortSignal;
}

/** Milliseconds since 1970. Injected, so that tests can turn it; NTP-checked in production. */
export type Clock = () => number;

/**
 * What of one log (a host's for one capsule, or an authority's journal) lies where it lies, by relative name:
 * `instances/<instance>/<epoch>/head`, `…/keys/<recipient>`, `…/<batch, 8 digits>`.
 */
export interface LogObjects {
  /** In name order. Throws rather than ends early. */
  list(waiting?: Waiting): AsyncIterable<string>;
  /** null when the store has proved a miss. */
  read(name: string, waiting?: Waiting): Promise<Uint8Array | null>;
  /** Which of them lie under something later, in name order. Left out where nobody can tell. */
  hidden?(waiting?: Waiting): AsyncIterable<HiddenObject>;
}

/**
 * An object that is read although its store, which keeps versions, holds something later over it. Anybody with the right
 * to write or delete there can have put it.
 */
export interface HiddenObject {
  readonly name: string;
  /** A delete marker is among what lies over it. */
  readonly deleted: boolean;
  /** Later versions with other bytes. */
  readonly refilled: number;
  /** Until when the store lets nobody delete the object; null when it says of no date. */
  readonly retainUntil: Date | null;
}

/** Everything a harmonizer keeps for one capsule, under one checkpoint. */
export interface Pulled {
  /** The C2SP note; null while nothing has been checkpointed. */
  readonly checkpoint: string | null;
  /** `prunedBundle` objects, by number. Each time it is iterated the same ones, as of the pull. */
  readonly bundles: AsyncIterable<Uint8Array>;
  /** Names of objects the harmonizer derives from its log and found damaged: it has written them anew since it started. */
  readonly repaired: readonly string[];
}

/** An object that a party keeps for itself beside its log, and that no audit reads: as it lies in its store. */
export interface KeptObject {
  /** Its key there. */
  readonly name: string;
  /** Of a copy of a manifest: what its name says is the hash of the signed manifest. null for anything else. */
  readonly manifest: Uint8Array | null;
  /** Whether it is what its name, or its signature, says. */
  readonly isWhole: boolean;
}

/** Which manifest the log says is in force. */
export interface InForce {
  readonly version: number;
  readonly hash: Uint8Array;
}

/**
 * Sequences what it cannot read, and signs receipts. Every method throws `HARMONIZER_UNREACHABLE` when it could not be
 * asked, `FORMAT_INVALID` or `VERIFICATION_FAILED` when what it was given does not hold.
 */
export interface Harmonizer {
  readonly entry: HarmonizerEntry;
  /**
   * Sequences a signed manifest. For the same one again, the same receipt; its own copy, if that was damaged or lost, is put
   * back.
   * @throws `MANIFEST_STALE` when another version n+1 won.
   */
  submitManifest(signedManifest: Uint8Array, waiting?: Waiting): Promise<Uint8Array>;
  /** Sequences an epoch's head; a leaf receipt. @throws `HOST_UNPROVED` for an instance nobody named stands for, a clone, one revoked. */
  submitHead(signedHead: Uint8Array, waiting?: Waiting): Promise<Uint8Array>;
  /** Sequences a whole batch; a leaf receipt for each record. A batch given twice gets its first receipts. */
  submitBatch(batch: Uint8Array, waiting?: Waiting): Promise<readonly Uint8Array[]>;
  /**
   * Sequences what the owner, or an auditor, says about the log; a leaf receipt, for the same note the same one again.
   * @throws `VERIFICATION_FAILED` when its signer may not say so.
   */
  submitNote(about: NoteKind, signedNote: Uint8Array, waiting?: Waiting): Promise<Uint8Array>;
  /** null when no manifest of this capsule was ever sequenced. */
  inForce(capsule: CapsuleId, waiting?: Waiting): Promise<InForce | null>;
  /** Sequences the tips of the capsule's chains and signs a checkpoint over them. */
  anchor(capsule: CapsuleId, waiting?: Waiting): Promise<void>;
  /** @param options `after`: only bundles with numbers above this one */
  pull(capsule: CapsuleId, options?: Waiting & { readonly after?: number }): Promise<Pulled>;
  /** The `parityShard` objects of the closed stripe this batch is in, damaged ones too; empty while it is open. */
  parity(instance: InstanceId, epoch: number, batch: number, waiting?: Waiting): Promise<readonly Uint8Array[]>;
  /**
   * Drops what it keeps of these epochs: copies and parity. By its own log each has ended, is past the capsule's
   * retention, and was acknowledged. Left out where nothing is ever dropped.
   * @returns those it dropped; the others it keeps
   */
  dropSpares?(
    capsule: CapsuleId,
    epochs: readonly { readonly instance: InstanceId; readonly epoch: number }[],
    waiting?: Waiting,
  ): Promise<readonly { readonly instance: InstanceId; readonly epoch: number }[]>;
  /** What it keeps of this capsule beside its log: its copies of the manifests, in name order. */
  kept(capsule: CapsuleId, waiting?: Waiting): Promise<readonly KeptObject[]>;
  /** Its own copy of a batch, kept until the stripe is closed; null when it keeps none. */
  batchCopy(instance: InstanceId, epoch: number, batch: number, waiting?: Waiting): Promise<Uint8Array | null>;
}

/** A signed answer, and the share sealed to the key that was made for it. */
export interface Answered {
  readonly answer: Uint8Array;
  readonly share: Uint8Array | null;
  /** What the share opens: the variant that the answer names, as it stands in the manifest or was made since. null without a share. */
  readonly variant: Variant | null;
}

/** Decides, journals, answers. Every method throws `AUTHORITY_UNREACHABLE` when it could not be asked. */
export interface Authority {
  readonly member: AuthorityMember;
  /**
   * Shows it a manifest object with the harmonizer's leaf receipt for it. Its own copy of that one, if it was damaged or
   * lost, is put back first, whatever the version.
   * @throws `VERIFICATION_FAILED`, `MANIFEST_STALE` below its floor, `KEY_WRONG` when the manifest does not name it.
   */
  publish(manifestObject: Uint8Array, receipt: Uint8Array, waiting?: Waiting): Promise<void>;
  /** A fresh nonce for one registration. */
  nonce(waiting?: Waiting): Promise<Uint8Array>;
  /** Journals *registered* and releases the host part's key, sealed to the registration's recipient. @throws `HOST_UNPROVED`. */
  register(registration: Uint8Array, waiting?: Waiting): Promise<Uint8Array>;
  /** @param question a `question` object. @throws `READER_UNPROVED`, `HOST_UNPROVED`, `MANIFEST_STALE`, `VERIFICATION_FAILED`, `CLOCK_UNTRUSTED`. */
  answer(question: Uint8Array, waiting?: Waiting): Promise<Answered>;
  /**
   * The owner's signed word that a reader was himself: see `familiar`.
   * @throws `VERIFICATION_FAILED` when it is not the owner's or not newer than the last; `CLOCK_UNTRUSTED` when it is not fresh.
   */
  trust(signedFamiliar: Uint8Array, waiting?: Waiting): Promise<void>;
  /** Its journal for one capsule; the owner pulls it from here, not through the harmonizer. */
  journal(capsule: CapsuleId): LogObjects;
  /** What it keeps of this capsule beside its journal: the manifests it was shown, its notes of outages, what its guard remembers. */
  kept(capsule: CapsuleId, waiting?: Waiting): Promise<readonly KeptObject[]>;
}
