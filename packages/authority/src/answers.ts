import { toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import type { Variant } from "@fogbound/protocol";
import { mostClockStep } from "./defaults.js";

/** An answer that was journalled. */
export interface KeptAnswer {
  readonly answer: Uint8Array;
  /** null unless it permits. */
  readonly share: Uint8Array | null;
  /** What the share opens; null unless it permits. */
  readonly variant: Variant | null;
}

interface Entry {
  readonly quorum: string;
  readonly until: number;
  readonly kept: Promise<KeptAnswer>;
}

/** A request is answered once. Asked again while it is fresh, it gets the same answer, and no second journal record. */
export class Answers {
  readonly #entries = new Map<string, Entry>();

  /**
   * @param until when the request ceases to be fresh, and cannot be asked again
   * @throws FogboundError `FORMAT_INVALID` for a request that was answered for other authorities: the share would be useless.
   */
  once(
    requestHash: Uint8Array,
    quorum: readonly number[],
    times: { readonly now: number; readonly until: number },
    make: () => Promise<KeptAnswer>,
  ): Promise<KeptAnswer> {
    this.#prune(times.now);
    const name = toHex(requestHash);
    const known = this.#entries.get(name);
    if (known !== undefined && known.quorum === String(quorum)) return known.kept;
    if (known !== undefined)
      throw new FogboundError(
        "FORMAT_INVALID",
        `This request was answered for the authorities [${known.quorum}], got it again for [${quorum}]. Make a new request.`,
      );
    const entry = { quorum: String(quorum), until: times.until, kept: make() };
    this.#entries.set(name, entry);
    entry.kept.catch(() => this.#entries.delete(name));
    return entry.kept;
  }

  #prune(now: number): void {
    for (const [name, { until, kept }] of this.#entries) {
      // A clock that steps back would make the request fresh again, and it would be answered a second time.
      if (until + mostClockStep >= now) continue;
      this.#entries.delete(name);
      kept.then(({ share }) => share?.fill(0)).catch(() => undefined);
    }
  }
}
