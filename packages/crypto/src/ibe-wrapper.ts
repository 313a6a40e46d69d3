import { encryptFullIdent } from "./ibe-full-ident.js";
import { decodePoint, type G1Point, type G2Point, hashIdentity, type TargetElement } from "./ibe-group.js";
import { pairWithLines, prepareLines } from "./ibe-pairing.js";
import { fogboundSuite } from "./ibe-suite.js";
import { createTargetPower } from "./ibe-target-power.js";
import { randomBytes } from "./random.js";

/** Wraps item keys to one identity under one master public key. Holds no secret. Made by `createWrapper`. */
export class KeyWrapper {
  readonly #publicKey: G1Point;
  readonly #identity: G2Point;
  #power: ((scalar: bigint) => TargetElement) | undefined;

  constructor(publicKey: G1Point, identity: G2Point) {
    this.#publicKey = publicKey;
    this.#identity = identity;
  }

  /**
   * A fresh wrap of a 32-byte item key: U | V | W, 112 bytes. Two wraps of one key have nothing in common.
   * The first call costs one pairing and a table; later ones, few multiplications each.
   *
   * @throws RangeError for a key of another length.
   */
  wrap(key: Uint8Array): Uint8Array {
    if (key.length !== fogboundSuite.messageLength) {
      throw new RangeError(`Expected an item key of ${fogboundSuite.messageLength} bytes, got ${key.length}.`);
    }
    this.#power ??= createTargetPower(pairWithLines(this.#publicKey, prepareLines(this.#identity)));
    return encryptFullIdent(fogboundSuite, this.#power, key, randomBytes(fogboundSuite.messageLength));
  }
}

/**
 * @param publicKey - The authorities' master public key, 48 bytes. Check it against their commitments first, by
 *   `verifyCommitments`: a wrap to a key that nobody holds can never be opened.
 * @param identity - Deterministic CBOR of ["fogbound/v1/ibe", capsule id, key version]; any bytes here.
 * @throws FogboundError `VERIFICATION_FAILED` unless `publicKey` is the one encoding of a point of order q in G1.
 */
export function createWrapper(publicKey: Uint8Array, identity: Uint8Array): KeyWrapper {
  return new KeyWrapper(decodePoint(publicKey), hashIdentity(identity, fogboundSuite.identityTag));
}
