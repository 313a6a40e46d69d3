import { randomBytes, toHex } from "@fogbound/crypto";
import { mostNonces } from "./defaults.js";

/** Nonces given out for registrations: each good once, and for a short time. In memory only: a restart forgets them all. */
export class Nonces {
  readonly #issued = new Map<string, number>();
  readonly #lifetime: number;

  /** @param lifetime milliseconds */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  issue(now: number): Uint8Array {
    for (const [nonce, time] of this.#issued) {
      if (this.#issued.size < mostNonces && now - time <= this.#lifetime) break;
      this.#issued.delete(nonce);
    }
    const nonce = randomBytes(32);
    this.#issued.set(toHex(nonce), now);
    return nonce;
  }

  /** Whether the nonce is one of ours, fresh, and never used before; from now on it is used. */
  use(nonce: Uint8Array, now: number): boolean {
    const name = toHex(nonce);
    const time = this.#issued.get(name);
    this.#issued.delete(name);
    return time !== undefined && now - time <= this.#lifetime;
  }
}
