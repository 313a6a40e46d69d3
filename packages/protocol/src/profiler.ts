import type { FogSettings, FogVerdict, ReplyText } from "./fog.js";
import type { CapsuleId, OwnerId } from "./identifiers.js";
import type { Variant } from "./manifest.js";
import type { Waiting } from "./parties.js";
import type { ItemDescription } from "./parts.js";
import type { Place } from "./place.js";
import type { Action, Subject } from "./subject.js";

/** One access that the policy permits, as a guard sees it. */
export interface ProfiledAccess {
  readonly owner: OwnerId;
  readonly capsule: CapsuleId;
  readonly settings: FogSettings;
  readonly reader: Subject;
  readonly action: Action;
  readonly item: ItemDescription;
  /** The item's index in the manifest, its variants there, and which of them is the real one. */
  readonly at: number;
  readonly variants: readonly Variant[];
  readonly real: number;
  /** Hash of the request. */
  readonly request: Uint8Array;
  readonly reply: ReplyText | null;
  /** By the authority's clock. */
  readonly time: number;
  /** What the host saw of the reader. */
  readonly place: Place;
}

/** What a guard remembers, by name. Whose it is, and that nobody else reads it, is the keeper's part. */
export interface FogMemory {
  /** null when nothing was saved under this name. */
  load(name: string, waiting?: Waiting): Promise<Remembered | null>;
  /**
   * Durable when it resolves.
   * @param after what it follows; null for the first
   * @returns null when another process has saved meanwhile: load again.
   */
  save(name: string, bytes: Uint8Array, after: Remembered | null, waiting?: Waiting): Promise<Remembered | null>;
}

export interface Remembered {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** What a guard can do besides thinking. */
export interface FogHands {
  readonly memory: FogMemory;
  /** Seals a decoy of the item like content, to the capsule's authorities; null where this authority may write none. */
  readonly seal: ((content: AsyncIterable<Uint8Array>) => Promise<Variant>) | null;
}

/** What a guard has decided. It is final once the journal has it. */
export interface Judged {
  readonly verdict: FogVerdict;
  /** Not null when the step is *challenged*. */
  readonly question: string | null;
  /** The decoy to be served when the step is *fogged*; null otherwise, when what is served is real. */
  readonly variant: Variant | null;
}

/**
 * The guard of a capsule: knows how readers behave, asks those who surprise it, and chooses what is served. An authority
 * asks it when the policy has permitted.
 */
export interface Profiler {
  /** @throws FogboundError what the hands throw: then nothing is answered. */
  judge(access: ProfiledAccess, hands: FogHands, waiting?: Waiting): Promise<Judged>;
  /**
   * The owner says that the reader was himself: fog ends, and what surprised is learnt.
   * @param time of the owner's word; one that is not newer than the last is refused, with `VERIFICATION_FAILED`
   */
  trust(owner: OwnerId, reader: Subject, time: number, hands: FogHands, waiting?: Waiting): Promise<void>;
  /** Saves what is not saved yet. */
  close(waiting?: Waiting): Promise<void>;
}
