import { FogboundError } from "@fogbound/errors";

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are the same. Takes the same time for all pairs of one length; the length is no secret. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= (left[at] ?? 0) ^ (right[at] ?? 0);
  return difference === 0;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws TypeError for text with a lone surrogate: UTF-8 would silently replace it, so two texts would be one. */
export function utf8(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new TypeError("Expected well-formed Unicode text, got a lone surrogate.");
  return encoder.encode(text);
}

/** Keeps a byte order mark, so that text and bytes stay one to one.
 * @throws FogboundError `FORMAT_INVALID` for bytes that are not UTF-8.
 */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new FogboundError("FORMAT_INVALID", "Expected UTF-8 text, got other bytes.", { cause });
  }
}

/** The character codes of 0 to 9 and a to f. */
const hexDigits: Uint8Array = /* @__PURE__ */ encoder.encode("0123456789abcdef");

/** Lower case. By way of bytes: text that is put together piece by piece is a tree of pieces, and an audit names much by hashes. */
export function toHex(bytes: Uint8Array): string {
  const digits = new Uint8Array(2 * bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    digits[2 * at] = hexDigits[byte >> 4] ?? 0;
    digits[2 * at + 1] = hexDigits[byte & 15] ?? 0;
  }
  return decoder.decode(digits);
}

/** @throws FogboundError `FORMAT_INVALID` for anything but pairs of `0-9a-f`. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) throw notEncoded("lower-case hexadecimal", text);
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** RFC 4648 section 6 in lower case and without padding. */
export function toBase32(bytes: Uint8Array): string {
  return toDigits(bytes, base32, 5);
}

/** @throws FogboundError `FORMAT_INVALID` for upper case, padding, an impossible length, or unused bits that are set. */
export function fromBase32(text: string): Uint8Array {
  return fromDigits(text, base32, 5, "lower-case base32 without padding");
}

/** RFC 4648 section 4: the standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  const digits = toDigits(bytes, base64, 6);
  return digits.padEnd(Math.ceil(digits.length / 4) * 4, "=");
}

/** @throws FogboundError `FORMAT_INVALID` for another alphabet, white space, missing padding, or unused bits that are set. */
export function fromBase64(text: string): Uint8Array {
  const expected = "padded base64 in the standard alphabet";
  if (text.length % 4 !== 0) throw notEncoded(expected, text);
  return fromDigits(text.replace(/={1,2}$/, ""), base64, 6, expected);
}

interface Alphabet {
  readonly digits: string;
  readonly values: ReadonlyMap<string, number>;
}

const base32: Alphabet = alphabet("abcdefghijklmnopqrstuvwxyz234567");
const base64: Alphabet = alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

function alphabet(digits: string): Alphabet {
  return { digits, values: new Map(Array.from(digits, (digit, value) => [digit, value])) };
}

function toDigits(bytes: Uint8Array, { digits }: Alphabet, width: number): string {
  let text = "";
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    for (bits += 8; bits >= width; bits -= width) text += digits.charAt((pending >> (bits - width)) & (2 ** width - 1));
    pending &= 2 ** bits - 1;
  }
  return bits === 0 ? text : text + digits.charAt((pending << (width - bits)) & (2 ** width - 1));
}

function fromDigits(text: string, { values }: Alphabet, width: number, expected: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * width) / 8));
  let pending = 0;
  let bits = 0;
  let at = 0;
  for (const digit of text) {
    const value = values.get(digit);
    if (value === undefined) throw notEncoded(expected, text);
    pending = (pending << width) | value;
    bits += width;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = pending >> bits;
    pending &= 2 ** bits - 1;
  }
  // Bits left over that are set, or a whole digit's worth: a second spelling of the same bytes.
  if (pending !== 0 || bits >= width) throw notEncoded(expected, text);
  return bytes;
}

function notEncoded(expected: string, text: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", `Expected ${expected}, got ${JSON.stringify(text.slice(0, 80))}.`);
}
