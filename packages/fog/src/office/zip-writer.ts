import { concatBytes, utf8 } from "@fogbound/crypto";
import { deflated, type Level } from "../template/deflate.js";
import { crc32 } from "./crc32.js";
import { descriptorFlag, type EntryLook, growthHint, growthSignature } from "./zip-look.js";

/** An entry ready to be written. */
export interface PackedEntry {
  readonly name: string;
  readonly look: EntryLook;
  readonly data: Uint8Array;
  readonly size: number;
  readonly check: number;
}

export function packed(name: string, look: EntryLook, content: Uint8Array): PackedEntry {
  const data = look.isStored ? content : deflated(content, levelOf(look));
  return { name, look, data, size: content.length, check: crc32(content) };
}

/** How hard the original's program tried (APPNOTE 4.4.4). */
function levelOf({ flags }: EntryLook): Level {
  const levels: readonly Level[] = [6, 9, 3, 1];
  return levels[(flags >> 1) & 3] ?? 6;
}

/** Bytes of an archive of these entries. */
export function zipLength(entries: readonly PackedEntry[]): number {
  return entries.reduce((sum, { name, look, data }) => {
    const descriptor = (look.flags & descriptorFlag) === 0 ? 0 : 16;
    return sum + 76 + 2 * utf8(name).length + look.growth + data.length + descriptor;
  }, 22);
}

/** @param time - Milliseconds since 1970, of the entries that have one. */
export function writeZip(entries: readonly PackedEntry[], time: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const local = localOf(entry, time);
    directory.push(directoryOf(entry, time, offset));
    pieces.push(...local);
    offset += local.reduce((sum, piece) => sum + piece.length, 0);
  }
  const size = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, size],
    [4, offset],
    [2, 0],
  );
  return concatBytes(...pieces, ...directory, end);
}

function localOf({ name, look, data, size, check }: PackedEntry, time: number): Uint8Array[] {
  const later = (look.flags & descriptorFlag) !== 0;
  const sums = [check, data.length, size].map((value) => [4, value] as const);
  const shown = later ? sums.map(() => [4, 0] as const) : sums;
  const head = fields([4, 0x04034b50], ...commonOf(look, time), ...shown, [2, utf8(name).length], [2, look.growth]);
  return [head, utf8(name), growthOf(look.growth), data, ...(later ? [fields([4, 0x08074b50], ...sums)] : [])];
}

function growthOf(length: number): Uint8Array {
  if (length === 0) return new Uint8Array();
  const head = fields([2, growthHint], [2, length - 4], [2, growthSignature], [2, length - 8]);
  return concatBytes(head, new Uint8Array(length - 8));
}

function directoryOf({ name, look, data, size, check }: PackedEntry, time: number, offset: number): Uint8Array {
  const sums = [check, data.length, size].map((value) => [4, value] as const);
  const rest = [
    [2, utf8(name).length],
    [2, 0],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, look.attributes],
    [4, offset],
  ] as const;
  return concatBytes(fields([4, 0x02014b50], [2, look.madeBy], ...commonOf(look, time), ...sums, ...rest), utf8(name));
}

function commonOf(look: EntryLook, time: number): (readonly [2 | 4, number])[] {
  const { clock, day } = look.isDated ? dosTime(time) : { clock: 0, day: 33 };
  return [
    [2, look.needed],
    [2, look.flags],
    [2, look.isStored ? 0 : 8],
    [2, clock],
    [2, day],
  ];
}

/** MS-DOS date and time, two seconds a step, from 1980 on. */
function dosTime(time: number): { readonly clock: number; readonly day: number } {
  const date = new Date(Math.max(time, Date.UTC(1980, 0, 1)));
  const clock = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  const years = Math.min(127, date.getUTCFullYear() - 1980);
  return { clock, day: (years << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate() };
}

function fields(...some: readonly (readonly [2 | 4, number])[]): Uint8Array {
  const bytes = new Uint8Array(some.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of some) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}
