import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "../../src/beacon/canonical.js";
import { capacityOf } from "../../src/beacon/capacity.js";
import { compileShape } from "../../src/beacon/compile.js";
import { marksOf } from "../../src/beacon/marks.js";
import { type IdentifierShape, identifierShape, type ShapePart } from "../../src/beacon/shape.js";
import { shapeCipher } from "../../src/beacon/shape-cipher.js";
import { digitsShape, ibanShape, mailShape, phoneShape, pictureShape, shapeOf } from "../../src/beacon/shapes.js";
import { beaconKey, column, shapeList, shapes } from "./kit.js";

/** What each kind looks like, for people and for whoever validates it. */
const looks: Readonly<Record<keyof typeof shapes, RegExp>> = {
  number: /^[1-9]\d{7}$/,
  zeros: /^000\d{7}$/,
  card: /^4[012]53\d{12}$/,
  ean: /^978\d{10}$/,
  iban: /^AT\d{2}(20111|32000|12000)\d{11}$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  invoice: /^INV-2026-\d{6}$/,
  passport: /^[A-Z]{2}\d{6}$/,
  mail: /^[a-z]+\.[a-z]+\d{4}$/,
  phone: /^\+43 (664|660|676) \d{7}$/,
};

const marks = marksOf(beaconKey, 7);

/** Under a key that is the same in every run: what is counted does not vary. */
const counted = marksOf(new Uint8Array(32).fill(7), 7);

describe("an identifier of a decoy", () => {
  it.each(shapeList)("of shape %s looks like it, and no two rows are alike", (name, shape) => {
    const identifiers = column(marks, shape, 300);
    for (const one of identifiers) expect(one).toMatch(looks[name as keyof typeof shapes]);
    expect(new Set(identifiers).size).toBe(300);
    expect(column(marksOf(beaconKey, 7), shape, 300)).toEqual(identifiers);
  });

  it.each(shapeList)("of shape %s stands for its episode and row, and for nothing else", (_, shape) => {
    const cipher = shapeCipher(beaconKey, shape);
    const { episodes } = cipher.compiled;
    const property = fc.property(fc.bigInt({ min: 0n, max: episodes - 1n }), fc.nat(shape.rows - 1), (episode, row) => {
      const text = canonical(cipher.identifier({ episode, row }));
      const readings = cipher.compiled.read(text, 0).filter(({ end }) => end === text.length);
      expect(readings.map((reading) => cipher.markOf(reading))).toContainEqual({ episode, row });
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("has check digits that others' rules accept", () => {
    for (const card of column(marks, shapes.card, 50)) expect(luhnSum(card) % 10).toBe(0);
    for (const ean of column(marks, shapes.ean, 50)) expect(eanSum(ean) % 10).toBe(0);
    for (const iban of column(marks, shapes.iban, 50)) expect(ibanRest(iban)).toBe(1n);
  });

  it("is computed like examples that were published", () => {
    // ISO/IEC 7812-1 and card makers' test number; ISBN-13 of GS1's own example; the IBAN of ISO 13616's registry for Austria.
    expect(compileShape(shapes.card).read("4111111111111111", 0)).toEqual([]);
    expect(
      readsWhole(digitsShape(16, { beginnings: [{ text: "4111", weight: 1 }], check: "luhn" }), "4111111111111111"),
    ).toBe(true);
    expect(
      readsWhole(digitsShape(16, { beginnings: [{ text: "4111", weight: 1 }], check: "luhn" }), "4111111111111112"),
    ).toBe(false);
    expect(readsWhole(shapes.ean, "9783161484100")).toBe(true);
    expect(readsWhole(shapes.ean, "9783161484101")).toBe(false);
    const austria = ibanShape("AT", [{ text: "19043", weight: 1 }], 11);
    expect(readsWhole(austria, "at611904300234573201")).toBe(true);
    expect(readsWhole(austria, "at621904300234573201")).toBe(false);
  });

  it("begins as often with each bank as the bank weighs", () => {
    const rows = 3000;
    const found = column(counted, shapes.iban, rows).map((iban) => iban.slice(4, 9));
    const shares = ["20111", "32000", "12000"].map((bank) => found.filter((one) => one === bank).length / rows);
    // 5 : 3 : 1. Four standard deviations of a binomial share over 3000 rows are below 0.037.
    for (const [at, weight] of [5, 3, 1].entries())
      expect(Math.abs((shares[at] ?? 0) - weight / 9)).toBeLessThan(0.037);
  });

  it("starts as often with each digit, zero included where numbers have leading zeros", () => {
    const digits = column(counted, shapes.zeros, 3000).map((one) => one.charAt(3));
    for (const digit of "0123456789") {
      const share = digits.filter((one) => one === digit).length / 3000;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.022);
    }
  });
});

describe("a shape", () => {
  it.each(shapeList)("%s goes through its codec, and marks the same then", (_, shape) => {
    const again = identifierShape.decode(identifierShape.encode(shape));
    expect(again).toEqual(shape);
    expect(marksOf(beaconKey, 1).identifier(again, 5)).toBe(marksOf(beaconKey, 1).identifier(shape, 5));
  });

  it("is its own cipher: the same parts with other rows mark otherwise", () => {
    const other = { ...shapes.invoice, rows: shapes.invoice.rows - 1 };
    const both = [shapes.invoice, other].map((shape) => column(marks, shape, 20));
    expect(both[0]).not.toEqual(both[1]);
  });

  it("says how many rows and episodes it tells apart, and how many identifiers must be left", () => {
    const six = digitsShape(6);
    expect(capacityOf(six)).toEqual({ identifiers: 900_000n, rows: 949, episodes: 948n, needed: 4 });
    expect(capacityOf(six, 10).needed).toBe(3);
    expect(capacityOf(shapes.uuid)).toMatchObject({ rows: 2 ** 20, episodes: 2n ** 53n - 1n, needed: 1 });
  });

  it("needs four identifiers at most, however small it is and however many rows it has", () => {
    const sizes = fc.record({ digits: fc.integer({ min: 6, max: 19 }), rows: fc.integer({ min: 1, max: 2 ** 20 }) });
    const property = fc.property(sizes, ({ digits, rows }) => {
      expect(capacityOf(digitsShape(digits, { rows })).needed).toBeLessThanOrEqual(4);
    });
    fc.assert(property, { numRuns: 200 });
  });

  const literal: ShapePart = { kind: "literal", text: "X" };
  const million: ShapePart = { kind: "random", of: "digit", length: 6 };
  const shape = (parts: readonly ShapePart[], more: Partial<IdentifierShape> = {}): IdentifierShape => ({
    suite: 1,
    parts,
    check: "none",
    rows: 100,
    ...more,
  });

  it.each([
    ["too few values", shape([{ kind: "random", of: "digit", length: 5 }])],
    ["more than 2^128 values", shape([{ kind: "random", of: "hex", length: 32 }, million])],
    ["no row", shape([million], { rows: 0 })],
    ["half a row", shape([million], { rows: 1.5 })],
    ["a row to fewer than 128 values", shape([million], { rows: 7813 })],
    ["a word that begins another", shape([{ kind: "word", words: ["jo", "jonas"] }, million])],
    ["a word twice, in another case", shape([{ kind: "word", words: ["Jo", "jo"] }, million])],
    ["a word without a letter", shape([{ kind: "word", words: ["-", "a"] }, million])],
    ["a weight of nothing", shape([{ kind: "weighted", options: [{ text: "1", weight: 0 }] }, million])],
    ["a lead behind something", shape([literal, { kind: "lead", text: "+", others: [] }, million])],
    ["check digits of no kind", shape([million, { kind: "check" }])],
    ["a kind of check digits, and none", shape([million], { check: "luhn" })],
    ["two check digits", shape([million, { kind: "check" }, { kind: "check" }], { check: "luhn" })],
    ["a check digit in front", shape([{ kind: "check" }, million], { check: "ean" })],
    ["a check digit over letters", shape([literal, million, { kind: "check" }], { check: "luhn" })],
    ["an account without a country", shape([literal, { kind: "check" }, million], { check: "iban" })],
    [
      "five weighted parts",
      shape([...new Array(5).fill({ kind: "weighted", options: [{ text: "1", weight: 1 }] }), million]),
    ],
  ])("is refused with %s", (_, odd) => {
    expect(() => compileShape(odd)).toThrow(RangeError);
  });

  it("is refused as a picture with letters that are no placeholder", () => {
    for (const picture of ["INV-######", "[INV-######", "7######"])
      expect(() => pictureShape(picture)).toThrow(RangeError);
  });

  it("is refused as a number with beginnings of several lengths, or as long as itself", () => {
    const beginnings = ["1", "22"].map((text) => ({ text, weight: 1 }));
    expect(() => digitsShape(9, { beginnings })).toThrow(RangeError);
    expect(() => digitsShape(3, { beginnings: [{ text: "123", weight: 1 }] })).toThrow(RangeError);
    expect(() => digitsShape(7.5)).toThrow(RangeError);
  });

  it("takes names of which some begin with others, and leaves those out", () => {
    const names = { first: ["Jo", "Jonas", "Eva", "Ö"], last: ["Maier", "Maierhofer", "Huber"], between: "" };
    const found = column(marks, mailShape(names, 6), 50);
    for (const one of found) expect(one).toMatch(/^(Jo|Eva)(Maier|Huber)\d{6}$/);
  });

  it("cuts rows to what its values allow", () => {
    expect(digitsShape(8, { rows: 10_000_000 }).rows).toBe(703_125);
    expect(shapeOf([million], "none", 4000).rows).toBe(4000);
    expect(phoneShape({ country: "1", trunk: "" }, [{ text: "212", weight: 1 }], 7, 9).rows).toBe(9);
  });
});

function readsWhole(shape: IdentifierShape, text: string): boolean {
  return compileShape(shape)
    .read(text, 0)
    .some(({ end }) => end === text.length);
}

/** The other way round than the sources: over the whole number, check digit included. */
function luhnSum(card: string): number {
  return Array.from(card)
    .reverse()
    .map((digit, place) => (place % 2 === 1 ? 2 * Number(digit) : Number(digit)))
    .reduce((sum, value) => sum + Math.floor(value / 10) + (value % 10), 0);
}

function eanSum(ean: string): number {
  return Array.from(ean).reduce((sum, digit, place) => sum + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
}

function ibanRest(iban: string): bigint {
  const turned = `${iban.slice(4)}${iban.slice(0, 4)}`;
  return BigInt(turned.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) % 97n;
}
