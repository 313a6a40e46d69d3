import { isPublic } from "./public-words.js";

/**
 * What a rare word leaves behind: its case and script. *lower*, *title* and *upper* are words of Latin letters; *script*
 * are letters of any other writing, or a mixture; *digits* a number of so many digits.
 */
export type WordClass = "lower" | "title" | "upper" | "script" | "digits";

/** A word or sign of a text, and whether a blank stands before it. */
export interface Token {
  readonly spaced: boolean;
  readonly text: string;
}

const pieces = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\d+|[^\s\p{L}\p{M}\d]{1,4}/gu;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(pieces)) {
    tokens.push({ spaced: match.index > end, text: match[0] });
    end = match.index + match[0].length;
  }
  return tokens;
}

/** `null` for a sign, which is never rare. */
export function classOf(word: string): WordClass | null {
  if (/^\d/.test(word)) return "digits";
  if (!/^[\p{L}\p{M}]/u.test(word)) return null;
  if (/^[a-zß-öø-ÿ'’]+$/.test(word)) return "lower";
  if (/^[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’]*$/.test(word) && word.length > 1) return "title";
  return /^[A-ZÀ-ÖØ-Þ'’]+$/.test(word) ? "upper" : "script";
}

/** A symbol as text: a blank or `_`, then `=` and the word itself, or a letter for its class. */
export type SymbolText = string;

const letters: Readonly<Record<WordClass, string>> = { lower: "l", title: "t", upper: "u", script: "s", digits: "d" };
const classes: ReadonlyMap<string, WordClass> = new Map([
  ["l", "lower"],
  ["t", "title"],
  ["u", "upper"],
  ["s", "script"],
  ["d", "digits"],
]);

/** The symbol of a token, where only words in `kept` and public ones may stand as they are. */
export function symbolOf(token: Token, kept: ReadonlySet<string>): SymbolText {
  const blank = token.spaced ? " " : "_";
  const kind = classOf(token.text);
  if (kind === null || kept.has(token.text)) return `${blank}=${token.text}`;
  if (kind === "digits") return `${blank}d${Math.min(token.text.length, 12)}`;
  return isPublic(token.text) ? `${blank}=${token.text}` : `${blank}${letters[kind]}`;
}

/** The symbol of the class that a symbol's word is of. */
export function classSymbol(symbol: SymbolText): SymbolText {
  return symbolOf({ spaced: symbol.startsWith(" "), text: symbol.slice(2) }, new Set());
}

export interface WordSymbol {
  readonly spaced: boolean;
  /** `null` when `text` stands as it is; for *digits*, `text` says how many. */
  readonly kind: WordClass | null;
  readonly text: string;
}

export function readSymbol(symbol: SymbolText): WordSymbol {
  const kind = classes.get(symbol[1] ?? "") ?? null;
  return { spaced: symbol.startsWith(" "), kind, text: symbol.slice(2) };
}
