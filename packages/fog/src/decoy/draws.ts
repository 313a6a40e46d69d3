import { label, sha256 } from "@fogbound/crypto";

const blockWords = 8;

/**
 * Uniform numbers without end from a key: SHA-256 over the key and a counter. What a decoy shows of them tells nothing
 * of the key or of the numbers to come, as the state of a common generator would.
 */
export class Draws {
  readonly #input: Uint8Array;
  readonly #counter: DataView;
  #block: DataView;
  #taken = blockWords;
  #count = 0;
  #spare: number | null = null;

  /** @param key - 32 bytes. @param purpose - Two purposes under one key are two independent series. */
  constructor(key: Uint8Array, purpose: string) {
    const inner = sha256(label("decoy-draws"), key, label(purpose));
    this.#input = new Uint8Array(40);
    this.#input.set(inner);
    this.#counter = new DataView(this.#input.buffer, 32);
    this.#block = this.#counter;
  }

  /** 0 to 2^32 - 1. */
  word(): number {
    if (this.#taken === blockWords) {
      this.#counter.setUint32(0, Math.floor(this.#count / 2 ** 32));
      this.#counter.setUint32(4, this.#count >>> 0);
      this.#count += 1;
      const digest = sha256(this.#input);
      this.#block = new DataView(digest.buffer, digest.byteOffset);
      this.#taken = 0;
    }
    const at = 4 * this.#taken;
    this.#taken += 1;
    return this.#block.getUint32(at);
  }

  /** At least 0, less than 1. */
  unit(): number {
    return (this.word() * 2 ** 21 + (this.word() >>> 11)) / 2 ** 53;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** Of the standard normal distribution (Marsaglia's polar method). */
  normal(): number {
    const spare = this.#spare;
    this.#spare = null;
    if (spare !== null) return spare;
    for (;;) {
      const x = 2 * this.unit() - 1;
      const y = 2 * this.unit() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  /** The index of a weight, as often as its weight is of the sum; 0 when all are 0. */
  weighted(weights: readonly number[]): number {
    let left = this.unit() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of weights.entries()) {
      left -= weight;
      if (left < 0) return index;
    }
    return 0;
  }
}
