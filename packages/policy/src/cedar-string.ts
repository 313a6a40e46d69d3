/** Controls, formatting (bidirectional overrides), unassigned, and every space that looks like another. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/**
 * A Cedar string literal of exactly this text. Quote and backslash are escaped, and so is everything a reviewer could
 * not see: a policy must read as it decides (Trojan Source, CVE-2021-42574).
 *
 * @param text Well-formed Unicode; the caller has checked.
 */
export function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${escaped.replace(unprintable, (character) => `\\u{${codePoint(character).toString(16)}}`)}"`;
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** What came, short enough for a message. */
export function shown(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (typeof value === "bigint") return `${value}n`;
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}
