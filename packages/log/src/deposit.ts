import type { Waiting } from "@fogbound/protocol";

/**
 * Where heads and batches go beside the store. Injected: the logger calls nobody by itself. Both must take the same
 * bytes twice without doubling anything.
 */
export interface Deposit {
  /** Resolves when the head is under a receipt; nothing is recorded in the epoch before. */
  head(signedHead: Uint8Array, waiting: Waiting): Promise<unknown>;
  /** A leaf receipt for each record, in order; null when receipts come later, by another way. */
  batch(batch: Uint8Array, waiting: Waiting): Promise<readonly Uint8Array[] | null>;
}
