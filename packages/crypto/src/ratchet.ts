import { hkdfSha256, hmacSha256 } from "./hash.js";
import { label } from "./labels.js";

const noSalt: Uint8Array = new Uint8Array(0);

/** The first chain key of an epoch. Whoever holds the epoch's secret reads all of the epoch. */
export function epochChainKey(secret: Uint8Array): Uint8Array {
  return hkdfSha256(secret, noSalt, label("epoch"), 32);
}

const recordKeyLabel: Uint8Array = /* @__PURE__ */ label("record-key");
const chainKeyLabel: Uint8Array = /* @__PURE__ */ label("chain-key");
const firstBlock: Uint8Array = Uint8Array.of(1);

/** HKDF-Expand to one block of 32 bytes (RFC 5869 section 2.3). Both keys of a step come from one extraction. */
function expand(extracted: Uint8Array, info: Uint8Array): Uint8Array {
  return hmacSha256(extracted, info, firstBlock);
}

/**
 * One key a record, each derived from a chain key that is overwritten when it has been used: whoever takes the
 * process's memory reads the records to come, not those before. Overwriting is best effort, JavaScript promises none.
 */
export class Ratchet {
  readonly #chainKey: Uint8Array;
  #position = 0;

  /** Copies the chain key; erasing the argument is the caller's part. @throws RangeError unless it has 32 bytes. */
  constructor(chainKey: Uint8Array) {
    if (chainKey.length !== 32) throw new RangeError(`Expected a chain key of 32 bytes, got ${chainKey.length}.`);
    this.#chainKey = chainKey.slice();
  }

  /** How many record keys have been drawn. */
  get position(): number {
    return this.#position;
  }

  /** A copy of the key that the next record key, and all after it, come from. */
  get chainKey(): Uint8Array {
    return this.#chainKey.slice();
  }

  /** The 32-byte key of the next record: for one use, then to be overwritten by who drew it. */
  next(): { recordKey: Uint8Array } {
    const extracted = hmacSha256(noSalt, this.#chainKey);
    const recordKey = expand(extracted, recordKeyLabel);
    const following = expand(extracted, chainKeyLabel);
    this.#chainKey.set(following);
    following.fill(0);
    extracted.fill(0);
    this.#position++;
    return { recordKey };
  }
}
