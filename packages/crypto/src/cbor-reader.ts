import type { CborValue } from "./cbor.js";

/** What is not deterministic CBOR, in words; {@link readCbor} throws nothing else. */
class NotDeterministic extends Error {}

const safe = Number.MAX_SAFE_INTEGER;
/** What is no longer is put together faster than a decoder is called: nearly all keys are. */
const shortText = 12;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/**
 * Reads one value by the rules of RFC 8949 section 4.2.1 and refuses every second way to write it: heads that are longer
 * than they must be, indefinite lengths, keys out of order or twice, text that is not UTF-8 (overlong forms and surrogates
 * too). So what it takes encodes to the same bytes again, and nobody needs to encode it to know.
 *
 * Every length is held against what is left before anything is made for it, and every step down is counted.
 */
class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // Not the Buffer itself: its `slice` gives out views of memory that the caller may write over.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(levels: number): CborValue {
    const first = this.#byte();
    switch (first >> 5) {
      case 0:
        return this.#argument(first, safe);
      case 1:
        return -1 - this.#argument(first, safe - 1);
      case 2:
        return this.#chunk(this.#length(first));
      case 3:
        return this.#text(this.#length(first));
      case 4:
        return this.#list(this.#length(first), levels - 1);
      case 5:
        return this.#map(this.#length(first), levels - 1);
      default:
        return simple(first);
    }
  }

  #chunk(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.slice(start, this.#at);
  }

  #list(count: number, levels: number): CborValue {
    if (levels < 0) throw new NotDeterministic("Lists and maps are nested too deep.");
    const list: CborValue[] = [];
    for (let item = 0; item < count; item++) list.push(this.value(levels));
    return list;
  }

  #map(count: number, levels: number): CborValue {
    if (levels < 0) throw new NotDeterministic("Lists and maps are nested too deep.");
    const map = new Map<string, CborValue>();
    for (let entry = 0, before = 0, beforeEnd = 0; entry < count; entry++) {
      const first = this.#byte();
      if (first >> 5 !== 3) throw new NotDeterministic("A key of a map is no text.");
      const length = this.#length(first);
      const start = this.#at;
      const key = this.#text(length);
      if (entry > 0 && !this.#isBefore(before, beforeEnd, start)) throw new NotDeterministic("Keys are out of order.");
      [before, beforeEnd] = [start, this.#at];
      map.set(key, this.value(levels));
    }
    return map;
  }

  /** Whether the key from `left` to `leftEnd` stands before the one from `right` to here: the shorter one first. */
  #isBefore(left: number, leftEnd: number, right: number): boolean {
    const length = leftEnd - left;
    if (length !== this.#at - right) return length < this.#at - right;
    for (let at = 0; at < length; at++) {
      const difference = (this.#bytes[left + at] ?? 0) - (this.#bytes[right + at] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  /** Text that starts with a byte order mark is refused: decoders elsewhere swallow it. */
  #text(length: number): string {
    const start = this.#take(length);
    if (length <= shortText) {
      const text = this.#ascii(start);
      if (text !== null) return text;
    }
    if (byteOrderMark.every((byte, at) => at < length && this.#bytes[start + at] === byte))
      throw new NotDeterministic("Text starts with a byte order mark.");
    try {
      return decoder.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      throw new NotDeterministic("Text is not UTF-8.");
    }
  }

  /** null when it is not all ASCII, and so for the decoder. */
  #ascii(start: number): string | null {
    let text = "";
    for (let at = start; at < this.#at; at++) {
      const code = this.#bytes[at] ?? 0;
      if (code > 0x7f) return null;
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** Of bytes, or of items: each takes a byte at least. */
  #length(first: number): number {
    const length = this.#argument(first, safe);
    if (length <= this.#bytes.length - this.#at) return length;
    throw new NotDeterministic("A length leads past the end.");
  }

  #argument(first: number, most: number): number {
    const short = first & 0x1f;
    if (short < 24) return short;
    if (short > 27) throw new NotDeterministic("An indefinite or reserved length.");
    const width = 1 << (short - 24);
    let value = 0;
    for (let at = this.#take(width); at < this.#at; at++) value = value * 256 + (this.#bytes[at] ?? 0);
    if (value > most) throw new NotDeterministic("An integer that a double does not hold exactly.");
    if (value < (width === 1 ? 24 : 2 ** (4 * width))) throw new NotDeterministic("A head is longer than it must be.");
    return value;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  /** Steps over so many bytes. @returns where they start */
  #take(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new NotDeterministic("The bytes end too early.");
    this.#at += length;
    return start;
  }
}

const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function simple(first: number): boolean | null {
  if (first === 0xf4) return false;
  if (first === 0xf5) return true;
  if (first === 0xf6) return null;
  throw new NotDeterministic("A tag, a float or a simple value that is not used here.");
}

/**
 * One value that fills all the bytes, with lists and maps at most `deepest` within one another.
 * @throws NotDeterministic
 */
export function readCbor(bytes: Uint8Array, deepest: number): CborValue {
  const reader = new CborReader(bytes);
  const value = reader.value(deepest);
  if (reader.isAtEnd) return value;
  throw new NotDeterministic("There are bytes after the end.");
}
