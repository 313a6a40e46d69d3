import { randomBytes } from "@fogbound/crypto";
import { sameBytes } from "@fogbound/protocol";

const fewestPlaces = 1024;

/**
 * Finds numbered slots by the hash that lies in each, as a hash table with open addressing: at most 16 bytes a slot, where
 * a map takes 28, and up to 62 while slots come and go.
 */
export class Slots {
  readonly #hashIn: (slot: number) => Uint8Array;
  /** At each place a slot's number and one more; 0 where there is none. Never more than half full. */
  #table: Int32Array = new Int32Array(fewestPlaces);
  #count = 0;
  /** Readers choose what they sign, and must not choose which of their requests stand in one another's way. */
  readonly #factors: readonly [number, number] = [oddNumber(), oddNumber()];

  /** @param hashIn the hash in a slot: 8 bytes or more, the same for as long as the slot is here */
  constructor(hashIn: (slot: number) => Uint8Array) {
    this.#hashIn = hashIn;
  }

  find(hash: Uint8Array): number | null {
    for (let at = this.#home(hash); ; at = this.#after(at)) {
      const slot = this.#slotAt(at);
      if (slot === null || sameBytes(this.#hashIn(slot), hash)) return slot;
    }
  }

  /** @param slot one that is not here, nor another with its hash */
  add(slot: number): void {
    this.#count++;
    if (2 * this.#count > this.#table.length) this.#grow();
    this.#put(slot);
  }

  /** Before its hash is written over. */
  remove(slot: number): void {
    let free = this.#home(this.#hashIn(slot));
    for (let found = this.#slotAt(free); found !== slot; found = this.#slotAt(free)) {
      if (found === null) return;
      free = this.#after(free);
    }
    this.#count--;
    // A search ends where nothing stands: what stood behind for want of room moves up (Knuth, volume 3, 6.4, algorithm R).
    let at = this.#after(free);
    for (let next = this.#slotAt(at); next !== null; next = this.#slotAt(at)) {
      if (this.#distance(this.#home(this.#hashIn(next)), at) >= this.#distance(free, at)) {
        this.#table[free] = next + 1;
        free = at;
      }
      at = this.#after(at);
    }
    this.#table[free] = 0;
  }

  #put(slot: number): void {
    let at = this.#home(this.#hashIn(slot));
    while (this.#slotAt(at) !== null) at = this.#after(at);
    this.#table[at] = slot + 1;
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Int32Array(2 * before.length);
    for (const one of before) if (one !== 0) this.#put(one - 1);
  }

  #slotAt(at: number): number | null {
    const one = this.#table[at] ?? 0;
    return one === 0 ? null : one - 1;
  }

  #after(at: number): number {
    return (at + 1) & (this.#table.length - 1);
  }

  #distance(from: number, to: number): number {
    return (to - from) & (this.#table.length - 1);
  }

  /** The upper bits of a sum of products with odd numbers that nobody else knows (multiply-shift). */
  #home(hash: Uint8Array): number {
    const [one, other] = this.#factors;
    const sum = Math.imul(wordAt(hash, 0), one) + Math.imul(wordAt(hash, 4), other);
    return (sum >>> 0) >>> (1 + Math.clz32(this.#table.length));
  }
}

function oddNumber(): number {
  return wordAt(randomBytes(4), 0) | 1;
}

function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let next = at; next < at + 4; next++) word = (word << 8) | (bytes[next] ?? 0);
  return word;
}
