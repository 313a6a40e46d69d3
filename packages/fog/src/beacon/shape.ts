import { type Codec, type Format, format, list, oneOf, struct, text, union, unsigned } from "@fogbound/protocol/codec";

/** The characters of a random part. `hex` and `lower` are written in lower case; none matters when they are read. */
export type Alphabet = "digit" | "upper" | "lower" | "hex" | "upper-hex" | "upper-digit" | "lower-digit";

/** Stands in every identifier. What is not a letter or digit of ASCII (`-`, a blank) may be gone or changed when it is read. */
export interface Literal {
  readonly kind: "literal";
  readonly text: string;
}

/** In front of everything else: written as `text`; read as that, as one of `others`, or not at all (`+43 `, `0043`, `0`). */
export interface Lead {
  readonly kind: "lead";
  readonly text: string;
  readonly others: readonly string[];
}

/** One of several beginnings that are not equally frequent, such as the bank of an account. Carries no mark. */
export interface Weighted {
  readonly kind: "weighted";
  readonly options: readonly { readonly text: string; readonly weight: number }[];
}

/** One of several words, all equally frequent; none may be the beginning of another. Carries the mark. */
export interface Word {
  readonly kind: "word";
  readonly words: readonly string[];
}

/** Characters, all equally frequent. Carries the mark. */
export interface Random {
  readonly kind: "random";
  readonly of: Alphabet;
  readonly length: number;
}

/** Where the check digits stand: one for `luhn` and `ean`, two for `iban`. */
export interface CheckDigits {
  readonly kind: "check";
}

export type ShapePart = Literal | Lead | Weighted | Word | Random | CheckDigits;

/**
 * How check digits are computed over the letters and digits of the whole identifier. *luhn*: ISO/IEC 7812-1 (cards), at
 * the end. *ean*: GS1 (EAN-13, ISBN-13), at the end. *iban*: ISO 13616, mod 97, third and fourth character.
 */
export type Check = "none" | "luhn" | "ean" | "iban";

/**
 * How the identifiers of one column look. Two shapes that differ in anything are two ciphers: what was marked under one
 * is found under that one alone, so the shapes of a decoy are kept with its capsule.
 */
export interface IdentifierShape {
  readonly suite: 1;
  readonly parts: readonly ShapePart[];
  readonly check: Check;
  /** So many rows of one decoy get different identifiers; after that they come again. */
  readonly rows: number;
}

const word: Codec<string> = text(32);

const part: Codec<ShapePart> = union<ShapePart>({
  literal: struct<Literal>({ kind: oneOf("literal"), text: word }),
  lead: struct<Lead>({ kind: oneOf("lead"), text: word, others: list(word, { most: 8 }) }),
  weighted: struct<Weighted>({
    kind: oneOf("weighted"),
    options: list(struct({ text: word, weight: unsigned(1_000_000) }), { least: 1, most: 256 }),
  }),
  word: struct<Word>({ kind: oneOf("word"), words: list(word, { least: 2, most: 1024 }) }),
  random: struct<Random>({
    kind: oneOf("random"),
    of: oneOf("digit", "upper", "lower", "hex", "upper-hex", "upper-digit", "lower-digit"),
    length: unsigned(32),
  }),
  check: struct<CheckDigits>({ kind: oneOf("check") }),
});

/** What it decodes may still be no shape: `compileShape` says. */
export const identifierShape: Format<IdentifierShape> = format(
  "identifier-shape",
  struct<IdentifierShape>({
    suite: oneOf(1),
    parts: list(part, { least: 1, most: 16 }),
    check: oneOf("none", "luhn", "ean", "iban"),
    rows: unsigned(2 ** 20),
  }),
);
