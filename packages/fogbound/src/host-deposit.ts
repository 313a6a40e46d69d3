import { Serial } from "@fogbound/errors";
import type { Deposit } from "@fogbound/log";
import { type Harmonizer, isHarmonizerAway, type Waiting } from "@fogbound/protocol";
import { mostHeldBytes } from "./defaults.js";
import { harmonizerAway } from "./host-wires.js";

/**
 * A host's way to the harmonizer, in chain order. Where the manifest allows break-glass, a batch that cannot be deposited
 * is held, without a receipt, and goes before everything else as soon as the harmonizer is back. An epoch never begins
 * without a receipt.
 */
export class HostDeposit implements Deposit {
  readonly #harmonizer: Harmonizer;
  readonly #mayHold: boolean;
  readonly #held: Uint8Array[] = [];
  readonly #turns = new Serial();
  #heldBytes = 0;

  constructor(harmonizer: Harmonizer, mayHold: boolean) {
    this.#harmonizer = harmonizer;
    this.#mayHold = mayHold;
  }

  async head(head: Uint8Array, waiting: Waiting): Promise<unknown> {
    return this.#turns.run(async () => {
      await this.#flush(waiting);
      return this.#harmonizer.submitHead(head, waiting);
    });
  }

  async batch(batch: Uint8Array, waiting: Waiting): Promise<readonly Uint8Array[] | null> {
    return this.#turns.run(async () => {
      try {
        await this.#flush(waiting);
        return await this.#harmonizer.submitBatch(batch, waiting);
      } catch (error) {
        if (!this.#mayHold || !isHarmonizerAway(error)) throw error;
        if (this.#heldBytes + batch.length > mostHeldBytes) throw harmonizerAway(error);
        this.#held.push(batch);
        this.#heldBytes += batch.length;
        return null;
      }
    });
  }

  /** Submits what is held. @throws what the harmonizer throws; what it did not take stays held. */
  flush(waiting: Waiting = {}): Promise<void> {
    return this.#turns.run(() => this.#flush(waiting));
  }

  async #flush(waiting: Waiting): Promise<void> {
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      await this.#harmonizer.submitBatch(next, waiting);
      this.#held.shift();
      this.#heldBytes -= next.length;
    }
  }
}
