import type { ShapePart } from "../beacon/shape.js";
import type { Draws } from "./draws.js";
import { patternOf } from "./patterns.js";
import { common, counted } from "./rarity.js";

/** One pattern of codes, and how often it occurs. */
export interface CodePattern {
  readonly parts: readonly ShapePart[];
  readonly count: number;
}

/** Short texts of digits and capitals that follow few patterns, such as `AK-81` or `00M`. */
export interface CodeValues {
  readonly kind: "code";
  readonly patterns: readonly CodePattern[];
}

const mostPatterns = 32;

/** Patterns of a column of codes; `null` where texts have words in them, or patterns are rarely the same. */
export function codesOf(texts: readonly string[]): CodeValues | null {
  const codes = texts.filter((text) => text.length <= 24 && !/[a-z]{3}|\s.*\s|[^\x20-\x7e]/.test(text));
  if (codes.length < 0.95 * texts.length) return null;
  if (codes.filter((text) => /\d|^[A-Z]{1,6}$/.test(text)).length < 0.7 * texts.length) return null;
  const byMask = new Map<string, string[]>();
  for (const code of codes) {
    const same = byMask.get(maskOf(code));
    if (same === undefined) byMask.set(maskOf(code), [code]);
    else same.push(code);
  }
  const patterns = common(counted(codes.map(maskOf)), mostPatterns).flatMap(([mask, count]) => {
    const parts = patternOf(byMask.get(mask) ?? []);
    return parts === null || parts.length > 16 ? [] : [{ parts, count }];
  });
  const covered = patterns.reduce((sum, { count }) => sum + count, 0);
  return covered >= 0.6 * texts.length ? { kind: "code", patterns } : null;
}

export function makeCode(values: CodeValues, draws: Draws): string {
  const pattern = values.patterns[draws.weighted(values.patterns.map(({ count }) => count))];
  return (pattern?.parts ?? []).map((part) => written(part, draws)).join("");
}

function maskOf(text: string): string {
  return text.replace(/[0-9]/g, "9").replace(/[A-Z]/g, "A").replace(/[a-z]/g, "a");
}

const alphabets = {
  digit: "0123456789",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  hex: "0123456789abcdef",
  "upper-hex": "0123456789ABCDEF",
  "upper-digit": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  "lower-digit": "abcdefghijklmnopqrstuvwxyz0123456789",
};

function written(part: ShapePart, draws: Draws): string {
  if (part.kind === "literal") return part.text;
  if (part.kind === "weighted")
    return part.options[draws.weighted(part.options.map(({ weight }) => weight))]?.text ?? "";
  if (part.kind === "word") return part.words[draws.below(part.words.length)] ?? "";
  if (part.kind !== "random") return "";
  const alphabet = alphabets[part.of];
  return Array.from({ length: part.length }, () => alphabet.charAt(draws.below(alphabet.length))).join("");
}
