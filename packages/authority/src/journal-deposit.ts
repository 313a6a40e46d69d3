import type { Deposit } from "@fogbound/log";
import type { Harmonizer, Waiting } from "@fogbound/protocol";
import { depositDelay, longestDepositDelay } from "./defaults.js";
import { Turns } from "./turns.js";

/**
 * Takes a journal to the harmonizer: heads at once, batches in the background, everything in chain order. A batch is
 * durable in the authority's own store before it comes here, so nothing is lost when it must wait.
 */
export class JournalDeposit implements Deposit {
  readonly #harmonizer: Harmonizer;
  readonly #queue: Uint8Array[] = [];
  readonly #turns = new Turns();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #delay: number = depositDelay;
  #closed = false;

  constructor(harmonizer: Harmonizer) {
    this.#harmonizer = harmonizer;
  }

  async head(signedHead: Uint8Array, waiting: Waiting): Promise<void> {
    await this.#turns.run(async () => {
      await this.#submitQueued(waiting);
      await this.#harmonizer.submitHead(signedHead, waiting);
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
    if (this.#timer !== null) clearTimeout(this.#timer);
    return this.#queue.splice(0);
  }

  /** Tries once more; what does not arrive now is deposited when the journal is resumed. */
  async close(waiting: Waiting): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#turns.run(() => this.#submitQueued(waiting)).catch(() => undefined);
  }

  #submitSoon(delay: number): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#turns
        .run(() => this.#submitQueued({}))
        .then(
          () => {
            this.#delay = depositDelay;
          },
          () => {
            this.#submitSoon(this.#delay);
            this.#delay = Math.min(this.#delay * 2, longestDepositDelay);
          },
        );
    }, delay);
    this.#timer.unref();
  }

  async #submitQueued(waiting: Waiting): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      await this.#harmonizer.submitBatch(next, waiting);
      this.#queue.shift();
    }
  }
}
