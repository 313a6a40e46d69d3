import type { Draws } from "./draws.js";
import { fakeWord } from "./lexicon.js";
import type { Column, Values } from "./table-model.js";

/** Columns that may grow or shrink without anybody wondering, free text first; names of things and dates last. */
export function elasticColumns(columns: readonly Column[]): number[] {
  const rank = (column: Column): number => {
    if (column.link.kind === "same" || column.order !== "none") return 8;
    const ranks = { prose: 0, fake: 1, none: 4, number: 3, code: 5, counting: 7, date: 7, identifier: 6 };
    return ranks[column.values.kind];
  };
  return columns
    .map((column, at) => ({ at, rank: rank(column) }))
    .sort((left, right) => left.rank - right.rank || left.at - right.at)
    .map(({ at }) => at);
}

/** The text in exactly `length` characters: cut, or with words behind it; a number with more or fewer decimals. */
export function resizedText(text: string, column: Column, length: number, draws: Draws): string | null {
  if (length < 1) return null;
  const known = column.common.find((one) => one.text.length === length && one.text !== text);
  if (known !== undefined && column.common.some((one) => one.text === text)) return known.text;
  if (column.values.kind === "number" || column.values.kind === "none") return resizedNumber(text, length, draws);
  if (!isWordy(column.values)) return null;
  if (length <= text.length) return text.slice(0, length).replace(/[^\p{L}\p{N}]$/u, "s");
  return text + wordsOf(draws, length - text.length);
}

function isWordy(values: Values): boolean {
  if (values.kind === "fake") return ["street", "company", "job", "address", "last-name", "city"].includes(values.of);
  return values.kind === "prose";
}

/** Words with a blank before each, in exactly `length` characters; a single one is a letter. */
export function wordsOf(draws: Draws, length: number): string {
  let text = "";
  while (text.length < length) {
    const left = length - text.length;
    if (left === 1) return `${text}s`;
    const size = left <= 12 ? left - 1 : 3 + draws.below(6);
    const word = fakeWord(draws, size) ?? "s".repeat(size);
    text += ` ${word}`;
  }
  return text;
}

function resizedNumber(text: string, length: number, draws: Draws): string | null {
  const point = text.indexOf(".");
  if (!/^-?\d+(\.\d+)?$/.test(text) || length > 17) return null;
  if (point < 0 && (text.startsWith("-") || text === "0" || Math.abs(length - text.length) > 1)) return null;
  if (point >= 0 && length < point + 2) return null;
  let digits = text.slice(0, length);
  while (digits.length < length) digits += String(1 + draws.below(9));
  return digits;
}
