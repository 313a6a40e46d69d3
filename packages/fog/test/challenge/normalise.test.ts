import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalAnswer } from "../../src/challenge/normalise.js";

describe("an answer", () => {
  it.each([
    ["Rex", "  REX\t"],
    ["New York", "newyork"],
    ["Zoë", "zoe"],
    ["Zoe\u{308}", "ZOË"],
    ["Straße", "STRASSE"],
    ["ﬁdo", "Fido"],
    ["Ｒｅｘ　２", "rex2"],
    ["ΟΔΌΣ", "οδός"],
    ["İstanbul", "istanbul"],
    ["Nguyễn", "nguyen"],
    ["first\u{a0}school", "First School"],
  ])("%j is %j", (left, right) => {
    expect(normalAnswer(left)).toBe(normalAnswer(right));
  });

  it.each([
    ["Rex", "Rey"],
    ["1999", "1998"],
    ["a-b", "ab"],
    ["ł", "l"],
    ["Рекс", "Pekc"],
  ])("%j is not %j", (left, right) => {
    expect(normalAnswer(left)).not.toBe(normalAnswer(right));
  });

  it("that was made normal is normal, in any case and any form of Unicode", () => {
    const property = fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const normal = normalAnswer(text);
      expect(normalAnswer(normal)).toBe(normal);
      for (const form of ["NFC", "NFD", "NFKC", "NFKD"] as const)
        expect(normalAnswer(text.normalize(form))).toBe(normal);
      expect(normalAnswer(` ${text}\n`)).toBe(normal);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it("is any text a reader can send, and is cut where it is long", () => {
    expect(normalAnswer("\u{d800}")).toBe("\u{fffd}");
    expect(normalAnswer("x".repeat(2_000_000))).toHaveLength(1024);
    expect(normalAnswer("\u{fdfa}".repeat(1024)).length).toBeLessThan(1024 * 20);
    expect(normalAnswer("\u{301}  ")).toBe("");
  });
});
