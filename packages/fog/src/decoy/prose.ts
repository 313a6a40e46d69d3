import { meanOf } from "./knots.js";
import { pack, unpack } from "./packed.js";
import { isPublic } from "./public-words.js";
import { counted, rarity } from "./rarity.js";
import {
  classOf,
  classSymbol,
  readSymbol,
  type SymbolText,
  symbolOf,
  type Token,
  tokensOf,
  type WordClass,
} from "./symbols.js";

/** How words follow one another: a Markov chain over common words and the classes of rare ones. */
export interface Prose {
  /** Number 0, which is not among them, is the beginning and the end; the first here is number 1. */
  readonly symbols: readonly SymbolText[];
  /** For each symbol from 0: how many follow it, and of each the distance from the one before and its count, packed. */
  readonly pairs: Uint8Array;
  /** By class lower, title, upper, script: how many rare words have 1, 2, … 24 letters, packed. */
  readonly lengths: Uint8Array;
  /** Of a thousand rare words, how many had stood in the text before. */
  readonly reuse: number;
  /** Common letters of rare words that faker has no words for, by frequency; empty for English. */
  readonly alphabet: string;
}

export interface ProseLimits {
  readonly mostSymbols: number;
  readonly mostPairs: number;
}

const longestWord = 24;
const classes = ["lower", "title", "upper", "script"] as const;

/** @param texts - Rows of a column, or the lines or paragraphs of a text: what rarity is counted in. */
export function learnProse(texts: readonly string[], limits: ProseLimits): Prose {
  const rows = texts.map(tokensOf);
  const kept = keptWords(rows, limits.mostSymbols);
  const chains = rows.map((row) => row.map((token) => symbolOf(token, kept)));
  const frequent = [...counted(chains.flat())].sort(([, left], [, right]) => right - left);
  const symbols = frequent.slice(0, limits.mostSymbols).map(([symbol]) => symbol);
  const numbers = new Map(symbols.map((symbol, index) => [symbol, index + 1]));
  const rare = rows.flat().filter(({ text }) => classOf(text) !== null && !kept.has(text) && !isPublic(text));
  return {
    symbols,
    pairs: packPairs(openPairs(pairsOf(chains, numbers), symbols, numbers), limits.mostPairs),
    lengths: pack(lengthsOf(rare)),
    reuse: rare.length === 0 ? 0 : Math.round(1000 * (1 - new Set(rare.map(({ text }) => text)).size / rare.length)),
    alphabet: alphabetOf(rows, rare),
  };
}

/** Words in at least `rarity` rows. */
function keptWords(rows: readonly (readonly Token[])[], most: number): Set<string> {
  const counts = counted(rows.flatMap((row) => [...new Set(row.map(({ text }) => text))]));
  const enough = [...counts].filter(([word, count]) => count >= rarity && !/^\d{5,}$/.test(word));
  return new Set(
    enough
      .sort(([, left], [, right]) => right - left)
      .slice(0, most)
      .map(([word]) => word),
  );
}

function pairsOf(chains: readonly SymbolText[][], numbers: ReadonlyMap<SymbolText, number>): Map<number, number>[] {
  const pairs = Array.from({ length: numbers.size + 1 }, () => new Map<number, number>());
  for (const chain of chains) {
    let before = 0;
    for (const symbol of [...chain, ""]) {
      const next = numbers.get(symbol) ?? 0;
      if (next === 0 && symbol !== "") continue;
      const follows = pairs[before];
      follows?.set(next, (follows.get(next) ?? 0) + 1);
      before = next;
    }
  }
  return pairs;
}

/**
 * Two words of the text's own that stand together in fewer than `rarity` places do so in no decoy by more than chance: in
 * place of the second one comes its class, so that sentences are as long as they were.
 */
function openPairs(
  pairs: readonly Map<number, number>[],
  symbols: readonly SymbolText[],
  numbers: ReadonlyMap<SymbolText, number>,
): Map<number, number>[] {
  const isOwn = [false, ...symbols.map(isOwnWord)];
  return pairs.map((follows, before) => {
    const open = new Map<number, number>();
    for (const [next, count] of follows) {
      const hidden = count < rarity && isOwn[before] === true && isOwn[next] === true;
      const shown = hidden ? numbers.get(classSymbol(symbols[next - 1] ?? "")) : next;
      if (shown !== undefined) open.set(shown, (open.get(shown) ?? 0) + count);
    }
    return open;
  });
}

function packPairs(pairs: readonly Map<number, number>[], most: number): Uint8Array {
  const open = pairs.flatMap((follows, before) => [...follows].map(([next, count]) => ({ before, next, count })));
  const kept = open.sort((left, right) => right.count - left.count).slice(0, most);
  const byBefore = pairs.map((): { next: number; count: number }[] => []);
  for (const { before, next, count } of kept) byBefore[before]?.push({ next, count });
  return pack(
    byBefore.flatMap((follows) => {
      let last = 0;
      const sorted = follows.sort((left, right) => left.next - right.next);
      const steps = sorted.flatMap(({ next, count }) => {
        const step = next - last;
        last = next;
        return [step, count];
      });
      return [follows.length, ...steps];
    }),
  );
}

function isOwnWord(symbol: SymbolText): boolean {
  const { kind, text } = readSymbol(symbol);
  return kind === null && classOf(text) !== null && !isPublic(text);
}

function lengthsOf(rare: readonly Token[]): number[] {
  const histogram = new Array<number>(classes.length * longestWord).fill(0);
  for (const { text } of rare) {
    const row = rowOf(classOf(text));
    const at = row * longestWord + Math.min(longestWord, [...text].length) - 1;
    if (row >= 0) histogram[at] = (histogram[at] ?? 0) + 1;
  }
  return histogram;
}

/**
 * Empty where words are Latin and English, or too few to tell; else the letters of at least `rarity` rare words. Names
 * and headings tell nothing of a language: what counts are words in lower case.
 */
function alphabetOf(rows: readonly (readonly Token[])[], rare: readonly Token[]): string {
  const words = rows.flat().filter(({ text }) => /^\p{L}/u.test(text));
  const small = words.filter(({ text }) => classOf(text) === "lower");
  const english = small.filter(({ text }) => isPublic(text)).length;
  const latin = meanOf(words.map(({ text }) => (classOf(text) === "script" ? 0 : 1)));
  const foreign = small.length > 0.3 * words.length && small.length > 200 && english < 0.15 * small.length;
  if (words.length === 0 || (latin > 0.8 && !foreign)) return "";
  const counts = counted(rare.flatMap(({ text }) => [...new Set(text.toLowerCase())]));
  const enough = [...counts].filter(([letter, count]) => count >= rarity && /[\p{L}\p{M}]/u.test(letter));
  return enough
    .sort(([, left], [, right]) => right - left)
    .slice(0, 400)
    .map(([letter]) => letter)
    .join("");
}

function rowOf(kind: WordClass | null): number {
  return kind === null || kind === "digits" ? -1 : classes.indexOf(kind);
}

export interface Follows {
  readonly next: number;
  readonly count: number;
}

/** The pairs by their first symbol. @throws RangeError for a table that names symbols there are not. */
export function unpackPairs(prose: Prose): Follows[][] {
  const numbers = unpack(prose.pairs);
  const size = prose.symbols.length;
  let at = 0;
  const table = Array.from({ length: size + 1 }, () => {
    const follows: Follows[] = [];
    let next = 0;
    for (let left = numbers[at++] ?? 0; left > 0; left--) {
      next += numbers[at++] ?? 0;
      if (next > size || at > numbers.length)
        throw new RangeError("Expected pairs of the symbols there are, got others.");
      follows.push({ next, count: numbers[at++] ?? 0 });
    }
    return follows;
  });
  if (at !== numbers.length) throw new RangeError("Expected pairs of the symbols there are, got more.");
  return table;
}

/** The histogram of one class. */
export function lengthsOfClass(lengths: readonly number[], kind: (typeof classes)[number]): number[] {
  const row = classes.indexOf(kind);
  return lengths.slice(row * longestWord, (row + 1) * longestWord);
}
