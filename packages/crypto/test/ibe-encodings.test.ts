import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import { describe, expect, it } from "vitest";
import { combineShares, createShareKey, createWrapper, generateMaster, releaseShare } from "../src/ibe.js";
import {
  decodePoint,
  decodeTarget,
  encodePoint,
  encodeTarget,
  multiplyGenerator,
  targetLength,
} from "../src/ibe-group.js";
import { expectThrown } from "./ibe-support.js";

const { Point } = bls12_381.G1;
const { Fp, Fp12 } = bls12_381.fields;
const identity = Uint8Array.of(1);
const master = generateMaster(1, 1);
const wrap = createWrapper(master.publicKey, identity).wrap(new Uint8Array(32));

/** (0, 2) is on y^2 = x^3 + 4, and its order is 3. */
const smallOrder = Point.fromAffine({ x: 0n, y: 2n });
const mixedOrder = Point.BASE.add(smallOrder);

/** A point with an x of our choice: about half of all x have one, and next to none of those is of order q. */
function pointOutsideSubgroup(): InstanceType<typeof Point> {
  for (let x = 1n; ; x++) {
    const square = Fp.add(Fp.pow(x, 3n), 4n);
    if (Fp.pow(square, (Fp.ORDER - 1n) / 2n) === 1n) return Point.fromAffine({ x, y: Fp.sqrt(square) });
  }
}

/** A point of order q whose x still fits into 381 bits when p is added. */
function pointWithRoomAboveField(): InstanceType<typeof Point> {
  let point = Point.BASE;
  while (point.x + Fp.ORDER >= 1n << 381n) point = point.add(Point.BASE);
  return point;
}

function compress({ x, y }: { readonly x: bigint; readonly y: bigint }): Uint8Array {
  const bytes = numberToBytesBE(x, 48);
  return bytes.with(0, (bytes[0] ?? 0) | (2n * y > Fp.ORDER ? 0xa0 : 0x80));
}

const infinity = new Uint8Array(48).with(0, 0xc0);
const generatorBytes = encodePoint(Point.BASE);
const aboveField = numberToBytesBE(pointWithRoomAboveField().x + Fp.ORDER, 48);

const badPoints: [string, Uint8Array][] = [
  ["of order 3", compress(smallOrder)],
  ["of order 3 q", compress(mixedOrder.toAffine())],
  ["of another order, with a small x", compress(pointOutsideSubgroup())],
  ["at infinity", infinity],
  ["at infinity, with the sign bit", infinity.with(0, 0xe0)],
  ["at infinity, with a byte that is not zero", infinity.with(47, 1)],
  ["with both the bit for infinity and an x", generatorBytes.with(0, (generatorBytes[0] ?? 0) | 0x40)],
  ["without the bit for compressed", generatorBytes.with(0, (generatorBytes[0] ?? 0) & 0x7f)],
  ["whose x is p", numberToBytesBE(Fp.ORDER, 48).with(0, 0x9a)],
  ["whose x is that of a point of order q, and p more", aboveField.with(0, (aboveField[0] ?? 0) | 0x80)],
  ["whose x is not on the curve", numberToBytesBE(1n, 48).with(0, 0x80)],
  ["of zeros", new Uint8Array(48)],
  ["of ones", new Uint8Array(48).fill(255)],
];

describe("a point of G1", () => {
  it("is written as the library writes it, and read back", () => {
    for (const scalar of [1n, 2n, 3n, 5n, 12_345n, bls12_381.fields.Fr.ORDER - 1n]) {
      const point = multiplyGenerator(scalar);
      expect(encodePoint(point)).toEqual(Point.BASE.multiply(scalar).toBytes(true));
      expect(decodePoint(encodePoint(point)).equals(point)).toBe(true);
    }
  });

  it("is what the test takes for points of other orders, before it expects them to be refused", () => {
    expect(smallOrder.multiplyUnsafe(3n).is0()).toBe(true);
    expect(smallOrder.isTorsionFree()).toBe(false);
    expect(mixedOrder.isTorsionFree()).toBe(false);
    expect(pointOutsideSubgroup().isTorsionFree()).toBe(false);
    expect(bytesToNumberBE(aboveField)).toBeLessThan(1n << 381n);
  });

  it.each(badPoints)("%s is refused as U, before anything secret touches it", (_, bytes) => {
    const [share] = master.shares;
    if (share === undefined) throw new TypeError("No share.");
    const shareKey = createShareKey(share, [1], identity);
    const changed = Uint8Array.of(...bytes, ...wrap.subarray(48));
    expectThrown("VERIFICATION_FAILED", () => releaseShare(shareKey, changed));
    expect(releaseShare(shareKey, wrap)).toHaveLength(targetLength);
  });

  it.each(badPoints)("%s is refused as a master public key", (_, bytes) => {
    expectThrown("VERIFICATION_FAILED", () => createWrapper(bytes, identity));
  });

  it("in another length is refused", () => {
    expectThrown("VERIFICATION_FAILED", () => createWrapper(master.publicKey.subarray(1), identity));
    expectThrown("VERIFICATION_FAILED", () => createWrapper(Point.BASE.toBytes(false), identity));
    expectThrown("VERIFICATION_FAILED", () => createWrapper(new Uint8Array(), identity));
  });
});

describe("a share", () => {
  const value = bls12_381.pairing(Point.BASE, bls12_381.G2.Point.BASE);
  const bytes = encodeTarget(value);

  it("is read back as it was written", () => {
    expect(bytes).toHaveLength(targetLength);
    expect(Fp12.eql(decodeTarget(bytes), value)).toBe(true);
    expect(combineShares([bytes])).toEqual(bytes);
  });

  it("with any of its twelve coefficients not below p is refused", () => {
    for (let at = 0; at < targetLength; at += 48) {
      const coefficient = bytesToNumberBE(bytes.subarray(at, at + 48));
      const changed = Uint8Array.from(bytes);
      changed.set(numberToBytesBE(coefficient + Fp.ORDER, 48), at);
      expectThrown("VERIFICATION_FAILED", () => combineShares([changed]));
    }
  });

  it("of zero or of another length is refused", () => {
    for (const other of [
      new Uint8Array(targetLength),
      bytes.subarray(1),
      Uint8Array.of(...bytes, 0),
      new Uint8Array(),
    ]) {
      expectThrown("VERIFICATION_FAILED", () => combineShares([bytes, other]));
    }
  });
});
