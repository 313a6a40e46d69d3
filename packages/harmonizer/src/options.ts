import { equalBytes, type SigningKey } from "@fogbound/crypto";
import type { Alerts, CapsuleId, Clock, Harmonizer, Later, Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { Unacknowledged } from "./acknowledged.js";
import type { Sink } from "./sink.js";

export interface HarmonizerOptions {
  /** Where the log lies, under `harmonizer/`. Stays the caller's: `close` does not close it. */
  readonly store: ObjectStore;
  /** The C2SP origin line: 1 to 255 visible characters, no "+". The same for ever, as are the keys. */
  readonly origin: string;
  /** Signs receipts and tips. */
  readonly receiptKey: SigningKey;
  /** Signs checkpoints, and nothing else: it must be another key. */
  readonly logKey: SigningKey;
  readonly clock: Clock;
  /** Seconds after a leaf within which a checkpoint covers it; a capsule's manifest may ask for less. Default: 10. */
  readonly checkpointSeconds?: number;
  /** Where each capsule's log is pushed to when its manifest says. Default: nowhere. */
  readonly sinks?: readonly Sink[];
  /** Whom to tell what cannot wait for the next audit. Default: nobody. */
  readonly alerts?: Alerts;
  /** How pushes are timed and tried again. Default: the runtime's timers. */
  readonly later?: Later;
}

/** A harmonizer in this process, over a store that other processes may share. */
export interface EmbeddedHarmonizer extends Harmonizer {
  /** The chains whose last records nobody has acknowledged: a push that was delivered acknowledges nothing. */
  unacknowledged(capsule: CapsuleId, waiting?: Waiting): Promise<readonly Unacknowledged[]>;
  /**
   * Sequences what is pending, makes a last checkpoint, stops. Every later call but `close` rejects with a TypeError.
   * @throws FogboundError when that checkpoint could not be written; the leaves are sequenced all the same.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @throws TypeError or RangeError for options that are none. */
export function assertOptions(options: HarmonizerOptions): void {
  const { origin, receiptKey, logKey, checkpointSeconds = 10, sinks = [] } = options;
  if (new Set(sinks.map(({ name }) => name)).size < sinks.length)
    throw new TypeError(`Expected sinks with names of their own, got [${sinks.map(({ name }) => name).join(", ")}].`);
  if (!/^[^\s+\p{Cc}]{1,255}$/u.test(origin))
    throw new TypeError(
      `Expected an origin of 1 to 255 characters without space or "+", got ${JSON.stringify(origin)}.`,
    );
  if (equalBytes(receiptKey.publicKey, logKey.publicKey))
    throw new TypeError("Expected two keys, one for receipts and one for the log, got the same key twice.");
  if (!Number.isFinite(checkpointSeconds) || checkpointSeconds < 0 || checkpointSeconds > 86_400)
    throw new RangeError(`Expected checkpointSeconds from 0 to 86400, got ${String(checkpointSeconds)}.`);
}
