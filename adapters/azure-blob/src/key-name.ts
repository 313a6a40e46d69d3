/**
 * Keys as names of blobs, and back. Azure normalises some names (dots at the end of segments, "\", "//"), documents
 * others as unsafe, and does not say how it sorts what is not ASCII. So a name is one of two kinds:
 *
 *   plain    the key itself: segments of A-Z a-z 0-9 "_" "-" ".", none ending in ".", at most 128 of them
 *   escaped  for every other key, each byte of its UTF-8 as the letter U+0100 + byte
 *
 * Both keep the order of the keys' bytes among their own, by whatever rule names are compared, and a name is never
 * longer than 1024 characters, Azure's limit, where its key has 1024 bytes. A plain name begins with ASCII, an escaped
 * one does not, so no two keys share a name. A listing merges the two.
 */
const longestName = 1024;
/** Azure takes 254 in all; the store's own prefix needs some. */
const mostSegments = 128;
const firstLetter = 0x0100;
/** Sorts behind every character of a plain name and before every escaped one. */
const behindPlain = "~";
const plainSegment = /^(?:[\w-]|\.(?!$))+$/;
const plainStart = /^[\w./-]*$/;
const escapedName = /^[\u0100-\u01ff]+$/;
/** What no key is: an empty, "." or ".." segment, a control character. */
const noKey = /(?:^|\/)\.{0,2}(?:\/|$)|\p{Cc}/u;

export function isPlain(key: string): boolean {
  const segments = key.split("/");
  return segments.length <= mostSegments && segments.every((segment) => plainSegment.test(segment));
}

/** The name under which a key's blob lies, or null when it would be longer than Azure takes. */
export function nameOf(base: string, key: string): string | null {
  const name = base + (isPlain(key) ? key : escapeText(key));
  return name.length > longestName ? null : name;
}

/** The key, or null for a name that `nameOf` does not make: no two names stand for one key. */
export function keyOf(base: string, name: string): string | null {
  if (!name.startsWith(base)) return null;
  const rest = name.slice(base.length);
  if (isPlain(rest)) return rest;
  const key = unescapeText(rest);
  return key === null || isPlain(key) || noKey.test(key) ? null : key;
}

/** Where in the order of names a listing looks for keys of one kind. */
export interface NameRange {
  /** What all of their names start with; other names may too. */
  readonly prefix: string;
  /** No name of them comes before it. */
  readonly from: string;
  /** No name of them comes after one for which this is true. */
  isBehind(name: string): boolean;
}

/** The ranges that together hold every key which starts with `prefix` and comes after `after`. */
export function rangesOf(base: string, prefix: string, after: string): readonly NameRange[] {
  const escaped: NameRange = {
    prefix: base + escapeText(prefix),
    from: base + (after === "" ? escapeText(" ") : escapeText(after)),
    isBehind: () => false,
  };
  if (!plainStart.test(prefix)) return [escaped];
  const plain: NameRange = {
    prefix: base + prefix,
    from: base + after.replace(/[^ -~].*$/su, behindPlain),
    isBehind: (name) => name.slice(base.length) > behindPlain,
  };
  return [plain, escaped];
}

function escapeText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(firstLetter + byte)).join("");
}

function unescapeText(name: string): string | null {
  if (!escapedName.test(name)) return null;
  const bytes = Uint8Array.from(name, (letter) => letter.charCodeAt(0) - firstLetter);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
