import { fromHex } from "@fogbound/crypto";
import { FF1 } from "@noble/ciphers/ff1.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { permutation } from "../../src/beacon/permutation.js";

const short = "2b7e151628aed2a6abf7158809cf4f3c";
const long = `${short}ef4359d8d580aa4f7f036d6f04fc6a94`;
const tweaks = ["", "39383736353433323130", "3737373770717273373737"] as const;

/** NIST, "Block Cipher Modes of Operation: FF1 Method for Format-Preserving Encryption", samples 1 to 3 and 7 to 9 (csrc.nist.gov, FF1samples.pdf). */
const samples = [
  [1, 10, short, tweaks[0], "0123456789", "2433477484"],
  [2, 10, short, tweaks[1], "0123456789", "6124200773"],
  [3, 36, short, tweaks[2], "0123456789abcdefghi", "a9tv40mll9kdu509eum"],
  [7, 10, long, tweaks[0], "0123456789", "6657667009"],
  [8, 10, long, tweaks[1], "0123456789", "1001623463"],
  [9, 36, long, tweaks[2], "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"],
] as const;

describe("FF1", () => {
  it.each(samples)("is NIST's sample %i (radix %i)", (_, radix, key, tweak, plain, sealed) => {
    const cipher = FF1(radix, fromHex(key), fromHex(tweak));
    const numerals = Array.from(plain, (digit) => Number.parseInt(digit, radix));
    const result = cipher.encrypt(numerals);
    expect(result.map((digit) => digit.toString(radix)).join("")).toBe(sealed);
    expect(cipher.decrypt(result)).toEqual(numerals);
  });
});

const key = Uint8Array.from({ length: 32 }, (_, at) => at);

describe("permutation", () => {
  it("comes back, and stays in its domain, for domains of any size", () => {
    const domains = fc.bigInt({ min: 500_000n, max: 2n ** 128n });
    const property = fc.property(domains, fc.bigInt({ min: 0n, max: 2n ** 128n }), (domain, any) => {
      const cipher = permutation(key, domain);
      const value = any % domain;
      const sealed = cipher.forward(value, Uint8Array.of(3));
      expect(sealed).toBeLessThan(domain);
      expect(sealed).toBeGreaterThanOrEqual(0n);
      expect(cipher.backward(sealed, Uint8Array.of(3))).toBe(value);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("takes the first and last value of a domain that fits no radix, and is another one under another tweak or key", () => {
    const domain = 999_983n;
    const other = permutation(
      Uint8Array.from(key, (byte) => byte ^ 1),
      domain,
    );
    const cipher = permutation(key, domain);
    for (const value of [0n, domain - 1n]) {
      const sealed = cipher.forward(value, new Uint8Array());
      expect(cipher.backward(sealed, new Uint8Array())).toBe(value);
      expect(cipher.forward(value, Uint8Array.of(0))).not.toBe(sealed);
      expect(other.forward(value, new Uint8Array())).not.toBe(sealed);
    }
  });

  it("gives ten thousand values ten thousand different ones", () => {
    const cipher = permutation(key, 500_000n);
    const sealed = Array.from({ length: 10_000 }, (_, value) => cipher.forward(BigInt(value), new Uint8Array()));
    expect(new Set(sealed).size).toBe(10_000);
  });
});
