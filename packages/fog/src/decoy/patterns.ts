import type { Alphabet, ShapePart } from "../beacon/shape.js";
import { rarity } from "./rarity.js";

/** Runs of digits, runs of letters, and every other character by itself. */
const runs = /\d+|\p{Lu}+|\p{Ll}+|[^\d\p{Lu}\p{Ll}]/gu;

/** One place of a pattern: what stands there in every text, or any character of an alphabet. */
type Place = { readonly literal: string } | { readonly alphabet: Alphabet };

/**
 * The pattern of texts that are all alike to the last place: constant characters, groups that take few values, and places
 * that take any of an alphabet. `null` when lengths differ, or a place holds what no alphabet has.
 *
 * @param texts - At least `rarity`, or nothing can be told from it.
 */
export function patternOf(texts: readonly string[]): ShapePart[] | null {
  const [first] = texts;
  if (first === undefined || texts.length < rarity || texts.some((text) => text.length !== first.length)) return null;
  const groups = groupsOf(texts, first);
  const parts: ShapePart[] = [];
  for (const { from, to } of groups) {
    const values = texts.map((text) => text.slice(from, to));
    const few = weightedOf(values);
    if (few !== null) parts.push(few);
    else {
      const places = placesOf(values);
      if (places === null) return null;
      parts.push(...places);
    }
  }
  return merged(parts);
}

/** Years and letters in front of a number, such as `INV-2026-`, take few values as a group, each of them common. */
function weightedOf(values: readonly string[]): ShapePart | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const options = [...counts].map(([text, weight]) => ({ text, weight })).sort((a, b) => (a.text < b.text ? -1 : 1));
  if (options.length === 1 && options[0] !== undefined) return { kind: "literal", text: options[0].text };
  if (options.length > 24 || options.some(({ text, weight }) => weight < rarity || text.length > 32)) return null;
  return (options[0]?.text.length ?? 0) < 2 ? null : { kind: "weighted", options };
}

function placesOf(values: readonly string[]): ShapePart[] | null {
  const width = values[0]?.length ?? 0;
  const places = Array.from({ length: width }, (_, at) => placeOf(new Set(values.map((value) => value[at] ?? ""))));
  const leading = new Set(values.map((value) => value[0] ?? ""));
  const firstNeverZero = values.length >= 30 && !leading.has("0") && places.every((place) => isDigit(place));
  if (places.some((place) => place === null)) return null;
  const hexadecimal = hexOf(places.filter((place) => place !== null));
  return places.flatMap((place, at): ShapePart[] => {
    if (place === null) return [];
    if (at === 0 && firstNeverZero && "alphabet" in place) return [{ kind: "word", words: [..."123456789"] }];
    if ("literal" in place) return [{ kind: "literal", text: place.literal }];
    return [{ kind: "random", of: hexadecimal ?? place.alphabet, length: 1 }];
  });
}

function isDigit(place: Place | null): boolean {
  return place !== null && ("literal" in place || place.alphabet === "digit");
}

function placeOf(seen: ReadonlySet<string>): Place | null {
  const all = [...seen];
  const only = all.length === 1 ? all[0] : undefined;
  if (only !== undefined) return { literal: only };
  const fits = (expression: RegExp): boolean => all.every((one) => expression.test(one));
  if (fits(/[0-9]/)) return { alphabet: "digit" };
  if (fits(/[0-9a-f]/) && all.length > 6) return { alphabet: "hex" };
  if (fits(/[0-9A-F]/) && all.length > 6) return { alphabet: "upper-hex" };
  if (fits(/[A-Z]/)) return { alphabet: "upper" };
  if (fits(/[a-z]/)) return { alphabet: "lower" };
  if (fits(/[0-9A-Z]/)) return { alphabet: "upper-digit" };
  return fits(/[0-9a-z]/) ? { alphabet: "lower-digit" } : null;
}

/** Long runs of hexadecimal digits look like digits or letters in some places. */
function hexOf(places: readonly Place[]): Alphabet | null {
  const alphabets = new Set(places.flatMap((place) => ("alphabet" in place ? [place.alphabet] : [])));
  const [one] = [...alphabets].filter((alphabet) => alphabet === "hex" || alphabet === "upper-hex");
  if (one === undefined || alphabets.size === 1) return one ?? null;
  const allowed = new Set<Alphabet>(one === "hex" ? ["hex", "digit"] : ["upper-hex", "digit"]);
  return [...alphabets].every((alphabet) => allowed.has(alphabet)) ? one : null;
}

/** Where groups begin and end: at the changes of kind that all texts have in common. */
function groupsOf(texts: readonly string[], first: string): { from: number; to: number }[] {
  let borders = bordersOf(first);
  for (const text of texts) {
    const own = bordersOf(text);
    borders = new Set([...borders].filter((border) => own.has(border)));
  }
  const sorted = [...borders].sort((left, right) => left - right);
  return sorted.slice(1).map((to, index) => ({ from: sorted[index] ?? 0, to }));
}

function bordersOf(text: string): Set<number> {
  const borders = new Set([0, text.length]);
  for (const match of text.matchAll(runs)) borders.add(match.index);
  return borders;
}

function merged(parts: readonly ShapePart[]): ShapePart[] {
  const result: ShapePart[] = [];
  for (const part of parts) {
    const before = result.at(-1);
    if (part.kind === "literal" && before?.kind === "literal" && before.text.length + part.text.length <= 32) {
      result[result.length - 1] = { kind: "literal", text: before.text + part.text };
    } else if (part.kind === "random" && before?.kind === "random" && before.of === part.of && before.length < 32) {
      result[result.length - 1] = { ...before, length: before.length + 1 };
    } else result.push(part);
  }
  return result;
}
