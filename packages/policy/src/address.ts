/** An address as numbers: four bytes or sixteen. */
interface Address {
  readonly bytes: readonly number[];
}

/** A network in the one spelling that goes into a policy. */
export interface Network {
  readonly text: string;
  /** False when the address has bits set beyond the prefix: then `text` is the network it lies in. */
  readonly exact: boolean;
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * The one spelling Cedar compares (dotted, or eight groups), or null when this is no address. A mapped address
 * (`::ffff:10.0.0.7`, RFC 4291 section 2.5.5.2), which a dual-stack socket reports, is the IPv4 address it stands for.
 * A zone (`fe80::1%eth0`) means something on one machine only: null.
 */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : write(isMapped(address.bytes) ? address.bytes.slice(12) : address.bytes);
}

/** @returns null when this is not `address/prefix` (RFC 4632, RFC 4291 section 2.3). */
export function parseNetwork(text: string): Network | null {
  const match = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text);
  const address = match?.[1] === undefined ? null : parseAddress(match[1]);
  const prefix = Number(match?.[2]);
  if (address === null || prefix > address.bytes.length * 8) return null;
  const masked = address.bytes.map((byte, index) => byte & maskOf(prefix - index * 8));
  const exact = masked.every((byte, index) => byte === address.bytes[index]);
  if (isMapped(masked) && prefix >= 96) return { text: `${write(masked.slice(12))}/${prefix - 96}`, exact };
  return { text: `${write(masked)}/${prefix}`, exact };
}

function maskOf(bits: number): number {
  return (0xff << (8 - Math.min(Math.max(bits, 0), 8))) & 0xff;
}

function isMapped(bytes: readonly number[]): boolean {
  return bytes.length === 16 && mappedPrefix.every((byte, index) => byte === bytes[index]);
}

function parseAddress(text: string): Address | null {
  const bytes = text.includes(":") ? parseVersion6(text) : parseVersion4(text);
  return bytes === null ? null : { bytes };
}

function parseVersion4(text: string): number[] | null {
  const parts = text.split(".");
  const sound = parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256);
  return sound ? parts.map(Number) : null;
}

function parseVersion6(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, index) => parseGroups(half, index === halves.length - 1));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : null;
}

function parseGroups(text: string, last: boolean): number[] | null {
  if (text === "") return [];
  const groups = text.split(":");
  const dotted = last && groups.at(-1)?.includes(".") === true ? parseVersion4(groups.pop() ?? "") : [];
  if (dotted === null || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return [
    ...groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
    ...dotted,
  ];
}

function write(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2] ?? 0) * 256 + (bytes[index * 2 + 1] ?? 0));
  return groups.map((group) => group.toString(16)).join(":");
}
