import type { ReaderSession } from "@fogbound/identity";
import type { CapsuleId, Clock } from "@fogbound/protocol";

/**
 * One login, and a session of its own for each capsule: a session counts its requests, and an audit of one capsule sees
 * that capsule's alone, so that one session used on two would leave requests out of both. All end with the first.
 */
export class CapsuleSessions {
  readonly #first: ReaderSession;
  readonly #begin: (seconds: number) => Promise<ReaderSession>;
  readonly #clock: Clock;
  readonly #byCapsule: Map<CapsuleId, Promise<ReaderSession>> = new Map();

  /** @param begin another session of the same reader, that lasts so many seconds */
  constructor(first: ReaderSession, begin: (seconds: number) => Promise<ReaderSession>, clock: Clock) {
    this.#first = first;
    this.#begin = begin;
    this.#clock = clock;
  }

  of(capsule: CapsuleId): Promise<ReaderSession> {
    const known = this.#byCapsule.get(capsule);
    if (known !== undefined) return known;
    const seconds = Math.floor((this.#first.expires - this.#clock()) / 1000);
    const isFirst = this.#byCapsule.size === 0 || seconds < 1;
    const own = isFirst ? Promise.resolve(this.#first) : this.#begin(seconds);
    if (seconds >= 1) this.#byCapsule.set(capsule, own);
    return own;
  }
}
