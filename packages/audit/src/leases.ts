import type { Access, Settled } from "./access.js";

/** What a record may take to its receipt, and clocks may differ by. */
export const lateness = 300_000;

interface Lease {
  readonly settled: Settled;
  readonly until: number;
}

/**
 * The accesses whose answers may be used again: kept as long as that, however many accesses come after. There is one for
 * each reader, item and action at an instance at a time, so they are bounded by what is in use and not by the history.
 */
export class Leases {
  /** By request hash, oldest first. */
  readonly #kept: Map<string, Lease> = new Map();

  /** Keeps what a permit with a lease answered. */
  keep({ id, answered }: Access, settled: Settled): void {
    const ends = answered.map(({ body }) =>
      body.decision === "permit" && body.leaseSeconds > 0 ? body.time + 1000 * body.leaseSeconds : 0,
    );
    const until = Math.max(0, ...ends);
    if (until > 0) this.#kept.set(id, { settled, until });
  }

  find(id: string): Settled | null {
    return this.#kept.get(id)?.settled ?? null;
  }

  /** Forgets what no access recorded from now on can be served under. @param now by the harmonizer's clock */
  drop(now: number): void {
    for (const [id, { until }] of this.#kept) {
      if (until + 2 * lateness >= now) return;
      this.#kept.delete(id);
    }
  }
}
