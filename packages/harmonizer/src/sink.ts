import type { CapsuleId, Waiting } from "@fogbound/protocol";

/** How far a sink has got with one capsule. */
export interface Arrived {
  /** Number of the last push. */
  readonly number: number;
  /** Number of the last bundle in it, and how many of that one's batches are still to come. */
  readonly bundle: number;
  readonly remaining: number;
}

/**
 * Where a harmonizer pushes logs to: a mailbox of the owner, a webhook, mail. That a push was delivered acknowledges
 * nothing; only a signed *received* note does.
 */
export interface Sink {
  /** For alerts; a sink's own among those of one harmonizer. */
  readonly name: string;
  /**
   * Delivers one `pushed` object. The same one may come again.
   * @throws FogboundError `OBJECT_EXISTS` when another process has pushed another one under this number: the harmonizer
   *   then asks how far the sink has got. Anything else it throws is tried again.
   */
  push(pushed: Uint8Array, waiting: Waiting): Promise<void>;
  /** The last push of a capsule that arrived; null before the first, or for a sink that does not remember. */
  arrived(capsule: CapsuleId, waiting: Waiting): Promise<Arrived | null>;
}
