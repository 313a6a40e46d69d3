import { fromUtf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { inflated } from "../template/deflate.js";
import { crc32 } from "./crc32.js";
import { type EntryLook, growthHint, usualFlags } from "./zip-look.js";

export interface ZipEntry {
  readonly name: string;
  readonly look: EntryLook;
  /** Bytes when inflated, as the archive says; {@link ZipEntry.read} holds it to that. */
  readonly size: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Milliseconds since 1970; 0 for an entry without a time. */
  readonly time: number;
  /** @throws FogboundError `FORMAT_INVALID` for content that is not of the size and the check sum that were promised. */
  read(): Uint8Array;
}

const mostEntries = 2048;
/** What all entries together may come to, 64 MiB. */
const mostInflated: number = 64 * 1024 * 1024;
const longestName = 256;

/**
 * The entries of a ZIP archive (APPNOTE 6.3) in the order of its directory. Whoever made it may be an attacker: entries
 * are counted, do not lie over one another, and inflate to no more than they say and 64 MiB in all.
 *
 * @throws FogboundError `FORMAT_INVALID` for what is no such archive, for ZIP64, several volumes and encryption.
 */
export function readZip(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > mostEntries) throw refused(`at most ${mostEntries} entries`, `${count}`);
  const found: Found[] = [];
  for (let number = 0; number < count; number++) {
    const one = directoryEntry(bytes, view, at, end);
    found.push(one);
    at = one.next;
  }
  refuseTricks(found);
  return found.map((one) => ({
    name: one.name,
    look: one.look,
    size: one.size,
    packed: one.packed,
    time: one.time,
    read: () => contentOf(bytes, one),
  }));
}

interface Found {
  readonly name: string;
  readonly look: EntryLook;
  readonly size: number;
  readonly packed: number;
  readonly check: number;
  readonly start: number;
  readonly time: number;
  readonly next: number;
}

/** @throws FogboundError `FORMAT_INVALID`. */
function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 65_535; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const whole = at + 22 + view.getUint16(at + 20, true) === view.byteLength;
    if (whole && view.getUint32(at + 4, true) === 0) return at;
  }
  throw refused("a ZIP archive in one volume", "something else");
}

function directoryEntry(bytes: Uint8Array, view: DataView, at: number, end: number): Found {
  if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw refused("an entry in the directory", "none");
  const sizes = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const [nameLength = 0] = sizes;
  const next = at + 46 + sizes.reduce((sum, size) => sum + size, 0);
  const offset = view.getUint32(at + 42, true);
  if (next > end || nameLength > longestName) throw refused("an entry of the usual size", "another");
  const name = fromUtf8(bytes.subarray(at + 46, at + 46 + nameLength));
  const { start, growth } = localEntry(bytes, view, offset, bytes.subarray(at + 46, at + 46 + nameLength));
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if ((flags & 0x2041) !== 0 || (method !== 0 && method !== 8))
    throw refused("an entry that is stored or deflated", name);
  const look: EntryLook = {
    madeBy: view.getUint16(at + 4, true),
    needed: view.getUint16(at + 6, true),
    flags: flags & usualFlags,
    attributes: view.getUint32(at + 38, true),
    isStored: method === 0,
    isDated: view.getUint16(at + 14, true) > 33,
    growth,
  };
  const [check = 0, packed = 0, size = 0] = [16, 20, 24].map((field) => view.getUint32(at + field, true));
  if (start + packed > bytes.length) throw refused(`${packed} bytes of ${name}`, "fewer");
  return { name, look, check, packed, size, start, next, time: look.isDated ? timeOf(view, at + 12) : 0 };
}

function timeOf(view: DataView, at: number): number {
  const [clock, day] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const date = [1980 + (day >> 9), ((day >> 5) & 15) - 1, day & 31] as const;
  return Date.UTC(...date, clock >> 11, (clock >> 5) & 63, 2 * (clock & 31));
}

function localEntry(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  name: Uint8Array,
): { start: number; growth: number } {
  const whole = at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50;
  const nameLength = whole ? view.getUint16(at + 26, true) : 0;
  const extra = at + 30 + nameLength;
  const start = whole ? extra + view.getUint16(at + 28, true) : 0;
  const same = whole && nameLength === name.length && name.every((byte, index) => byte === bytes[at + 30 + index]);
  if (!same || start > bytes.length) throw refused("an entry where the directory says", "none");
  const isHint = start - extra >= 8 && view.getUint16(extra, true) === growthHint;
  return { start, growth: isHint ? start - extra : 0 };
}

/** Entries that share bytes are how small bombs are made large (CVE-2019-13232); names that come twice, how readers are told apart. */
function refuseTricks(found: readonly Found[]): void {
  const sorted = [...found].sort((left, right) => left.start - right.start);
  const over = sorted.some(
    (one, at) => at > 0 && one.start < (sorted[at - 1]?.start ?? 0) + (sorted[at - 1]?.packed ?? 0),
  );
  const names = new Set(found.map(({ name }) => name));
  const size = found.reduce((sum, one) => sum + one.size, 0);
  if (over || names.size < found.length) throw refused("entries with names and bytes of their own", "shared ones");
  if (size > mostInflated) throw refused(`at most ${mostInflated} bytes inflated`, `${size}`);
}

function contentOf(bytes: Uint8Array, { name, look, size, packed, check, start }: Found): Uint8Array {
  const raw = bytes.subarray(start, start + packed);
  const content = look.isStored ? raw : inflated(raw, size);
  if (content.length === size && crc32(content) === check) return content;
  throw refused(`${name} of ${size} bytes with its check sum`, "others");
}

function refused(expected: string, came: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", `Office document: expected ${expected}, got ${came}. Save it anew.`);
}
