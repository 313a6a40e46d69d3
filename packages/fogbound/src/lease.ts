import { hashOf } from "@fogbound/protocol";
import type { Asked, AskedAnswer } from "./access.js";
import { freshnessSeconds } from "./defaults.js";

interface Lease {
  readonly answer: AskedAnswer;
  readonly until: number;
}

/**
 * Answers that may be used again: for one session, item and action of one instance and manifest version, from the same
 * place and for the same purpose, of which the policy may have made its decision depend.
 */
export class Leases {
  readonly #leases = new Map<string, Lease>();

  /** null when an authority must be asked: also for what it would refuse, a request out of time or an ended session. */
  find(asked: Asked, now: number): AskedAnswer | null {
    const key = keyOf(asked);
    const lease = this.#leases.get(key);
    if (lease === undefined) return null;
    if (now >= lease.until) {
      this.#drop(key);
      return null;
    }
    if (now >= asked.session.expires || Math.abs(asked.request.time - now) > freshnessSeconds * 1000) return null;
    return { ...lease.answer, itemKey: lease.answer.itemKey?.slice() ?? null };
  }

  /** @param most seconds that the manifest allows; an authority that says more is not followed */
  keep(asked: Asked, answer: AskedAnswer, now: number, most: number): void {
    const seconds = Math.min(answer.first.leaseSeconds, most);
    if (answer.itemKey === null || seconds === 0) return;
    // From the time in the answer, which an audit counts from; one that lies ahead would make the lease longer.
    const until = Math.min(now, answer.first.time) + seconds * 1000;
    this.#leases.set(keyOf(asked), { answer: { ...answer, itemKey: answer.itemKey.slice() }, until });
  }

  /** Forgets every key it holds. */
  clear(): void {
    for (const key of [...this.#leases.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    this.#leases.get(key)?.answer.itemKey?.fill(0);
    this.#leases.delete(key);
  }
}

/** By the session's very bytes, which an authority has verified: a name in a session that it has not is a claim. */
function keyOf({ signed, request, place }: Asked): string {
  const { item, action, purpose, place: claimed } = request;
  return JSON.stringify([hashOf(signed.session).join(), item, action, purpose, place, claimed]);
}
