import { concatBytes, fromUtf8, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";

/**
 * The `.fog` file: a POSIX ustar archive (IEEE Std 1003.1, pax interchange), so that `tar tf` shows what is in it. Only
 * plain files, every name once, no absolute or climbing name; anything else is refused, as the file may come from anybody.
 */
export interface ArchiveEntry {
  /** The layout's name of the object. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

const block = 512;
const longestName = 100;
const longestPrefix = 155;
/** Eleven octal digits: 8 GiB - 1. Larger sizes are written in base 256, as GNU tar does. */
const mostOctal = 8 ** 11 - 1;

/** The archive's bytes. @throws RangeError when a body is not as long as its entry says. */
export async function* writeArchive(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { name, size, body } of entries) {
    yield header(name, size);
    let written = 0;
    for await (const piece of body) {
      written += piece.length;
      if (written > size) break;
      yield piece;
    }
    if (written !== size)
      throw new RangeError(`Expected ${size} bytes of ${name}, got ${written > size ? "more" : written}.`);
    yield new Uint8Array(padding(size));
  }
  yield new Uint8Array(2 * block);
}

/** Where an object lies in an archive. */
export interface ArchivePlace {
  readonly offset: number;
  readonly size: number;
}

const mostEntries = 2_000_000;

/**
 * Every object of an archive, by name; the bodies are not read.
 * @throws FogboundError `FORMAT_INVALID` for anything that is not such an archive, whole and with nothing after its end.
 */
export async function indexArchive(file: Blob): Promise<ReadonlyMap<string, ArchivePlace>> {
  const index = new Map<string, ArchivePlace>();
  let offset = 0;
  for (;;) {
    const bytes = new Uint8Array(await file.slice(offset, offset + block).arrayBuffer());
    if (bytes.length !== block) throw notAnArchive("it ends before its end mark: the file is cut short");
    offset += block;
    if (bytes.every((byte) => byte === 0)) break;
    const { name, size } = readHeader(bytes);
    if (index.has(name) || index.size >= mostEntries) throw notAnArchive("a name stands in it twice");
    if (offset + size > file.size) throw notAnArchive("an object is longer than the file: the file is cut short");
    index.set(name, { offset, size });
    offset += size + padding(size);
  }
  if (offset + block !== file.size) throw notAnArchive("there is something after its end mark");
  return index;
}

function header(name: string, size: number): Uint8Array {
  const bytes = new Uint8Array(block);
  const { prefix, rest } = splitName(name);
  const put = (at: number, value: Uint8Array): void => bytes.set(value, at);
  put(0, utf8(rest));
  put(100, utf8("0000600\0"));
  put(108, utf8("0000000\0"));
  put(116, utf8("0000000\0"));
  put(124, sizeField(size));
  put(136, utf8("00000000000\0")); // no time: two exports of the same are the same bytes
  put(148, utf8("        "));
  put(156, utf8("0"));
  put(257, utf8("ustar\x0000"));
  put(345, utf8(prefix));
  put(148, utf8(`${checksum(bytes).toString(8).padStart(6, "0")}\0 `));
  return bytes;
}

function readHeader(bytes: Uint8Array): { readonly name: string; readonly size: number } {
  const stated = Number.parseInt(text(bytes, 148, 8).trim(), 8);
  const blank = bytes.slice();
  blank.fill(0x20, 148, 156);
  if (stated !== checksum(blank) || !text(bytes, 257, 6).startsWith("ustar"))
    throw notAnArchive("a header is damaged or of another format");
  if (bytes[156] !== 0x30) throw notAnArchive("it holds something other than plain files");
  const prefix = text(bytes, 345, longestPrefix);
  const name = prefix === "" ? text(bytes, 0, longestName) : `${prefix}/${text(bytes, 0, longestName)}`;
  if (name.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw notAnArchive("a name would lead out of it");
  return { name, size: readSize(bytes.slice(124, 136)) };
}

function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  if (name.length <= longestName) return { prefix: "", rest: name };
  const at = name.lastIndexOf("/", longestPrefix);
  if (at < 1 || name.length - at - 1 > longestName)
    throw new RangeError(`Expected a name that a tar archive can hold, got ${JSON.stringify(name)}.`);
  return { prefix: name.slice(0, at), rest: name.slice(at + 1) };
}

function sizeField(size: number): Uint8Array {
  if (size <= mostOctal) return utf8(`${size.toString(8).padStart(11, "0")}\0`);
  const field = new Uint8Array(12);
  new DataView(field.buffer).setBigUint64(4, BigInt(size));
  field[0] = 0x80;
  return field;
}

function readSize(field: Uint8Array): number {
  const view = new DataView(field.buffer, field.byteOffset);
  if (field[0] === 0x80) return Number(view.getBigUint64(4));
  const digits = text(field, 0, 12).trim();
  if (!/^[0-7]+$/.test(digits)) throw notAnArchive("a size is not a number");
  return Number.parseInt(digits, 8);
}

function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return fromUtf8(concatBytes(end < 0 ? field : field.subarray(0, end)));
}

function checksum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}

function notAnArchive(why: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", `Expected a whole .fog file, but ${why}. Export it again.`);
}
