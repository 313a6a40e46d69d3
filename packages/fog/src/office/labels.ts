import { headerOf, standsOverNumbers } from "../decoy/delimited.js";
import { rarity } from "../decoy/rarity.js";
import { isUsualLabel } from "./plain-values.js";
import { slot, withoutSlots } from "./slots.js";

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

/** Words of a text that is made anew. */
export function wordsIn(text: string): number {
  return Math.min(64, Math.max(1, text.trim().split(/\s+/).length));
}
