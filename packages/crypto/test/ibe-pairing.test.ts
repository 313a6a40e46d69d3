import { bls12_381 } from "@noble/curves/bls12-381.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeTarget, groupOrder, hashIdentity, multiplyGenerator } from "../src/ibe-group.js";
import { pairWithLines, prepareLines } from "../src/ibe-pairing.js";
import { multiplyByLine, multiplyTargets, squareCyclotomic, squareTarget } from "../src/ibe-target.js";
import { createTargetPower } from "../src/ibe-target-power.js";
import { readVectors } from "./ibe-support.js";

const { Fp, Fp2, Fp12 } = bls12_381.fields;
const generators = bls12_381.pairing(bls12_381.G1.Point.BASE, bls12_381.G2.Point.BASE);

const coefficient = fc.oneof(
  fc.bigInt({ min: 0n, max: Fp.ORDER - 1n }),
  fc.constantFrom(0n, 1n, Fp.ORDER - 1n, Fp.ORDER - 2n),
);
const quadratic = fc.tuple(coefficient, coefficient).map((pair) => Fp2.fromBigTuple(pair));
const element = fc
  .tuple(quadratic, quadratic, quadratic, quadratic, quadratic, quadratic)
  .map(([a, b, c, d, e, f]) => ({ c0: { c0: a, c1: b, c2: c }, c1: { c0: d, c1: e, c2: f } }));
const scalar = fc.bigInt({ min: 1n, max: groupOrder - 1n });

describe("arithmetic in Fp12 with reduction at the end", () => {
  it("multiplies and squares as the library does, to reduced coefficients", () => {
    fc.assert(
      fc.property(element, element, (left, right) => {
        expect(multiplyTargets(left, right)).toEqual(Fp12.mul(left, right));
        expect(squareTarget(left)).toEqual(Fp12.sqr(left));
      }),
      { numRuns: 300 },
    );
  });

  it("multiplies by a line as by the dense element it stands for", () => {
    fc.assert(
      fc.property(element, quadratic, quadratic, quadratic, (left, a, b, c) => {
        const line = { c0: { c0: a, c1: b, c2: Fp2.ZERO }, c1: { c0: Fp2.ZERO, c1: c, c2: Fp2.ZERO } };
        expect(multiplyByLine(left, a, b, c)).toEqual(Fp12.mul(left, line));
      }),
      { numRuns: 300 },
    );
  });

  it("squares in the cyclotomic subgroup as anywhere", () => {
    let value = generators;
    for (let round = 0; round < 100; round++) {
      expect(squareCyclotomic(value)).toEqual(Fp12.sqr(value));
      value = Fp12.mul(Fp12.sqr(value), generators);
    }
  });
});

describe("the pairing", () => {
  it("has the library's values", () => {
    fc.assert(
      fc.property(scalar, fc.uint8Array(), (multiple, name) => {
        const left = multiplyGenerator(multiple);
        const right = hashIdentity(name, Uint8Array.of(1));
        expect(pairWithLines(left, prepareLines(right))).toEqual(bls12_381.pairing(left, right));
      }),
      { numRuns: 10 },
    );
  });

  it("of the generators, and its square, are the bytes that drand's Go implementation has", () => {
    const drand = readVectors<{ pairingOfGenerators: string; itsSquare: string }>("ibe-drand.json");
    const own = pairWithLines(multiplyGenerator(1n), prepareLines(bls12_381.G2.Point.BASE));
    expect(Buffer.from(encodeTarget(own)).toString("hex")).toBe(drand.pairingOfGenerators);
    expect(Buffer.from(encodeTarget(squareCyclotomic(own))).toString("hex")).toBe(drand.itsSquare);
  });

  it("is raised to powers as the library does it", () => {
    const power = createTargetPower(generators);
    const parameter = bls12_381.params.ateLoopSize;
    const edges = [1n, 2n, 31n, 32n, 33n, 63n, 64n, 65n, parameter - 1n, parameter, parameter + 1n, groupOrder - 1n];
    for (const edge of edges) expect(power(edge)).toEqual(Fp12.pow(generators, edge));
    fc.assert(
      fc.property(scalar, (exponent) => {
        expect(power(exponent)).toEqual(Fp12.pow(generators, exponent));
      }),
      { numRuns: 15 },
    );
  });
});

describe("hashing to G2", () => {
  interface HashVectors {
    readonly dst: string;
    readonly vectors: readonly { message: string; x: [string, string]; y: [string, string] }[];
  }
  const { dst, vectors } = readVectors<HashVectors>("ibe-hash-to-curve-g2.json");

  it.each(vectors.map((vector) => [vector.message.slice(0, 20), vector] as const))(
    "gives RFC 9380's point for %j",
    (_, vector) => {
      const point = hashIdentity(new TextEncoder().encode(vector.message), new TextEncoder().encode(dst)).toAffine();
      const expected = [vector.x, vector.y].map(([c0, c1]) => Fp2.fromBigTuple([BigInt(c0), BigInt(c1)]));
      expect([point.x, point.y]).toEqual(expected);
    },
  );
});
