import { canonical } from "./canonical.js";
import type { Alphabet, Check, ShapePart } from "./shape.js";

/** A part of a shape that was checked. Texts that are read are in canonical form, those that are written are not. */
export interface CompiledPart {
  readonly kind: ShapePart["kind"];
  /** How many values it carries of the mark: 1 for none. */
  readonly size: bigint;
  /** Not null for a weighted part, which writes and reads the index of an option. */
  readonly weights: readonly number[] | null;
  readonly longest: number;
  readonly isOfDigits: boolean;
  /** What it may be, where that is a list; a lead may also be absent. */
  readonly texts: readonly string[];
  write(value: bigint): string;
  /** null when the text does not go on like that. */
  read(text: string, at: number): { readonly value: bigint; readonly length: number } | null;
}

const characters: Readonly<Record<Alphabet, string>> = {
  digit: "0123456789",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  hex: "0123456789abcdef",
  "upper-hex": "0123456789ABCDEF",
  "upper-digit": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "lower-digit": "0123456789abcdefghijklmnopqrstuvwxyz",
};

const checkLength: Readonly<Record<Check, number>> = { none: 0, luhn: 1, ean: 1, iban: 2 };

/** @throws RangeError for a word that begins another, a text without a letter or digit, or a weight of 0. */
export function compilePart(part: ShapePart, check: Check): CompiledPart {
  switch (part.kind) {
    case "literal":
      return { ...listed(part.kind, [part.text]), size: 1n };
    case "lead":
      return { ...listed(part.kind, [part.text, ...part.others]), size: 1n, write: () => part.text };
    case "word":
      return distinct(listed(part.kind, part.words));
    case "weighted":
      return {
        ...distinct(listed(part.kind, part.options.map(textOf))),
        size: 1n,
        weights: part.options.map(weightOf),
      };
    case "random":
      return random(part.of, part.length);
    case "check":
      return { ...random("digit", checkLength[check]), kind: "check", size: 1n, write: () => "" };
  }
}

function textOf({ text }: { readonly text: string }): string {
  return text;
}

function weightOf({ text, weight }: { readonly text: string; readonly weight: number }): number {
  if (Number.isInteger(weight) && weight > 0) return weight;
  throw new RangeError(`Expected a weight from 1 for ${JSON.stringify(text)}, got ${weight}.`);
}

function listed(kind: ShapePart["kind"], written: readonly string[]): CompiledPart {
  const texts = written.map(canonical);
  return {
    kind,
    size: BigInt(texts.length),
    weights: null,
    longest: Math.max(...texts.map((text) => text.length)),
    isOfDigits: texts.every((text) => /^\d*$/.test(text)),
    texts,
    write: (value) => written[Number(value)] ?? "",
    read(text, at) {
      const found = texts.findIndex((one) => text.startsWith(one, at));
      return found === -1 ? null : { value: BigInt(found), length: texts[found]?.length ?? 0 };
    },
  };
}

/** Words of which one begins another would be read in two ways. */
function distinct(part: CompiledPart): CompiledPart {
  const sorted = [...part.texts].sort();
  const twice = sorted.find((text, at) => text === "" || sorted[at + 1]?.startsWith(text));
  if (twice === undefined) return part;
  throw new RangeError(`Expected words of which none begins another, got ${JSON.stringify(twice)} and one more.`);
}

function random(of: Alphabet, length: number): CompiledPart {
  const written = characters[of];
  const values = new Map(Array.from(written.toLowerCase(), (character, value) => [character, BigInt(value)]));
  const base = BigInt(written.length);
  return {
    kind: "random",
    size: base ** BigInt(length),
    weights: null,
    longest: length,
    isOfDigits: of === "digit",
    texts: [],
    write: (value) => numeral(value, length, written),
    read(text, at) {
      let value = 0n;
      for (let place = at; place < at + length; place++) {
        const digit = values.get(text.charAt(place));
        if (digit === undefined) return null;
        value = value * base + digit;
      }
      return { value, length };
    },
  };
}

function numeral(value: bigint, length: number, written: string): string {
  const base = BigInt(written.length);
  let text = "";
  for (let rest = value; text.length < length; rest /= base) text = written.charAt(Number(rest % base)) + text;
  return text;
}
