import { toHex } from "@fogbound/crypto";
import { type CapsuleId, type InstanceId, manifestName, padded } from "@fogbound/protocol";

/** Hashes in a full tile (C2SP tlog-tiles). */
export const tileWidth = 256;

/** What a harmonizer keeps, and where (PROTOCOL section 2). */
export const names = {
  sequences: "harmonizer/sequence/",
  /** Twelve digits, so that key order is number order for longer than any log will grow. */
  sequence: (number: number): string => `${names.sequences}${twelve(number)}`,
  /**
   * The whole batches of a bundle. The root over its leaves stands in the name: they hash the headers and those the
   * bodies, so the name fixes the records, and what a crash or a loser left behind blocks nobody.
   */
  copies: (bundle: number, root: Uint8Array): string => `${names.open}${twelve(bundle)}-${toHex(root)}`,
  open: "harmonizer/open/",
  /** A stripe's name says what it covers and how many shards it has: a process that closes it at another place disturbs nothing. */
  parity: ({ instance, epoch, first, last, parity, index }: ParityName): string =>
    `${names.parities(instance, epoch)}${padded(first)}-${padded(last)}/${digits(index)}-of-${digits(parity)}`,
  parities: (instance: InstanceId, epoch: number): string => `harmonizer/parity/${instance}/${padded(epoch)}/`,
  erasures: "harmonizer/erased/",
  /** That this harmonizer has done its part of an erasure: the name is the hash of the owner's note. */
  erasure: (note: string): string => `harmonizer/erased/${note}`,
  manifest: (capsule: CapsuleId, version: number, hash: Uint8Array): string =>
    `${names.manifests(capsule)}${manifestName(version, hash)}`,
  manifests: (capsule: CapsuleId): string => `harmonizer/manifests/${capsule}/`,
  checkpoint: "harmonizer/checkpoint",
  /** C2SP tlog-tiles: `<L>/<N>[.p/<W>]` with N in groups of three digits. */
  tile: (level: number, index: number, width: number): string =>
    `${tileName(level, index)}${width === tileWidth ? "" : `.p/${width}`}`,
  partialTiles: (level: number, index: number): string => `${tileName(level, index)}.p/`,
  tiles: "harmonizer/tile/",
} as const;

export interface ParityName {
  readonly instance: InstanceId;
  readonly epoch: number;
  /** Numbers of the first and the last batch. */
  readonly first: number;
  readonly last: number;
  readonly parity: number;
  readonly index: number;
}

export interface PartialTile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** What the name of a partial tile says; null for every other name. */
export function partialTileIn(name: string): PartialTile | null {
  const [, level = "", groups = "", width = ""] =
    /^harmonizer\/tile\/(\d{1,2})\/((?:x\d{3}\/)*\d{3})\.p\/(\d{1,3})$/.exec(name) ?? [];
  const tile = { level: Number(level), index: Number(groups.replaceAll(/[x/]/g, "")), width: Number(width) };
  return names.tile(tile.level, tile.index, tile.width) === name && tile.width < tileWidth ? tile : null;
}

function twelve(number: number): string {
  return String(number).padStart(12, "0");
}

function digits(number: number): string {
  return String(number).padStart(3, "0");
}

function tileName(level: number, index: number): string {
  const digits = String(index);
  const padding = Math.ceil(digits.length / 3) * 3;
  const groups = digits.padStart(padding, "0").match(/\d{3}/g) ?? [];
  return `harmonizer/tile/${level}/${groups
    .join("/x")
    .replace(/^(?=.*\/)/, "x")
    .replace(/x(\d{3})$/, "$1")}`;
}
