import { encodeCbor, leafHash, rootOf } from "@fogbound/crypto";
import { mostRecordsInBatch } from "./batch.js";
import {
  bytes32,
  type Codec,
  embedded,
  type Format,
  format,
  identifier,
  instant,
  list,
  nullable,
  oneOf,
  struct,
  union,
  unsigned,
} from "./codec.js";
import type { CapsuleId } from "./identifiers.js";
import { type NoteKind, noteKinds } from "./note.js";
import { hashOf } from "./signed.js";

export type LeafKind = "head" | "record" | "manifest" | "tips" | "note";

/** What stands in the harmonizer's Merkle log: hashes only, so a sealed or erased body changes no proof. */
export interface Leaf {
  readonly kind: LeafKind;
  readonly hash: Uint8Array;
  /** Version of the capsule's manifest in force. */
  readonly version: number;
  /** For each count tag of the record, the how-manieth record under it this is, from 1. */
  readonly ordinals: readonly number[];
  readonly time: number;
}

/** Deterministic CBOR [kind, hash, version, ordinals, time]. */
export function leafBytes(leaf: Leaf): Uint8Array {
  return encodeCbor([leaf.kind, leaf.hash, leaf.version, [...leaf.ordinals], leaf.time]);
}

/** The entries of one bundle, each with what is needed to check it and to number what follows. */
export interface HeadEntry {
  readonly kind: "head";
  readonly capsule: CapsuleId;
  readonly version: number;
  readonly head: Uint8Array;
}
export interface BatchEntry {
  readonly kind: "batch";
  readonly capsule: CapsuleId;
  readonly version: number;
  readonly statement: Uint8Array;
  readonly headers: readonly Uint8Array[];
  /** For each header, its ordinals. */
  readonly ordinals: readonly (readonly number[])[];
}
export interface ManifestEntry {
  readonly kind: "manifest";
  readonly capsule: CapsuleId;
  readonly version: number;
  readonly hash: Uint8Array;
}
export interface TipsEntry {
  readonly kind: "tips";
  readonly capsule: CapsuleId;
  readonly version: number;
  readonly tips: Uint8Array;
}
/** What an owner or an auditor signed about the log: see note.ts. */
export interface NoteEntry {
  readonly kind: "note";
  readonly capsule: CapsuleId;
  readonly version: number;
  readonly about: NoteKind;
  readonly note: Uint8Array;
}
export type SequenceEntry = HeadEntry | BatchEntry | ManifestEntry | TipsEntry | NoteEntry;

/** One numbered object of the sequence. Creating it is the commit. */
export interface Bundle {
  readonly suite: 1;
  readonly number: number;
  /** RFC 6962 root over the leaves of the bundle before; null for number 0. */
  readonly previous: Uint8Array | null;
  /** Index, in the whole log, of its first leaf. */
  readonly first: number;
  readonly time: number;
  readonly entries: readonly SequenceEntry[];
}

const entry: Codec<SequenceEntry> = union<SequenceEntry>({
  head: struct<HeadEntry>({ kind: oneOf("head"), capsule: identifier("cap"), version: unsigned(), head: embedded }),
  batch: struct<BatchEntry>({
    kind: oneOf("batch"),
    capsule: identifier("cap"),
    version: unsigned(),
    statement: embedded,
    headers: list(embedded, { least: 1, most: mostRecordsInBatch }),
    ordinals: list(list(unsigned(), { most: 1000 }), { least: 1, most: mostRecordsInBatch }),
  }),
  manifest: struct<ManifestEntry>({
    kind: oneOf("manifest"),
    capsule: identifier("cap"),
    version: unsigned(),
    hash: bytes32,
  }),
  tips: struct<TipsEntry>({ kind: oneOf("tips"), capsule: identifier("cap"), version: unsigned(), tips: embedded }),
  note: struct<NoteEntry>({
    kind: oneOf("note"),
    capsule: identifier("cap"),
    version: unsigned(),
    about: oneOf(...noteKinds),
    note: embedded,
  }),
});

export const bundle: Format<Bundle> = format(
  "bundle",
  struct<Bundle>({
    suite: oneOf(1),
    number: unsigned(),
    previous: nullable(bytes32),
    first: unsigned(),
    time: instant,
    entries: list(entry, { least: 1, most: 100_000 }),
  }),
);

/** The leaves of one entry, in order: one for each record, one for anything else. */
export function leavesOf(entry: SequenceEntry, time: number): Leaf[] {
  const { version } = entry;
  switch (entry.kind) {
    case "batch":
      return entry.headers.map((header, index) => ({
        kind: "record",
        hash: hashOf(header),
        version,
        ordinals: entry.ordinals[index] ?? [],
        time,
      }));
    case "head":
      return [{ kind: "head", hash: hashOf(entry.head), version, ordinals: [], time }];
    case "manifest":
      return [{ kind: "manifest", hash: entry.hash, version, ordinals: [], time }];
    case "tips":
      return [{ kind: "tips", hash: hashOf(entry.tips), version, ordinals: [], time }];
    case "note":
      return [{ kind: "note", hash: hashOf(entry.note), version, ordinals: [], time }];
  }
}

export function leafHashesOf(value: Bundle): Uint8Array[] {
  return value.entries.flatMap((one) => leavesOf(one, value.time)).map((leaf) => leafHash(leafBytes(leaf)));
}

export function bundleRoot(value: Bundle): Uint8Array {
  return rootOf(leafHashesOf(value));
}

/** Leaves of other capsules, as their hashes alone: what a bundle looks like to somebody who may see one capsule. */
export interface OtherEntries {
  readonly kind: "other";
  readonly leafHashes: readonly Uint8Array[];
}

/** A bundle cut down to one capsule, with its receipt and its place in the tree of a checkpoint. */
export interface PrunedBundle {
  readonly suite: 1;
  readonly number: number;
  readonly previous: Uint8Array | null;
  readonly first: number;
  readonly time: number;
  readonly entries: readonly (SequenceEntry | OtherEntries)[];
  readonly receipt: Uint8Array;
  /** Proof of the bundle's range of leaves in the tree of `size` leaves; null when the checkpoint is older. */
  readonly inclusion: { readonly size: number; readonly proof: readonly Uint8Array[] } | null;
}

const other: Codec<OtherEntries> = struct<OtherEntries>({
  kind: oneOf("other"),
  leafHashes: list(bytes32, { least: 1, most: 1_000_000 }),
});

const anyEntry: Codec<SequenceEntry | OtherEntries> = {
  write: (value) => (value.kind === "other" ? other.write(value) : entry.write(value)),
  read: (value, path) =>
    value instanceof Map && value.get("kind") === "other" ? other.read(value, path) : entry.read(value, path),
};

export const prunedBundle: Format<PrunedBundle> = format(
  "pruned-bundle",
  struct<PrunedBundle>({
    suite: oneOf(1),
    number: unsigned(),
    previous: nullable(bytes32),
    first: unsigned(),
    time: instant,
    entries: list(anyEntry, { least: 1, most: 100_000 }),
    receipt: embedded,
    inclusion: nullable(struct({ size: unsigned(), proof: list(bytes32, { most: 128 }) })),
  }),
);

/** @param leaves of each entry, where they are known already; those of an "other" entry are not looked at */
export function prunedLeafHashes(value: PrunedBundle, leaves?: readonly (readonly Leaf[])[]): Uint8Array[] {
  return value.entries.flatMap((one, at) =>
    one.kind === "other"
      ? one.leafHashes
      : (leaves?.[at] ?? leavesOf(one, value.time)).map((leaf) => leafHash(leafBytes(leaf))),
  );
}
