import type { FogboundError } from "@fogbound/errors";
import type { BreakGlass } from "@fogbound/protocol";
import { harmonizerAway } from "./host-wires.js";

/**
 * What this host may still ask for while the harmonizer is away. The authorities decide, each by itself; the host asks for
 * no more than they can grant, so that it leaves no record of a request that nobody answers.
 */
export class Glass {
  readonly #limits: BreakGlass | null;
  #since: number | null = null;
  #granted = 0;
  #refused = false;

  constructor(limits: BreakGlass | null) {
    this.#limits = limits;
  }

  get isAllowed(): boolean {
    return this.#limits !== null;
  }

  /**
   * Before anything is written down.
   * @param since when the host noticed that the harmonizer is away
   * @param counted whether a rule counts this request: only the harmonizer can say the how-manieth it is
   * @throws FogboundError `HARMONIZER_UNREACHABLE`.
   */
  require(since: number, now: number, counted: boolean): void {
    this.#during(since);
    const limits = this.#limits;
    const spent = limits === null || this.#granted >= limits.releases || now - since > limits.seconds * 1000;
    if (counted || spent || this.#refused) throw harmonizerAway();
  }

  granted(since: number | null): void {
    this.#during(since);
    this.#granted++;
  }

  /** An authority's word; nothing more is asked for in this outage. */
  refused(since: number | null, error: FogboundError): void {
    this.#during(since);
    if (error.code === "HARMONIZER_UNREACHABLE") this.#refused = true;
  }

  #during(since: number | null): void {
    if (this.#since === since) return;
    this.#since = since;
    this.#granted = 0;
    this.#refused = false;
  }
}
