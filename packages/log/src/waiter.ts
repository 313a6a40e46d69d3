import { onAbort } from "@fogbound/errors";
import type { RecordBody } from "@fogbound/protocol";
import type { Recorded } from "./sealed-batch.js";

/** What a record is of, beside its body. */
export interface RecordOptions {
  /** SHA-256 of the signed request (or registration) that the commitment binds the record to. */
  readonly requestHash: Uint8Array;
  /** Count tags, in the order of the host part's counted rules. Default: none. */
  readonly counts?: readonly Uint8Array[];
  /** Ends the waiting. A record that was sealed already may be written all the same. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether it is written whatever becomes of the waiting: after the signal has ended it, and after a failure that came
   * before it, with the next record. Not after `MANIFEST_STALE` or `close`. Default: false.
   */
  readonly isKept?: boolean;
}

/** A record that somebody waits for. */
export class Waiter {
  readonly body: RecordBody;
  readonly options: RecordOptions;
  readonly promise: Promise<Recorded>;
  #resolve: (recorded: Recorded) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  #release: () => void = () => undefined;

  constructor(body: RecordBody, options: RecordOptions) {
    this.body = body;
    this.options = options;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { signal } = options;
    if (signal === undefined) return;
    if (signal.aborted) this.#reject(signal.reason);
    else this.#release = onAbort(signal, () => this.reject(signal.reason));
  }

  /** Nobody waits for it, and it is not to be written for anything else. */
  get isGivenUp(): boolean {
    return this.options.signal?.aborted === true && this.options.isKept !== true;
  }

  /** What ends the writing. */
  get signal(): AbortSignal | undefined {
    return this.options.isKept === true ? undefined : this.options.signal;
  }

  resolve(recorded: Recorded): void {
    this.#release();
    this.#resolve(recorded);
  }

  reject(reason: unknown): void {
    this.#release();
    this.#reject(reason);
  }
}
