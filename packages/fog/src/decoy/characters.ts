import { fromUtf8, utf8 } from "@fogbound/crypto";
import type { Sample } from "./sample.js";

/** How the characters of a document stand in bytes. */
export interface Encoding {
  readonly characters: "utf-8" | "latin-1";
  /** Whether U+FEFF stands in front. */
  readonly byteOrderMark: boolean;
}

export interface Characters {
  readonly encoding: Encoding;
  readonly head: string;
  readonly pieces: readonly string[];
}

const mark = [0xef, 0xbb, 0xbf];

/** The sample as text; `null` for what is none: zero bytes and other control characters. */
export function readCharacters(sample: Sample): Characters | null {
  const { head } = sample;
  if (head.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13)) return null;
  const byteOrderMark = mark.every((byte, index) => head[index] === byte);
  const bytes = byteOrderMark ? head.subarray(3) : head;
  const whole = strictUtf8(sample.length === head.length ? bytes : wholeCharacters(bytes));
  if (whole !== null) {
    const pieces = sample.pieces.map((piece) => strictUtf8(wholeCharacters(piece.bytes)));
    return {
      encoding: { characters: "utf-8", byteOrderMark },
      head: whole,
      pieces: pieces.filter((one) => one !== null),
    };
  }
  const pieces = sample.pieces.map((piece) => latin1(piece.bytes));
  return { encoding: { characters: "latin-1", byteOrderMark: false }, head: latin1(head), pieces };
}

/** The text in `encoding`, without a byte order mark. What Latin-1 has no byte for becomes `?`. */
export function toBytes(text: string, encoding: Encoding): Uint8Array {
  if (encoding.characters === "utf-8") return utf8(text);
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 63;
    return code < 256 ? code : 63;
  });
}

const beyondAscii = /[^\0-\x7f]/;

/** Bytes that `text` takes. */
export function byteLength(text: string, encoding: Encoding): number {
  return beyondAscii.test(text) ? toBytes(text, encoding).length : text.length;
}

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return fromUtf8(bytes);
  } catch {
    return null;
  }
}

/** Without the parts of characters that a cut left at both ends. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < 4 && isContinuation(bytes[start])) start += 1;
  let end = bytes.length;
  while (end > start && end > bytes.length - 4 && isContinuation(bytes[end - 1])) end -= 1;
  const lead = bytes[end - 1] ?? 0;
  const complete = lead < 0xc0 || (lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3) === bytes.length - end;
  return bytes.subarray(start, complete ? bytes.length : end - 1);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
