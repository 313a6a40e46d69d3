/**
 * A value, word or pair of words that occurs in fewer rows (or lines, in a text) than this is rare: it is nobody's
 * business but the owner's, stays out of the model, and something invented stands in its place. What occurs at least as
 * often is taken for common, as the name of a country or a status is, and may show in a decoy.
 */
export const rarity: number = 5;

/** Values that say nothing of anybody, however rare they are. */
const empty = /^(true|false|null|yes|no|n\/?a|none|nan|-|"")?$/i;

function saysNothing(entry: unknown): boolean {
  return typeof entry === "string" && empty.test(entry.charCodeAt(0) === 1 ? entry.slice(1) : entry);
}

/** How often each entry occurs. */
export function counted<T>(entries: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return counts;
}

/** Those that are not rare, or say nothing, the most frequent first; of equally frequent ones the first that came. */
export function common<T>(counts: ReadonlyMap<T, number>, most: number): [T, number][] {
  return [...counts]
    .filter(([entry, count]) => count >= rarity || saysNothing(entry))
    .sort(([, left], [, right]) => right - left)
    .slice(0, most);
}
