import type { Draws } from "./draws.js";
import { fakeName, fakeWord } from "./lexicon.js";
import { unpack } from "./packed.js";
import { type Follows, lengthsOfClass, type Prose, unpackPairs } from "./prose.js";
import { readSymbol, type WordClass, type WordSymbol } from "./symbols.js";

/** Invented words that may come again, of each class. */
const fewestPooled = 16;
const mostPooled = 300;

/** Writes texts after a {@link Prose}: its common words where they use to stand, invented ones in place of rare ones. */
export class ProseWriter {
  readonly #prose: Prose;
  readonly #symbols: readonly WordSymbol[];
  readonly #follows: readonly { readonly list: readonly Follows[]; readonly sum: number }[];
  readonly #lengths: Readonly<Record<"lower" | "title" | "upper" | "script", readonly number[]>>;
  readonly #draws: Draws;
  readonly #pools = new Map<string, string[]>();

  constructor(prose: Prose, draws: Draws) {
    const lengths = unpack(prose.lengths);
    this.#prose = prose;
    this.#draws = draws;
    this.#symbols = prose.symbols.map(readSymbol);
    this.#follows = unpackPairs(prose).map((list) => ({ list, sum: list.reduce((sum, { count }) => sum + count, 0) }));
    this.#lengths = {
      lower: lengthsOfClass(lengths, "lower"),
      title: lengthsOfClass(lengths, "title"),
      upper: lengthsOfClass(lengths, "upper"),
      script: lengthsOfClass(lengths, "script"),
    };
  }

  /** One text from its beginning to its end, or of `most` words and signs. */
  text(most: number): string {
    let text = "";
    let state = 0;
    for (let count = 0; count < most; count++) {
      state = this.next(state);
      if (state === 0) break;
      text += this.word(state, text === "");
    }
    return text;
  }

  /** The number of a symbol that may follow; 0 for the end. */
  next(state: number): number {
    const { list, sum } = this.#follows[state] ?? { list: [], sum: 0 };
    let left = this.#draws.unit() * sum;
    for (const { next, count } of list) {
      left -= count;
      if (left < 0) return next;
    }
    return 0;
  }

  /** A symbol's text, with the blank in front of it unless it is the `first` of its text. */
  word(state: number, first: boolean): string {
    const symbol = this.#symbols[state - 1];
    if (symbol === undefined) return "";
    const text = symbol.kind === null ? symbol.text : this.#invented(symbol.kind, symbol.text);
    return symbol.spaced && !first ? ` ${text}` : text;
  }

  /** Words come again as often as the rare ones of the original did. */
  #invented(kind: WordClass, text: string): string {
    const pool = this.#pools.get(kind + text) ?? [];
    this.#pools.set(kind + text, pool);
    if (1000 * this.#draws.unit() < this.#prose.reuse && pool.length > fewestPooled) {
      return pool[this.#draws.below(pool.length)] ?? "";
    }
    const word = this.#made(kind, text);
    if (pool.length < mostPooled) pool.push(word);
    else pool[this.#draws.below(mostPooled)] = word;
    return word;
  }

  #made(kind: WordClass, text: string): string {
    if (kind === "digits") return this.#digits(Number(text) || 1);
    const length = 1 + this.#draws.weighted(this.#lengths[kind]);
    if (kind === "script" || this.#prose.alphabet !== "") return this.#spelled(kind, length);
    if (kind === "upper" && length < 5) return this.#letters(length);
    const word = kind === "title" && this.#draws.unit() < 0.6 ? fakeName(this.#draws, length) : null;
    const found = word ?? fakeWord(this.#draws, length) ?? this.#letters(length).toLowerCase();
    if (kind === "upper") return found.toUpperCase();
    return kind === "title" ? capital(found) : found;
  }

  #digits(length: number): string {
    const first = length === 1 ? this.#draws.below(10) : 1 + this.#draws.below(9);
    let text = String(first);
    while (text.length < length) text += String(this.#draws.below(10));
    return text;
  }

  #spelled(kind: WordClass, length: number): string {
    const alphabet = [...(this.#prose.alphabet || "etaoinshrdlu")];
    let word = "";
    for (let at = 0; at < length; at++) {
      word += alphabet[Math.floor(alphabet.length * this.#draws.unit() ** 2)] ?? "";
    }
    if (kind === "upper") return word.toUpperCase();
    return kind === "title" ? capital(word) : word;
  }

  #letters(length: number): string {
    let word = "";
    while (word.length < length) word += String.fromCharCode(65 + this.#draws.below(26));
    return word;
  }
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
