import { FogboundError } from "@fogbound/errors";
import type { Clock } from "@fogbound/protocol";
import { mostClockStep } from "./defaults.js";

/** The authority's clock, watched: what it has journalled once is not journalled again at an earlier time. */
export class WatchedClock {
  readonly freshness: number;
  readonly #clock: Clock;
  #latest = 0;

  /** @param freshness milliseconds */
  constructor(clock: Clock, freshness: number) {
    this.#clock = clock;
    this.freshness = freshness;
  }

  /** @throws FogboundError `CLOCK_UNTRUSTED` when it ran back by more than 5 s, or tells no time. */
  now(): number {
    const now = this.#clock();
    if (Number.isSafeInteger(now) && now >= this.#latest - mostClockStep) return now;
    throw new FogboundError(
      "CLOCK_UNTRUSTED",
      `The authority's clock ran back from ${stated(this.#latest)} to ${stated(now)}. Set it right.`,
    );
  }

  /** Remembers a time that is journalled now. */
  journalled(time: number): void {
    this.#latest = Math.max(this.#latest, time);
  }

  /** @throws FogboundError `CLOCK_UNTRUSTED`, saying both clocks, when the time is too far from this clock. */
  requireFresh(what: string, time: number, now: number): void {
    if (Math.abs(time - now) <= this.freshness) return;
    throw new FogboundError(
      "CLOCK_UNTRUSTED",
      `The ${what} says ${stated(time)}, the authority's clock ${stated(now)}: more than ${this.freshness / 1000} s apart. Set the clock that is wrong, or ask anew.`,
    );
  }
}

function stated(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "no time" : date.toISOString();
}
