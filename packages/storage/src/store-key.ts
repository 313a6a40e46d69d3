import { keyBytes, reservedPrefix } from "./defaults.js";

const encoder: TextEncoder = new TextEncoder();
const control = /\p{Cc}/u;
const slash = 0x2f;
const dot = 0x2e;

/**
 * A key is 1 to 1024 bytes of UTF-8: segments between slashes, none empty, none "." or "..", no control character
 * (U+0000 to U+001F, U+007F to U+009F), no lone surrogate. Nothing is normalised: two spellings are two keys.
 *
 * @throws TypeError for anything else, and for keys under the reserved ".fogbound/".
 */
export function assertKey(key: string): void {
  if (typeof key !== "string" || key === "") throw new TypeError("Expected a key of at least one character.");
  if (isPlainKey(key)) return;
  assertText("key", key);
  if (key.startsWith(reservedPrefix)) throw invalid("key", key, `no key under the reserved ${reservedPrefix}`);
  for (const segment of key.split("/")) {
    if (segment === "") throw invalid("key", key, "no empty segment");
    if (segment === "." || segment === "..") throw invalid("key", key, 'no "." or ".." segment');
  }
}

/** Nearly every key: printable ASCII, no segment that is empty or begins with a ".". What is not plain is looked at closely. */
function isPlainKey(key: string): boolean {
  if (key.length > keyBytes) return false;
  for (let at = 0, before = slash; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || (before === slash && (code === dot || code === slash))) return false;
    before = code;
  }
  return key.charCodeAt(key.length - 1) !== slash;
}

/** The start of keys, any string that could begin one; `""` starts them all. @throws TypeError */
export function assertPrefix(prefix: string): void {
  if (typeof prefix !== "string") throw new TypeError("Expected a prefix, a string.");
  assertText("prefix", prefix);
}

/** A store's own prefix, ending in "/" unless empty. @throws TypeError when it is no key (a "/" at its end aside). */
export function storePrefix(prefix: string): string {
  if (prefix === "") return "";
  const key = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  assertKey(key);
  if (`${key}/` === reservedPrefix) throw invalid("prefix", prefix, `anything but the reserved ${reservedPrefix}`);
  return `${key}/`;
}

/** Orders keys by their UTF-8 bytes, which is the order of code points and not that of JavaScript's `<`. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const one = left.charCodeAt(index);
    const other = right.charCodeAt(index);
    if (one !== other) return rank(one) - rank(other);
  }
  return left.length - right.length;
}

/** Bytes of UTF-8. */
function keyLength(key: string): number {
  return encoder.encode(key).length;
}

/** Surrogates stand for code points above U+FFFF, so they sort after U+E000 to U+FFFF. */
function rank(codeUnit: number): number {
  if (codeUnit >= 0xe000) return codeUnit - 0x800;
  return codeUnit >= 0xd800 ? codeUnit + 0x2000 : codeUnit;
}

function assertText(what: string, text: string): void {
  if (!text.isWellFormed()) throw invalid(what, text, "no lone surrogate");
  if (control.test(text)) throw invalid(what, text, "no control character");
  if (keyLength(text) > keyBytes) throw invalid(what, text, `at most ${keyBytes} bytes of UTF-8`);
}

function invalid(what: string, text: string, rule: string): TypeError {
  return new TypeError(`Expected a ${what} with ${rule}, got ${JSON.stringify(text.slice(0, 120))}.`);
}
