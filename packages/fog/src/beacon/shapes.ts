import { canonical } from "./canonical.js";
import { mostRows } from "./compile.js";
import { compilePart } from "./parts.js";
import type { Alphabet, Check, IdentifierShape, ShapePart, Weighted } from "./shape.js";

/** A beginning, and how frequent it is beside the others. */
export type Beginnings = Weighted["options"];

/**
 * A shape with as many rows as the parts allow, or as the data has.
 *
 * @param rows at least so many different identifiers a decoy; default: as many as episodes. More is cut to what the shape can.
 * @throws RangeError for a part that cannot stand in a shape
 */
export function shapeOf(
  parts: readonly ShapePart[],
  check: Check = "none",
  rows: number | null = null,
): IdentifierShape {
  const domain = parts.reduce((product, part) => product * compilePart(part, check).size, 1n);
  const most = Math.max(1, mostRows(domain));
  const wished = Math.ceil(rows ?? Math.sqrt(Number(domain)));
  return { suite: 1, parts, check, rows: Math.min(Math.max(1, wished), most) };
}

export interface DigitsOptions {
  /** How they begin; default: with any digit but 0. */
  readonly beginnings?: Beginnings;
  readonly check?: "none" | "luhn" | "ean";
  readonly rows?: number;
}

/**
 * Numbers of so many digits, check digit and beginning included.
 *
 * @throws RangeError for beginnings of different length, or longer than the number
 */
export function digitsShape(length: number, { beginnings, check = "none", rows }: DigitsOptions = {}): IdentifierShape {
  const lengths = new Set(beginnings?.map(({ text }) => canonical(text).length) ?? [1]);
  const [begun = 0] = lengths;
  const left = length - begun - (check === "none" ? 0 : 1);
  if (lengths.size !== 1 || !Number.isInteger(left) || left < 1) {
    throw new RangeError(`Expected beginnings of one length, shorter than ${length} digits.`);
  }
  const first: ShapePart =
    beginnings === undefined
      ? { kind: "word", words: ["1", "2", "3", "4", "5", "6", "7", "8", "9"] }
      : { kind: "weighted", options: beginnings };
  const parts: ShapePart[] = [first, { kind: "random", of: "digit", length: left }];
  if (check !== "none") parts.push({ kind: "check" });
  return shapeOf(parts, check, rows ?? null);
}

/** UUIDs of version 4 (RFC 9562), written in lower case. */
export const uuidShape: IdentifierShape = {
  suite: 1,
  parts: [
    { kind: "random", of: "hex", length: 8 },
    { kind: "literal", text: "-" },
    { kind: "random", of: "hex", length: 4 },
    { kind: "literal", text: "-4" },
    { kind: "random", of: "hex", length: 3 },
    { kind: "literal", text: "-" },
    { kind: "word", words: ["8", "9", "a", "b"] },
    { kind: "random", of: "hex", length: 3 },
    { kind: "literal", text: "-" },
    { kind: "random", of: "hex", length: 12 },
  ],
  check: "none",
  rows: 2 ** 20,
};

/**
 * Account numbers (ISO 13616) of one country and of the banks given. Only the mod-97 digits are computed: a country whose
 * account numbers have check digits of their own gets numbers that its banks refuse.
 *
 * @param country two letters
 * @param banks how the number goes on behind the check digits
 * @param digits how many digits follow
 */
export function ibanShape(country: string, banks: Beginnings, digits: number, rows?: number): IdentifierShape {
  const parts: ShapePart[] = [
    { kind: "literal", text: country },
    { kind: "check" },
    { kind: "weighted", options: banks },
    { kind: "random", of: "digit", length: digits },
  ];
  return shapeOf(parts, "iban", rows ?? null);
}

const placeholders: ReadonlyMap<string, Alphabet> = new Map([
  ["#", "digit"],
  ["A", "upper"],
  ["a", "lower"],
  ["*", "upper-digit"],
]);

/**
 * From a picture: `#` a digit, `A` a letter, `a` a small letter, `*` a letter or digit; in brackets what stands as it is:
 * `[INV]-[2026]-######`, `AA######`.
 *
 * @throws RangeError for a letter or digit outside brackets that is no placeholder, or a bracket that is not closed
 */
export function pictureShape(picture: string, rows?: number): IdentifierShape {
  const parts: ShapePart[] = [];
  for (const [token] of picture.matchAll(/\[[^\]]*\]|(.)\1*/g)) parts.push(partOf(token));
  return shapeOf(parts, "none", rows ?? null);
}

function partOf(token: string): ShapePart {
  const of = placeholders.get(token.charAt(0));
  if (of !== undefined) return { kind: "random", of, length: token.length };
  const text = token.startsWith("[") && token.length > 2 ? token.slice(1, -1) : token;
  if (text !== token || !/[A-Za-z0-9[]/.test(token)) return { kind: "literal", text };
  throw new RangeError(`Expected the placeholders # A a * or text in brackets, got ${JSON.stringify(token)}.`);
}

/**
 * What stands in front of the @: first name, last name, digits.
 *
 * @param names lists of names; one that begins with another of its list is left out
 * @param digits at the end; so many that there are 500 000 in all
 */
export function mailShape(
  names: { readonly first: readonly string[]; readonly last: readonly string[]; readonly between: string },
  digits: number,
  rows?: number,
): IdentifierShape {
  const parts: ShapePart[] = [{ kind: "word", words: prefixFree(names.first) }];
  if (names.between !== "") parts.push({ kind: "literal", text: names.between });
  parts.push({ kind: "word", words: prefixFree(names.last) }, { kind: "random", of: "digit", length: digits });
  return shapeOf(parts, "none", rows ?? null);
}

/** In canonical order, the names of which none begins with another; those without a letter or digit of ASCII are left out. */
function prefixFree(names: readonly string[]): readonly string[] {
  const sorted = [...new Map(names.map((name) => [canonical(name), name]))].sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  const kept: [string, string][] = [];
  for (const one of sorted) {
    const last = kept.at(-1)?.[0];
    if (one[0] !== "" && (last === undefined || !one[0].startsWith(last))) kept.push(one);
  }
  return kept.map(([, name]) => name);
}

/**
 * Telephone numbers of one country, such as `+43 664 1234567`; found as `0664 1234567` and `0043 664 1234567`, too.
 *
 * @param country its calling code, digits
 * @param trunk what is dialled in front inside the country; "" for nothing
 * @param areas networks or areas, with how frequent they are
 * @param digits how many follow
 */
export function phoneShape(
  { country, trunk }: { readonly country: string; readonly trunk: string },
  areas: Beginnings,
  digits: number,
  rows?: number,
): IdentifierShape {
  const others = [`00${country}`, `${country}${trunk}`, `00${country}${trunk}`, trunk].filter((text) => text !== "");
  const parts: ShapePart[] = [
    { kind: "lead", text: `+${country} `, others },
    { kind: "weighted", options: areas },
    { kind: "literal", text: " " },
    { kind: "random", of: "digit", length: digits },
  ];
  return shapeOf(parts, "none", rows ?? null);
}
