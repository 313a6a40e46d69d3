import { equalBytes, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type ArchiveIndex, ArchiveIndexer } from "./archive-index.js";
import { PagedFile } from "./paged-file.js";

/**
 * The `.fog` file: a POSIX ustar archive (IEEE Std 1003.1, pax interchange), so that `tar tf` shows what is in it. Only
 * plain files, every name once, and one spelling: an archive that is not, byte for byte, what `writeArchive` makes of its
 * entries is refused, as the file may come from anybody and `tar` must not see another one than we do.
 */
export interface ArchiveEntry {
  /** The layout's name of the object: parts of letters, digits, `.`, `_` and `-`, parted by `/`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

const block = 512;
const longestName = 100;
const longestPrefix = 155;
const mostEntries = 2_000_000;
/** Behind a longer body a header is read by itself: a page for each was half of the memory that an index took to make. */
const longestBeside = 4096;
/** Eleven octal digits: 8 GiB - 1. Larger sizes are written in base 256, as GNU tar does. */
const mostOctal = 8 ** 11 - 1;

/**
 * The archive's bytes. Of names, what differs is kept. One that comes twice is told before the end mark, without which
 * nobody reads what was written.
 * @throws RangeError for a name or a size that no archive can hold, a name that comes twice, and a body that is not as
 * long as its entry says.
 */
export async function* writeArchive(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Uint8Array, void, undefined> {
  const names = new ArchiveIndexer();
  for await (const { name, size, body } of entries) {
    if (names.size >= mostEntries) throw new RangeError(`Expected at most ${mostEntries} names, got ${name} as well.`);
    yield header(name, size);
    names.add({ name, offset: 0, size: 0 });
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
  if (names.finish() === null) throw new RangeError("Expected every name once, got one of them twice.");
  yield new Uint8Array(2 * block);
}

/**
 * Every object of an archive, by name; the bodies are not read.
 * @throws FogboundError `FORMAT_INVALID` for anything that is not such an archive, whole and with nothing after its end.
 */
export async function indexArchive(archive: Blob): Promise<ArchiveIndex> {
  const file = new PagedFile(archive);
  const indexer = new ArchiveIndexer();
  let end = 0; // of the last body, its padding not counted
  let isAlone = false;
  for (;;) {
    const offset = end + padding(end);
    const length = offset + block - end;
    const bytes = await (isAlone ? file.readAlone(end, length) : file.read(end, length));
    if (bytes.length !== length)
      throw notAnArchive(end === 0 ? "it is shorter than any" : "it ends before its end mark: the file is cut short");
    const [fill, next] = [bytes.subarray(0, offset - end), bytes.subarray(offset - end)];
    if (!isZero(fill)) throw notAnArchive("something stands between two objects");
    if (isZero(next)) {
      await checkEnd(file, offset);
      const index = indexer.finish();
      if (index === null) throw notAnArchive("a name stands in it twice");
      return index;
    }
    const { name, size } = readHeader(next);
    if (indexer.size >= mostEntries) throw notAnArchive(`it holds more than ${mostEntries} objects`);
    if (size > file.size - offset - block) throw notAnArchive("an object is longer than the file: it is cut short");
    indexer.add({ name, offset: offset + block, size });
    end = offset + block + size;
    isAlone = size > longestBeside;
  }
}

/** Two blocks of zeros, and no byte behind them. */
async function checkEnd(file: PagedFile, offset: number): Promise<void> {
  if (file.size < offset + 2 * block) throw notAnArchive("its end mark is cut short");
  if (file.size > offset + 2 * block) throw notAnArchive("there is something after its end mark");
  const mark = await file.read(offset, 2 * block);
  if (!isZero(mark)) throw notAnArchive("there is something in its end mark");
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

/** Read leniently, and then held to the one header there is for this name and size. */
function readHeader(bytes: Uint8Array): { readonly name: string; readonly size: number } {
  const [prefix, rest] = [text(bytes, 345, longestPrefix), text(bytes, 0, longestName)];
  const name = prefix === "" ? rest : `${prefix}/${rest}`;
  if (!isName(name)) throw notAnArchive("a header is damaged, or a name would lead out of it");
  const size = readSize(bytes.slice(124, 136));
  if (!isSize(size) || splitOf(name) === null || !equalBytes(header(name, size), bytes))
    throw notAnArchive("a header is damaged, or of something other than a plain file");
  return { name, size };
}

/** What is safe to unpack anywhere, and what `layout` spells. */
function isName(name: string): boolean {
  return /^[\w.-]+(\/[\w.-]+)*$/.test(name) && !name.split("/").some((part) => part === "." || part === "..");
}

function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  const split = splitOf(name);
  if (split !== null && isName(name)) return split;
  throw new RangeError(`Expected a name that a .fog archive can hold, got ${JSON.stringify(name.slice(0, 120))}.`);
}

function splitOf(name: string): { readonly prefix: string; readonly rest: string } | null {
  if (name.length <= longestName) return { prefix: "", rest: name };
  const at = name.lastIndexOf("/", longestPrefix);
  if (at < 1 || name.length - at - 1 > longestName) return null;
  return { prefix: name.slice(0, at), rest: name.slice(at + 1) };
}

function sizeField(size: number): Uint8Array {
  if (!isSize(size)) throw new RangeError(`Expected a size in bytes, got ${size}.`);
  if (size <= mostOctal) return utf8(`${size.toString(8).padStart(11, "0")}\0`);
  const field = new Uint8Array(12);
  new DataView(field.buffer).setBigUint64(4, BigInt(size));
  field[0] = 0x80;
  return field;
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}

function readSize(field: Uint8Array): number {
  if (field[0] === 0x80) return Number(new DataView(field.buffer).getBigUint64(4));
  return Number.parseInt(text(field, 0, 12), 8);
}

/** As Latin-1: what is not ASCII is no name and no number, and is refused as such. */
function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end)));
}

function checksum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}

function notAnArchive(why: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", `Expected a whole .fog file, but ${why}. Export it again.`);
}
