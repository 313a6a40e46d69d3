import { FogboundError } from "@fogbound/errors";
import { concatBytes, equalBytes } from "./bytes.js";
import { encodePoint, encodeTarget, multiplyGenerator, pointLength, type TargetElement } from "./ibe-group.js";
import type { IbeSuite } from "./ibe-suite.js";

/**
 * FullIdent encryption: U | V | W.
 *
 * @param power - g^r for the pairing value g = e(public key, Q) of the identity.
 * @param sigma - Fresh random bytes, as many as the message has. Never use them twice.
 */
export function encryptFullIdent(
  suite: IbeSuite,
  power: (scalar: bigint) => TargetElement,
  message: Uint8Array,
  sigma: Uint8Array,
): Uint8Array {
  const scalar = suite.deriveScalar(sigma, message);
  const mask = suite.maskSigma(encodeTarget(power(scalar)));
  return concatBytes(encodedMultiple(scalar), xor(sigma, mask), xor(message, suite.maskMessage(sigma)));
}

/**
 * FullIdent decryption with e(U, identity key).
 *
 * The last step makes r again and compares r*P with U. A wrong `target` gives another sigma, and for that the equation
 * would need a second preimage of H3. So it tells whether every share was right, and as r*P is always the one encoding
 * of a point of order q, it holds U to that too.
 *
 * @throws FogboundError `VERIFICATION_FAILED` if the target or any byte of the ciphertext is not the right one.
 */
export function decryptFullIdent(suite: IbeSuite, target: TargetElement, ciphertext: Uint8Array): Uint8Array {
  const [pointBytes, maskedSigma, maskedMessage] = splitCiphertext(suite, ciphertext);
  const sigma = xor(maskedSigma, suite.maskSigma(encodeTarget(target)));
  const message = xor(maskedMessage, suite.maskMessage(sigma));
  if (!equalBytes(encodedMultiple(suite.deriveScalar(sigma, message)), pointBytes)) {
    throw FogboundError.verificationFailed();
  }
  return message;
}

/** @throws FogboundError `VERIFICATION_FAILED` for any length but that of U, V and W. */
export function splitCiphertext(suite: IbeSuite, ciphertext: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
  const secondEnd = pointLength + suite.messageLength;
  if (ciphertext.length !== secondEnd + suite.messageLength) throw FogboundError.verificationFailed();
  return [
    ciphertext.subarray(0, pointLength),
    ciphertext.subarray(pointLength, secondEnd),
    ciphertext.subarray(secondEnd),
  ];
}

function encodedMultiple(scalar: bigint): Uint8Array {
  return encodePoint(multiplyGenerator(scalar));
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, at) => byte ^ (right[at] ?? 0));
}
