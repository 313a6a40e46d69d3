import { expand_message_xmd } from "@noble/curves/abstract/hash-to-curve.js";
import { bytesToNumberBE } from "@noble/curves/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8 } from "./bytes.js";
import { groupOrder } from "./ibe-group.js";
import { label } from "./labels.js";

/**
 * The random oracles of Boneh-Franklin FullIdent (CRYPTO 2001, section 4.2) and the length they work on.
 * Fogbound has one suite; another exists in tests only, to interoperate with ciphertexts that others made.
 */
export interface IbeSuite {
  /** Bytes of a message, and of sigma. */
  readonly messageLength: number;
  /** H1's domain separation tag, for BLS12381G2_XMD:SHA-256_SSWU_RO_ (RFC 9380 section 8.8.2). */
  readonly identityTag: Uint8Array;
  /** H2: 576 bytes of a pairing value to a mask for sigma. */
  readonly maskSigma: (target: Uint8Array) => Uint8Array;
  /** H3: sigma and message to a scalar from 1 to q - 1. */
  readonly deriveScalar: (sigma: Uint8Array, message: Uint8Array) => bigint;
  /** H4: sigma to a mask for the message. */
  readonly maskMessage: (sigma: Uint8Array) => Uint8Array;
}

const maskSigmaTag = label("ibe-h2");
const scalarTag = label("ibe-h3");
const maskMessageTag = label("ibe-h4");

/**
 * H2, H3 and H4 are `expand_message_xmd` with SHA-256 (RFC 9380 section 5.3.1), each under its own tag; the tag of H1
 * has the form that RFC 9380 section 3.1 recommends.
 */
export const fogboundSuite: IbeSuite = {
  messageLength: 32,
  identityTag: utf8("fogbound/v1/ibe-identity-with-BLS12381G2_XMD:SHA-256_SSWU_RO_"),
  maskSigma: (target) => expand_message_xmd(target, maskSigmaTag, 32, sha256),
  deriveScalar: (sigma, message) =>
    toNonZeroScalar(expand_message_xmd(concatBytes(sigma, message), scalarTag, 48, sha256)),
  maskMessage: (sigma) => expand_message_xmd(sigma, maskMessageTag, 32, sha256),
};

/** Uniform over 1 to q - 1 to within 2^-128, as 48 bytes are 129 bits more than q has (RFC 9380 section 5.1). */
function toNonZeroScalar(wide: Uint8Array): bigint {
  return (bytesToNumberBE(wide) % (groupOrder - 1n)) + 1n;
}
