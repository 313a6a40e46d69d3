import { FogboundError, Serial } from "@fogbound/errors";
import type { Deposit } from "@fogbound/log";
import { byTimer, type Harmonizer, isHarmonizerAway, type Later, type Waiting, withPatience } from "@fogbound/protocol";
import { depositDelay, depositSeconds, longestDepositDelay } from "./defaults.js";

/** Who is told how the deposits go. */
export interface DepositWatch {
  /** The harmonizer did not answer. */
  noticed(): void;
  /** Everything that was written is deposited. */
  deposited(): Promise<void>;
}

/**
 * Takes a journal to the harmonizer: heads at once, batches in the background, everything in chain order. A batch is
 * durable in the authority's own store before it comes here, so nothing is lost when it must wait.
 */
export class JournalDeposit implements Deposit {
  readonly #harmonizer: Harmonizer;
  readonly #queue: Uint8Array[] = [];
  readonly #turns = new Serial();
  readonly #watch: DepositWatch | null;
  readonly #later: Later;
  #cancel: (() => void) | null = null;
  #delay: number = depositDelay;
  #closed = false;

  constructor(harmonizer: Harmonizer, later: Later = byTimer, watch: DepositWatch | null = null) {
    this.#harmonizer = harmonizer;
    this.#later = later;
    this.#watch = watch;
  }

  async head(signedHead: Uint8Array, waiting: Waiting): Promise<void> {
    await this.#turns.run(async () => {
      await this.#submitQueued(waiting);
      await this.#patiently(waiting, (within) => this.#harmonizer.submitHead(signedHead, within));
    });
  }

  async batch(batch: Uint8Array): Promise<null> {
    this.#queue.push(batch);
    this.#submitSoon(0);
    return null;
  }

  /** Submits what is queued now. @throws what the harmonizer throws; what it did not take stays queued. */
  flush(): Promise<void> {
    return this.#turns.run(() => this.#submitQueued({}));
  }

  /** Submits no more. @returns what the harmonizer has not taken, in chain order */
  abandon(): readonly Uint8Array[] {
    this.#closed = true;
    this.#cancel?.();
    return this.#queue.splice(0);
  }

  /** Tries once more; what does not arrive now is deposited when the journal is resumed. */
  async close(waiting: Waiting): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    await this.#turns.run(() => this.#submitQueued(waiting)).catch(() => undefined);
  }

  #submitSoon(delay: number): void {
    if (this.#cancel !== null || this.#closed) return;
    this.#cancel = this.#later(delay, async () => {
      this.#cancel = null;
      try {
        await this.#turns.run(() => this.#submitQueued({}));
        this.#delay = depositDelay;
      } catch {
        this.#submitSoon(this.#delay);
        this.#delay = Math.min(this.#delay * 2, longestDepositDelay);
      }
    });
  }

  async #submitQueued(waiting: Waiting): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const batch = next;
      await this.#patiently(waiting, (within) => this.#harmonizer.submitBatch(batch, within));
      this.#queue.shift();
    }
    await this.#watch?.deposited();
  }

  async #patiently<T>(waiting: Waiting, work: (waiting: Waiting) => Promise<T>): Promise<T> {
    const patience = { later: this.#later, milliseconds: depositSeconds * 1000, tooLong };
    try {
      return await withPatience(patience, waiting, work);
    } catch (error) {
      if (isHarmonizerAway(error)) this.#watch?.noticed();
      throw error;
    }
  }
}

function tooLong(): FogboundError {
  return new FogboundError("HARMONIZER_UNREACHABLE", "The harmonizer did not take the journal in time.");
}
