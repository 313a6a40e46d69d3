import type { CborValue } from "./cbor.js";

/** Heads of RFC 8949 section 3: the major type in the upper three bits. */
const major = { unsigned: 0x00, negative: 0x20, bytes: 0x40, text: 0x60, list: 0x80, map: 0xa0 } as const;
const simple = { false: 0xf4, true: 0xf5, null: 0xf6 } as const;
/** A scratch that one large value made larger than this is let go. */
const mostKept = 65536;
const encoder = new TextEncoder();

/** What no {@link CborValue} is; {@link writeCbor} throws nothing else. */
class NotWritable extends Error {}

/**
 * Writes a {@link CborValue} by the rules of RFC 8949 section 4.2.1: shortest heads, definite lengths,
 * keys in the order of their encoded bytes. A record is encoded some ten times on its way, which is why this is no
 * library's work: building tokens first took a fifth of an access.
 *
 * One value after another goes through one scratch, which is overwritten, as the bodies of records are secret.
 */
class CborWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #length = 0;

  encode(value: unknown, deepest: number): Uint8Array {
    this.#length = 0;
    try {
      this.#write(value, deepest);
      return this.#bytes.slice(0, this.#length);
    } finally {
      this.#bytes.fill(0, 0, this.#length);
      if (this.#bytes.length > mostKept) this.#bytes = new Uint8Array(mostKept);
    }
  }

  #write(value: unknown, levels: number): void {
    if (typeof value === "number") this.#integer(value);
    else if (typeof value === "string") this.#text(value);
    else if (value instanceof Uint8Array) this.#chunk(major.bytes, value);
    else if (value === null) this.#byte(simple.null);
    else if (typeof value === "boolean") this.#byte(value ? simple.true : simple.false);
    else if (levels === 0) throw new NotWritable("Nested too deep, or no value.");
    else if (value instanceof Map) this.#map(value, levels - 1);
    else if (Array.isArray(value)) this.#list(value, levels - 1);
    else throw new NotWritable("No value that CBOR is used for here.");
  }

  #integer(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new NotWritable("No safe integer.");
    if (value >= 0) this.#head(major.unsigned, value);
    else this.#head(major.negative, -1 - value);
  }

  /** A hole comes as `undefined`, which is no value. */
  #list(list: readonly unknown[], levels: number): void {
    this.#head(major.list, list.length);
    for (const item of list) this.#write(item, levels);
  }

  #map(map: ReadonlyMap<unknown, unknown>, levels: number): void {
    this.#head(major.map, map.size);
    for (const [key, value] of inOrder(map)) {
      this.#text(key);
      this.#write(value, levels);
    }
  }

  #text(text: string): void {
    if (!isAscii(text)) {
      // Decoders swallow a byte order mark, so text that starts with one would come back as other text.
      if (!text.isWellFormed() || text.startsWith("\u{feff}")) throw new NotWritable("No well-formed text.");
      this.#chunk(major.text, encoder.encode(text));
      return;
    }
    this.#head(major.text, text.length);
    this.#reserve(text.length);
    for (let at = 0; at < text.length; at++) this.#bytes[this.#length + at] = text.charCodeAt(at);
    this.#length += text.length;
  }

  #chunk(type: number, bytes: Uint8Array): void {
    this.#head(type, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #head(type: number, argument: number): void {
    if (argument < 24) {
      this.#byte(type | argument);
      return;
    }
    const width = widthOf(argument);
    this.#byte(type | (24 + Math.log2(width)));
    this.#reserve(width);
    for (let at = this.#length + width - 1, rest = argument; at >= this.#length; at--) {
      this.#bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.#length += width;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes.fill(0, 0, this.#length);
    this.#bytes = larger;
  }
}

const writer: CborWriter = /* @__PURE__ */ new CborWriter();

/** Lists and maps at most `deepest` within one another. @throws NotWritable for what is no {@link CborValue} */
export function writeCbor(value: CborValue, deepest: number): Uint8Array {
  return writer.encode(value, deepest);
}

/** The entries by their encoded keys. Where a key is not ASCII they are sorted in any case. Formats write their fields in that order, so that nearly nothing is sorted. */
function inOrder(map: ReadonlyMap<unknown, unknown>): Iterable<readonly [string, unknown]> {
  let before = "";
  let isSorted = true;
  for (const key of map.keys()) {
    if (typeof key !== "string") throw new NotWritable("A key that is no text.");
    const isAfter = key.length > before.length || (key.length === before.length && key > before);
    isSorted &&= isAscii(key) && isAfter;
    before = key;
  }
  const entries = map as ReadonlyMap<string, unknown>;
  return isSorted || map.size < 2 ? entries : [...entries].sort(byEncodedKey);
}

/** Bytes of the shortest argument after the head's first byte, from 24 on. */
function widthOf(argument: number): 1 | 2 | 4 | 8 {
  if (argument < 2 ** 8) return 1;
  if (argument < 2 ** 16) return 2;
  return argument < 2 ** 32 ? 4 : 8;
}

/** The head of a longer key is the greater one, so lengths decide before bytes do. */
function byEncodedKey([left]: readonly [string, ...unknown[]], [right]: readonly [string, ...unknown[]]): number {
  if (!isAscii(left) || !isAscii(right)) return compareBytes(encoder.encode(left), encoder.encode(right));
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : 1;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  if (left.length !== right.length) return left.length - right.length;
  for (let at = 0; at < left.length; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** As nearly all our text is: one byte a character, in the same order as text and as bytes. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
