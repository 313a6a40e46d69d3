import { headerOf, standsOverNumbers } from "../decoy/delimited.js";
import { rarity } from "../decoy/rarity.js";
import { slot, withoutSlots } from "./slots.js";
import { isUsualLabel } from "./usual-labels.js";

/**
 * The labels of a table, or `null` when it has none. They stay as they are over columns of numbers in a table that is
 * long enough; in a form, where beside a label stands what it is of, only words that label things anywhere do.
 */
export function labelsOf(rows: readonly (readonly string[])[]): readonly string[] | null {
  const header = headerOf(rows.slice(0, 200));
  if (header === null) return null;
  const isSure = rows.length > rarity && standsOverNumbers(rows.slice(0, 200));
  return header.map((label) => (isSure ? withoutSlots(label) : shownLabel(label)));
}

function shownLabel(label: string): string {
  if (label === "" || isUsualLabel(label)) return withoutSlots(label);
  return slot(`title:${wordsIn(label)}`);
}

/** A slot for another title of as many words. */
export function titleSlot(text: string): string {
  return slot(`title:${Math.min(24, text.trim().split(/\s+/).length)}`);
}

/** Words of a text that is made anew. */
export function wordsIn(text: string): number {
  return Math.min(64, Math.max(1, text.trim().split(/\s+/).length));
}
