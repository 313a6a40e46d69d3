import { FogboundError } from "@fogbound/errors";
import type { Asked } from "./access.js";
import { freshnessSeconds } from "./defaults.js";

/** As long as a request can be fresh for an authority: it may have been signed ahead of time. */
const lifetime = 2 * freshnessSeconds * 1000;

/** Requests that were served already: one that was seen on the wire and is sent again gets nothing. */
export class TakenRequests {
  readonly #until = new Map<string, number>();

  /** @throws FogboundError `READER_UNPROVED` for one that is there. */
  take({ hash }: Asked, now: number): void {
    for (const [name, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(name);
    }
    if (this.#until.has(String(hash)))
      throw new FogboundError("READER_UNPROVED", "This request was used already. Sign a new one.");
    this.#until.set(String(hash), now + lifetime);
  }

  /** Nothing came of it, so it may be sent again. */
  giveBack({ hash }: Asked): void {
    this.#until.delete(String(hash));
  }
}
