import { FogboundError } from "@fogbound/errors";
import { backoff, type Clock, type Later, type Waiting, withPatience } from "@fogbound/protocol";
import { patienceSeconds } from "./defaults.js";

export interface ReachParts {
  readonly clock: Clock;
  readonly later: Later;
  readonly isAway: (error: unknown) => boolean;
  /** What a call is refused with that is not made, or takes too long. */
  readonly unreachable: (cause?: unknown) => FogboundError;
  /** Called once for each outage. */
  readonly onLost: (since: number) => void;
  /** Asks again; rejects when the party is still away. */
  readonly again: () => Promise<void>;
  /** Makes up for what was missed, once it has answered; rejects when it is away again. */
  readonly catchUp: () => Promise<void>;
}

/**
 * Whether another party answers. A party that has failed once is asked again before anything rests on it; one that fails
 * again is left alone for longer and longer, and whoever needs it is told so at once.
 */
export class Reach {
  readonly #parts: ReachParts;
  #since: number | null = null;
  #failures = 0;
  #notBefore = 0;
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(parts: ReachParts) {
    this.#parts = parts;
  }

  /** Since when it is known to be away; null when nothing is known against it. */
  get since(): number | null {
    return this.#since;
  }

  /** @throws FogboundError without asking, while it is too early to ask again; and what the work throws. */
  async call<T>(waiting: Waiting, work: (waiting: Waiting) => Promise<T>): Promise<T> {
    const { clock, later, unreachable, isAway } = this.#parts;
    if (this.#failures > 1 && clock() < this.#notBefore) throw unreachable();
    const patience = { later, milliseconds: patienceSeconds * 1000, tooLong: unreachable };
    try {
      const result = await withPatience(patience, waiting, work);
      this.#found();
      return result;
    } catch (error) {
      if (isAway(error)) this.#lost();
      else if (FogboundError.isInstance(error)) this.#found();
      throw error;
    }
  }

  /**
   * False for a party that is known to be away and does not answer this ping either. Asks only then.
   * @param ping a `call` of its own
   */
  async isThere(ping: () => Promise<unknown>): Promise<boolean> {
    if (this.#since === null) return true;
    try {
      await ping();
      return true;
    } catch (error) {
      if (this.#parts.isAway(error)) return false;
      throw error;
    }
  }

  /** Asks no more by itself. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #found(): void {
    if (this.#since === null) return;
    this.#since = null;
    this.#failures = 0;
    this.#doAfter(0, this.#parts.catchUp);
  }

  #lost(): void {
    const { clock, onLost } = this.#parts;
    const now = clock();
    const wait = backoff(this.#failures);
    this.#failures++;
    this.#notBefore = now + wait;
    if (this.#since === null) {
      this.#since = now;
      onLost(now);
    }
    this.#doAfter(wait, this.#parts.again);
  }

  /** One thing at a time is due: to ask again, or to catch up. */
  #doAfter(milliseconds: number, work: () => Promise<void>): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#stopped) return;
    this.#cancel = this.#parts.later(milliseconds, async () => {
      this.#cancel = null;
      this.#notBefore = 0;
      // What fails has set the next time already, and those who wait for it are told.
      await work().catch(() => undefined);
    });
  }
}
