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
    ["STRAẞE", "strasse"],
    ["ᾳδης", "ΑΙΔΗΣ"],
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
      for (const same of [` ${text}\n`, text.toUpperCase(), text.toLowerCase()])
        expect(normalAnswer(same)).toBe(normal);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it("of one letter is the same in capitals and in small letters, for every letter there is", () => {
    const different: string[] = [];
    for (let code = 0; code < 0x110000; code++) {
      const letter = String.fromCodePoint(code);
      if (!/\p{L}|\p{N}|\p{M}/u.test(letter)) continue;
      const normal = normalAnswer(letter);
      const forms = [normal, letter.toUpperCase(), letter.toLowerCase(), letter.normalize("NFD"), ` ${letter}`];
      if (forms.some((form) => normalAnswer(form) !== normal)) different.push(letter);
    }
    expect(different).toEqual([]);
  });

  it("is any text a reader can send, and is cut where it is long", () => {
    expect(normalAnswer("\u{d800}")).toBe("\u{fffd}");
    expect(normalAnswer("x".repeat(2_000_000))).toHaveLength(1024);
    expect(normalAnswer("\u{fdfa}".repeat(1024)).length).toBeLessThan(1024 * 20);
    expect(normalAnswer("\u{301}  ")).toBe("");
  });
});
