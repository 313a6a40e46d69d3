import { checkDigits } from "../beacon/check-digits.js";
import type { Check, IdentifierShape, ShapePart } from "../beacon/shape.js";
import { mailShape, shapeOf, uuidShape } from "../beacon/shapes.js";
import { nameLists } from "./lexicon.js";
import { patternOf } from "./patterns.js";
import { common, counted } from "./rarity.js";

/** Identifiers as `Marks` make them. */
export interface IdentifierValues {
  readonly kind: "identifier";
  readonly shape: IdentifierShape;
  /** What follows each of them, the host of an e-mail address with its `@`, and how often; empty for nothing. */
  readonly behind: readonly { readonly text: string; readonly count: number }[];
  /** So many different ones that repeat; 0 when each row has its own. */
  readonly distinct: number;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const mail = /^([a-z0-9.]+)@([a-z0-9.-]+\.[a-z]{2,})$/;
/** Fewer rows would make columns that join come to different shapes. */
const fewestRows = 65_536;

/**
 * How a column's identifiers are made; `null` when they are too few, too different, or leave too little to chance.
 *
 * @param texts - With repetitions.
 */
export function identifiersOf(texts: readonly string[]): IdentifierValues | null {
  const distinct = [...new Set(texts)];
  const repeated = distinct.length === texts.length ? 0 : distinct.length;
  if (distinct.length < 8) return null;
  if (distinct.every((text) => uuid.test(text)))
    return { kind: "identifier", shape: uuidShape, behind: [], distinct: repeated };
  if (texts.every((text) => mail.test(text))) return mailboxes(texts, repeated);
  const check = checkOf(distinct);
  const parts = check === "none" ? patternOf(distinct) : checkedParts(distinct, check);
  const shape = parts === null ? null : wideEnough(parts, check, distinct.length);
  return shape === null ? null : { kind: "identifier", shape, behind: [], distinct: repeated };
}

function mailboxes(texts: readonly string[], distinct: number): IdentifierValues {
  const hosts = common(counted(texts.map((text) => `@${text.split("@")[1] ?? ""}`)), 32);
  const behind = hosts.map(([text, count]) => ({ text, count }));
  const dotted = texts.filter((text) => /^[^@]*\./.test(text)).length > texts.length / 2;
  const shape = mailShape({ ...nameLists(), between: dotted ? "." : "" }, 3, fewestRows);
  return {
    kind: "identifier",
    shape,
    behind: behind.length > 0 ? behind : [{ text: "@gmail.com", count: 1 }],
    distinct,
  };
}

/** `null` when the parts have too few values, or cannot stand in a shape. */
function wideEnough(parts: readonly ShapePart[], check: Check, distinct: number): IdentifierShape | null {
  const free = parts.reduce((count, part) => count + (part.kind === "random" ? part.length : 0), 0);
  if (free < 6 || parts.length > 16) return null;
  const rows = distinct > fewestRows / 2 ? 2 ** 20 : fewestRows;
  try {
    const shape = shapeOf(parts, check, rows);
    return shape.rows < distinct ? null : shape;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function checkOf(texts: readonly string[]): Check {
  const all = (expression: RegExp, holds: (text: string) => boolean): boolean =>
    texts.every((text) => expression.test(text) && holds(text));
  const last = (check: Check) => (text: string) => checkDigits(check, text.slice(0, -1), "") === text.slice(-1);
  if (all(/^\d{13}$/, last("ean"))) return "ean";
  if (all(/^\d{12,19}$/, last("luhn"))) return "luhn";
  const iban = (text: string): boolean => checkDigits("iban", text.slice(0, 2), text.slice(4)) === text.slice(2, 4);
  return all(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/, iban) ? "iban" : "none";
}

function checkedParts(texts: readonly string[], check: Check): ShapePart[] | null {
  if (check !== "iban") {
    const body = patternOf(texts.map((text) => text.slice(0, -1)));
    return body === null ? null : [...body, { kind: "check" }];
  }
  const country = texts[0]?.slice(0, 2) ?? "";
  if (texts.some((text) => !text.startsWith(country))) return null;
  const account = patternOf(texts.map((text) => text.slice(4)));
  return account === null ? null : [{ kind: "literal", text: country }, { kind: "check" }, ...account];
}
