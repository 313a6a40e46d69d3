import { rootOf } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type Bundle,
  bundle as bundleFormat,
  type HarmonizerEntry,
  leafHashesOf,
  type Receipt,
  receipt as receiptFormat,
  sameBytes,
  sequenceObject,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { names } from "./names.js";
import { readObject } from "./objects.js";
import type { Position } from "./state.js";

/** A bundle under its receipt. */
export interface SequencedBundle {
  readonly bundle: Bundle;
  /** Signed. */
  readonly receipt: Uint8Array;
  readonly leafHashes: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** The bundles as they lie in the store: none is believed without this harmonizer's receipt for it. */
export class History {
  readonly #store: ObjectStore;
  readonly #harmonizer: HarmonizerEntry;

  constructor(store: ObjectStore, harmonizer: HarmonizerEntry) {
    this.#store = store;
    this.#harmonizer = harmonizer;
  }

  /**
   * null when the store has proved that there is none.
   * @throws FogboundError `FORMAT_INVALID`, or `VERIFICATION_FAILED` when receipt and bundle are not of one another.
   */
  async read(number: number, waiting: Waiting = {}): Promise<SequencedBundle | null> {
    const bytes = await readObject(this.#store, names.sequence(number), waiting);
    return bytes === null ? null : this.#open(number, bytes);
  }

  /** A bundle that was there. @throws FogboundError as `read`, and `FORMAT_INVALID` when it is gone. */
  async readKnown(number: number, waiting: Waiting = {}): Promise<SequencedBundle> {
    const found = await this.read(number, waiting);
    if (found === null) throw missingBundle(number, "it was there before");
    return found;
  }

  async #open(number: number, bytes: Uint8Array): Promise<SequencedBundle> {
    try {
      const { bundle: bundleBytes, receipt } = sequenceObject.decode(bytes);
      const statement = await receiptFormat.verify(receipt, this.#harmonizer.receiptKey);
      const bundle = bundleFormat.decode(bundleBytes);
      const leafHashes = leafHashesOf(bundle);
      const sequenced = { bundle, receipt, leafHashes, root: rootOf(leafHashes) };
      if (bundle.number === number && isOf(statement, sequenced, this.#harmonizer.origin)) return sequenced;
    } catch (error) {
      const about = new Error(`${names.sequence(number)} does not hold under this harmonizer's keys.`, {
        cause: error,
      });
      throw FogboundError.isInstance(error) ? new FogboundError(error.code, error.message, { cause: about }) : error;
    }
    throw FogboundError.verificationFailed(new Error(`${names.sequence(number)} is not what its receipt says.`));
  }
}

/** @throws FogboundError `VERIFICATION_FAILED` unless the bundle follows all that came before. */
export function assertFollows({ bundle }: SequencedBundle, position: Position): void {
  const { next, size, root, time } = position;
  const follows = bundle.number === next && bundle.first === size && sameBytes(bundle.previous, root);
  if (follows && bundle.time >= time) return;
  throw FogboundError.verificationFailed(new Error(`Bundle ${bundle.number} does not follow the one before.`));
}

export function after({ bundle, leafHashes, root }: SequencedBundle): Position {
  return { next: bundle.number + 1, size: bundle.first + leafHashes.length, root, time: bundle.time };
}

export function missingBundle(number: number, because: string): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    `Expected the bundle ${names.sequence(number)}, as ${because}; got nothing. Bundles are never deleted: restore it from a copy of the store.`,
  );
}

function isOf(statement: Receipt, { bundle, leafHashes, root }: SequencedBundle, origin: string): boolean {
  const placed = statement.bundle === bundle.number && statement.first === bundle.first;
  const counted = statement.count === leafHashes.length && statement.time === bundle.time;
  const hashed = sameBytes(statement.root, root) && sameBytes(statement.previous, bundle.previous);
  return placed && counted && hashed && statement.origin === origin;
}
