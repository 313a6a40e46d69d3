import type { CapsuleId, InstanceId } from "@fogbound/protocol";

/** Where one chain stands. Values are never changed, only replaced. */
export interface Chain {
  readonly instance: InstanceId;
  readonly capsule: CapsuleId;
  /** Epoch of its newest head. */
  readonly epoch: number;
  /** Newest batch in that epoch; 0 when it has none yet. */
  readonly batch: number;
  /** Its last record; 0 and null when it has none. */
  readonly number: number;
  readonly hash: Uint8Array | null;
  /** The epoch that record is in. */
  readonly recordEpoch: number;
}

/** What is in force in one capsule, and whether its last tips still name all there is. */
export interface CapsuleState {
  readonly version: number;
  readonly hash: Uint8Array;
  readonly tipsExact: boolean;
}

/** The end of the sequence. */
export interface Position {
  /** Number of the bundle to come. */
  readonly next: number;
  /** Leaves so far. */
  readonly size: number;
  /** Root over the leaves of the last bundle; null before the first. */
  readonly root: Uint8Array | null;
  readonly time: number;
}

export const start: Position = { next: 0, size: 0, root: null, time: 0 };

/**
 * What the bundles say so far, as far as the next one must follow it: numbers and hashes, no records. A state may lie
 * above another and hold what a bundle would change, until it is known whether that bundle won its number.
 */
export class State {
  readonly #beneath: State | null;
  readonly #chains = new Map<InstanceId, Chain>();
  readonly #capsules = new Map<CapsuleId, CapsuleState>();
  readonly #ordinals = new Map<CapsuleId, Map<string, number>>();

  constructor(beneath: State | null = null) {
    this.#beneath = beneath;
  }

  chain(instance: InstanceId): Chain | undefined {
    return this.#chains.get(instance) ?? this.#beneath?.chain(instance);
  }

  setChain(chain: Chain): void {
    this.#chains.set(chain.instance, chain);
  }

  /** All chains of a capsule, by instance id. */
  chains(capsule: CapsuleId): ReadonlyMap<InstanceId, Chain> {
    const all = new Map(this.#beneath?.chains(capsule));
    for (const chain of this.#chains.values()) if (chain.capsule === capsule) all.set(chain.instance, chain);
    return all;
  }

  capsule(capsule: CapsuleId): CapsuleState | undefined {
    return this.#capsules.get(capsule) ?? this.#beneath?.capsule(capsule);
  }

  setCapsule(capsule: CapsuleId, value: CapsuleState): void {
    this.#capsules.set(capsule, value);
  }

  /** How many records there are under a count tag. */
  count(capsule: CapsuleId, tag: string): number {
    return this.#ordinals.get(capsule)?.get(tag) ?? this.#beneath?.count(capsule, tag) ?? 0;
  }

  /** Counts one more record under the tag; which one it is, from 1. */
  countOne(capsule: CapsuleId, tag: string): number {
    const ordinal = this.count(capsule, tag) + 1;
    const ofCapsule = this.#ordinals.get(capsule) ?? new Map<string, number>();
    this.#ordinals.set(capsule, ofCapsule.set(tag, ordinal));
    return ordinal;
  }
}
