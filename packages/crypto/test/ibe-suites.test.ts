import { createHash } from "node:crypto";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { describe, expect, it } from "vitest";
import { combineShares, createShareKey, releaseShare, unwrapKey } from "../src/ibe.js";
import { decryptFullIdent, encryptFullIdent } from "../src/ibe-full-ident.js";
import {
  decodePoint,
  encodeScalar,
  encodeTarget,
  groupOrder,
  hashIdentity,
  multiplyGenerator,
} from "../src/ibe-group.js";
import { pairWithLines, prepareLines } from "../src/ibe-pairing.js";
import { fogboundSuite, type IbeSuite } from "../src/ibe-suite.js";
import { createTargetPower } from "../src/ibe-target-power.js";
import { expectThrown, readVectors } from "./ibe-support.js";

function hash(...parts: (string | Uint8Array)[]): Uint8Array {
  const state = createHash("sha256");
  for (const part of parts) state.update(part);
  return Uint8Array.from(state.digest());
}

/** drand's timelock suite for chains with keys in G1 (pedersen-bls-unchained), for 16-byte age file keys. */
const drandSuite: IbeSuite = {
  messageLength: 16,
  identityTag: new TextEncoder().encode("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"),
  maskSigma: (target) => hash("IBE-H2", target).subarray(0, 16),
  deriveScalar: (sigma, message) => {
    const seed = hash("IBE-H3", sigma, message);
    for (let round = 1; ; round++) {
      const candidate = Buffer.from(hash(Uint8Array.of(round & 255, round >> 8), seed));
      candidate[0] = (candidate[0] ?? 0) >> 1;
      const scalar = BigInt(`0x${candidate.toString("hex")}`);
      if (scalar < groupOrder) return scalar;
    }
  },
  maskMessage: (sigma) => hash("IBE-H4", sigma).subarray(0, 16),
};

interface DrandVectors {
  readonly pairingOfGenerators: string;
  readonly h2OfPairingOfGenerators: string;
  readonly publicKey: string;
  readonly round: number;
  readonly signature: string;
  readonly ciphertext: string;
}

interface FogboundVectors {
  readonly secret: string;
  readonly publicKey: string;
  readonly identity: string;
  readonly sigma: string;
  readonly key: string;
  readonly target: string;
  readonly wrap: string;
}

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

describe("under drand's suite", () => {
  const drand = readVectors<DrandVectors>("ibe-drand.json");
  const ciphertext = fromHex(drand.ciphertext);
  const round = Buffer.alloc(8);
  round.writeBigUInt64BE(BigInt(drand.round));
  const identity = hashIdentity(hash(round), drandSuite.identityTag);
  const identityKey = bls12_381.G2.Point.fromHex(drand.signature);
  const target = pairWithLines(decodePoint(ciphertext.subarray(0, 48)), prepareLines(identityKey));

  it("the identity key is the beacon of the round, under the chain's public key", () => {
    const expected = bls12_381.pairing(decodePoint(fromHex(drand.publicKey)), identity);
    expect(pairWithLines(multiplyGenerator(1n), prepareLines(identityKey))).toEqual(expected);
  });

  it("H2 has drand's value", () => {
    expect(drandSuite.maskSigma(fromHex(drand.pairingOfGenerators))).toEqual(fromHex(drand.h2OfPairingOfGenerators));
  });

  it("a ciphertext of tlock opens, and only with the right value", () => {
    expect(decryptFullIdent(drandSuite, target, ciphertext)).toHaveLength(16);
    const wrong = pairWithLines(multiplyGenerator(1n), prepareLines(identityKey));
    expectThrown("VERIFICATION_FAILED", () => decryptFullIdent(drandSuite, wrong, ciphertext));
    expectThrown("VERIFICATION_FAILED", () => decryptFullIdent(fogboundSuite, target, ciphertext));
  });

  it("encryption with its sigma gives the same ciphertext, byte for byte", () => {
    const fileKey = decryptFullIdent(drandSuite, target, ciphertext);
    const mask = drandSuite.maskSigma(encodeTarget(target));
    const sigma = ciphertext.subarray(48, 64).map((byte, at) => byte ^ (mask[at] ?? 0));
    const power = createTargetPower(pairWithLines(decodePoint(fromHex(drand.publicKey)), prepareLines(identity)));
    expect(encryptFullIdent(drandSuite, power, fileKey, sigma)).toEqual(ciphertext);
  });
});

describe("under Fogbound's suite", () => {
  const vector = readVectors<FogboundVectors>("ibe-fogbound-v1.json");
  const identity = fromHex(vector.identity);
  const publicKey = decodePoint(fromHex(vector.publicKey));

  it("the wrap of version 1 stays as it is, byte for byte", () => {
    const lines = prepareLines(hashIdentity(identity, fogboundSuite.identityTag));
    const power = createTargetPower(pairWithLines(publicKey, lines));
    const wrap = encryptFullIdent(fogboundSuite, power, fromHex(vector.key), fromHex(vector.sigma));
    expect(Buffer.from(wrap).toString("hex")).toBe(vector.wrap);
  });

  it("the share of version 1 stays as it is, and opens the wrap", () => {
    expect(multiplyGenerator(BigInt(`0x${vector.secret}`)).equals(publicKey)).toBe(true);
    const shareKey = createShareKey({ index: 1, secret: fromHex(vector.secret) }, [1], identity);
    const share = releaseShare(shareKey, fromHex(vector.wrap));
    expect(Buffer.from(share).toString("hex")).toBe(vector.target);
    expect(unwrapKey(fromHex(vector.wrap), combineShares([share]))).toEqual(fromHex(vector.key));
  });

  it("H3 keeps to 1 to q - 1, and every byte of its input counts", () => {
    const sigma = new Uint8Array(32);
    const first = fogboundSuite.deriveScalar(sigma, sigma);
    expect(first).toBeGreaterThan(0n);
    expect(first).toBeLessThan(groupOrder);
    for (let at = 0; at < 32; at++) {
      expect(fogboundSuite.deriveScalar(sigma.with(at, 1), sigma)).not.toBe(first);
      expect(fogboundSuite.deriveScalar(sigma, sigma.with(at, 1))).not.toBe(first);
    }
  });

  it("no two oracles share a tag", () => {
    const input = new Uint8Array(576);
    expect(fogboundSuite.maskSigma(input)).not.toEqual(fogboundSuite.maskMessage(input));
    expect(encodeScalar(fogboundSuite.deriveScalar(input, new Uint8Array()))).not.toEqual(
      fogboundSuite.maskSigma(input),
    );
  });
});
