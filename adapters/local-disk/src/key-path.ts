/**
 * One segment of a key as names on a disk, and back. Names consist of a-z, 0-9 and "._-=+@%" only, so they survive
 * disks that fold case, normalise Unicode, or reserve names (Windows: CON, NUL and so on; a "." or space at the end).
 *
 *   object  `<escaped>.object`              directory  `<escaped>`
 *
 * The two never meet, so "a" and "a/b" may both be keys. What is escaped to more than 200 characters is cut over
 * directories `<piece>.more`, with every piece but the first marked by "=".
 */
const pieceLength = 200;
const objectSuffix = ".object";
const moreSuffix = ".more";
const continuedMark = "=";
const reservedName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/;
/** What a directory's name must not end in: Windows drops the dot, and the suffixes are ours. */
const reservedEnd = /\.(?=(?:object|more)?$)/;
const literal = /^[a-z0-9._\-=+@]$/;

/** What stands for itself, as nearly every segment does. Reserved names and ends have a dot in them, or are this short. */
const plain = /^[a-z0-9_\-=+@]{5,}$/;

export function escapeSegment(segment: string): string {
  if (plain.test(segment)) return segment;
  let escaped = "";
  for (const byte of new TextEncoder().encode(segment)) {
    const character = String.fromCharCode(byte);
    escaped += literal.test(character) ? character : hexadecimal(byte);
  }
  return escaped
    .replace(reservedEnd, hexadecimal(0x2e))
    .replace(reservedName, (name) => hexadecimal(name.charCodeAt(0)) + name.slice(1));
}

/** The segment, or null for a name that `escapeSegment` does not make: no two names stand for one key. */
export function unescapeSegment(escaped: string): string | null {
  if (escaped === "") return null;
  let segment: string;
  try {
    segment = decodeURIComponent(escaped);
  } catch {
    return null;
  }
  return escapeSegment(segment) === escaped ? segment : null;
}

/** The path of a directory under the root, as names. */
export function directoryNames(segments: readonly string[]): string[] {
  return segments.flatMap((segment) => pieces(escapeSegment(segment)));
}

/** The path of an object under the root, as names; the last one is the file's. */
export function objectNames(key: string): string[] {
  const names = directoryNames(key.split("/"));
  const last = names.pop() ?? "";
  return [...names, last + objectSuffix];
}

export type Name =
  | { readonly kind: "object" | "directory"; readonly escaped: string }
  | { readonly kind: "more"; readonly escaped: string };

/** What a name in a directory stands for; `before` holds the pieces so far when that directory is itself a `.more`. */
export function parseName(name: string, before: string): Name | null {
  if (before !== "" && !name.startsWith(continuedMark)) return null;
  const piece = before === "" ? name : name.slice(continuedMark.length);
  if (piece.endsWith(moreSuffix)) {
    const escaped = piece.slice(0, -moreSuffix.length);
    return escaped.length === pieceLength ? { kind: "more", escaped: before + escaped } : null;
  }
  const isObject = piece.endsWith(objectSuffix);
  const end = isObject ? piece.slice(0, -objectSuffix.length) : piece;
  if (end.length === 0 || end.length > pieceLength) return null;
  return { kind: isObject ? "object" : "directory", escaped: before + end };
}

function pieces(escaped: string): string[] {
  const names: string[] = [];
  for (let start = 0; start < escaped.length; start += pieceLength) {
    const mark = start === 0 ? "" : continuedMark;
    const suffix = start + pieceLength < escaped.length ? moreSuffix : "";
    names.push(mark + escaped.slice(start, start + pieceLength) + suffix);
  }
  return names;
}

function hexadecimal(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}
