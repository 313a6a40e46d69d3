import { describe, expect, it } from "vitest";
import { generateMaster, publicKeyFromCommitments, type ShareCommitment, verifyCommitments } from "../src/ibe.js";
import { expectThrown } from "./ibe-support.js";

describe("a master key", () => {
  it.each([
    [1, 1],
    [1, 3],
    [2, 3],
    [3, 5],
  ])("of %i of %i follows from the commitments of all its authorities, and of enough of them", (threshold, count) => {
    const { publicKey, shares } = generateMaster(threshold, count);
    expect(shares.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    expect(publicKeyFromCommitments(threshold, shares)).toEqual(publicKey);
    expect(publicKeyFromCommitments(threshold, shares.slice(-threshold).toReversed())).toEqual(publicKey);
    expect(verifyCommitments(publicKey, threshold, shares)).toBe(true);
  });

  it("of one of many gives every authority the same secret", () => {
    const { publicKey, shares } = generateMaster(1, 3);
    for (const { commitment } of shares) expect(commitment).toEqual(publicKey);
  });

  it("is a new one each time", () => {
    expect(generateMaster(1, 1).publicKey).not.toEqual(generateMaster(1, 1).publicKey);
  });

  it.each([
    [0, 1],
    [2, 1],
    [1, 0],
    [1, 256],
    [1.5, 2],
    [1, 1.5],
    [-1, 1],
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
  ])("cannot be %d of %d", (threshold, count) => {
    expect(() => generateMaster(threshold, count)).toThrow(RangeError);
  });
});

describe("commitments", () => {
  const { publicKey, shares } = generateMaster(2, 4);
  const other = generateMaster(2, 4);

  function replaceFirst(change: Partial<ShareCommitment>): ShareCommitment[] {
    return shares.map(({ index, commitment }) =>
      index === 1 ? { index, commitment, ...change } : { index, commitment },
    );
  }

  const inconsistent: [string, readonly ShareCommitment[]][] = [
    ["with one of another master", replaceFirst({ commitment: other.publicKey })],
    ["with the last of another master", [...shares.slice(0, 3), ...other.shares.slice(3)]],
    [
      "with two of them exchanged",
      shares.map((share, at) => ({ index: at + 1, commitment: (shares[at ^ 1] ?? share).commitment })),
    ],
    ["with an index twice", replaceFirst({ index: 2 })],
    ["with index 0", replaceFirst({ index: 0 })],
    ["with an index over 255", replaceFirst({ index: 256 })],
    ["with the point at infinity", replaceFirst({ commitment: new Uint8Array(48).with(0, 0xc0) })],
    ["with a point of order 3", replaceFirst({ commitment: new Uint8Array(48).with(0, 0x80) })],
    ["with one cut short", replaceFirst({ commitment: publicKey.subarray(1) })],
    ["too few of them", shares.slice(0, 1)],
    ["none", []],
  ];

  it.each(inconsistent)("%s are refused", (_, commitments) => {
    expect(verifyCommitments(publicKey, 2, commitments)).toBe(false);
    expectThrown("VERIFICATION_FAILED", () => publicKeyFromCommitments(2, commitments));
  });

  it("of one polynomial do not pass for those of a lower degree", () => {
    expect(verifyCommitments(publicKey, 1, shares)).toBe(false);
    expect(verifyCommitments(publicKey, 2, shares)).toBe(true);
    expect(verifyCommitments(publicKey, 3, shares)).toBe(true);
  });

  it("do not pass under another public key", () => {
    expect(verifyCommitments(other.publicKey, 2, shares)).toBe(false);
    expect(verifyCommitments(new Uint8Array(), 2, shares)).toBe(false);
  });

  it("are not checked against a threshold that makes no sense", () => {
    for (const threshold of [0, -1, 1.5, 256]) {
      expect(() => verifyCommitments(publicKey, threshold, shares)).toThrow(RangeError);
    }
  });
});
