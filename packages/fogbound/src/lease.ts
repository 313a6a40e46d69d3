import type { Asked, AskedAnswer } from "./access.js";

/** Answers that may be used again: for one subject, item and action of one instance and manifest version. */
export class Leases {
  readonly #leases = new Map<string, { readonly answer: AskedAnswer; readonly until: number }>();

  find(asked: Asked, now: number): AskedAnswer | null {
    const lease = this.#leases.get(keyOf(asked));
    if (lease === undefined) return null;
    if (now < lease.until) return { ...lease.answer, itemKey: lease.answer.itemKey?.slice() ?? null };
    this.#drop(keyOf(asked));
    return null;
  }

  keep(asked: Asked, answer: AskedAnswer, now: number): void {
    if (answer.itemKey === null || answer.first.leaseSeconds === 0) return;
    const until = now + answer.first.leaseSeconds * 1000;
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

function keyOf({ request, session }: Asked): string {
  return JSON.stringify([session.subject, request.item, request.action]);
}
