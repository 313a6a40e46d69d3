import { leafHash, rootFromRange, toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  bytes32,
  embedded,
  type Format,
  format,
  instant,
  list,
  nullable,
  oneOf,
  sameBytes,
  struct,
  text,
  unsigned,
} from "./codec.js";
import { type Leaf, leafBytes } from "./sequence.js";
import { hashOf, type Signed, signed } from "./signed.js";

/** The harmonizer's word for one bundle. Two for one number with different roots are a fork anybody can show. */
export interface Receipt {
  readonly suite: 1;
  readonly origin: string;
  readonly bundle: number;
  readonly previous: Uint8Array | null;
  readonly first: number;
  readonly count: number;
  readonly root: Uint8Array;
  readonly time: number;
}

const payload: Format<Receipt> = format(
  "receipt",
  struct<Receipt>({
    suite: oneOf(1),
    origin: text(255),
    bundle: unsigned(),
    previous: nullable(bytes32),
    first: unsigned(),
    count: unsigned(),
    root: bytes32,
    time: instant,
  }),
);

export const receipt: Signed<Receipt> = signed(payload);

/** One sequence object as it lies in the store: the bundle and the receipt for it. */
export interface SequenceObject {
  readonly suite: 1;
  readonly bundle: Uint8Array;
  readonly receipt: Uint8Array;
}

export const sequenceObject: Format<SequenceObject> = format(
  "sequence",
  struct<SequenceObject>({ suite: oneOf(1), bundle: embedded, receipt: embedded }),
);

/** The receipt for one leaf: its bundle's receipt, the leaf, and the path from one to the other. */
export interface LeafReceipt {
  readonly suite: 1;
  readonly receipt: Uint8Array;
  /** Place of the leaf inside the bundle. */
  readonly place: number;
  readonly kind: Leaf["kind"];
  readonly version: number;
  readonly ordinals: readonly number[];
  readonly path: readonly Uint8Array[];
}

export const leafReceipt: Format<LeafReceipt> = format(
  "leaf-receipt",
  struct<LeafReceipt>({
    suite: oneOf(1),
    receipt: embedded,
    place: unsigned(),
    kind: oneOf("head", "record", "manifest", "tips", "note"),
    version: unsigned(),
    ordinals: list(unsigned(), { most: 1000 }),
    path: list(bytes32, { most: 64 }),
  }),
);

/** What a receipt states once it holds: this hash stands in the log, at this index, under this version. */
export interface Receipted {
  readonly leaf: Leaf;
  readonly index: number;
  readonly bundle: number;
}

const mostRemembered = 64;
const remembered: Map<string, Promise<Receipt>> = new Map();

/** Dozens of records stand under one receipt, each of whose writers checks it, all at once: it is verified for the first. */
function verifyOnce(bytes: Uint8Array, receiptKey: Uint8Array): Promise<Receipt> {
  const name = `${toHex(hashOf(bytes))} ${toHex(receiptKey)}`;
  const verifying = remembered.get(name) ?? receipt.verify(bytes, receiptKey);
  remembered.set(name, verifying);
  verifying.catch(() => remembered.delete(name));
  const oldest = remembered.size > mostRemembered ? remembered.keys().next().value : undefined;
  if (oldest !== undefined) remembered.delete(oldest);
  return verifying;
}

/**
 * @param hash what the leaf must be of (a header's hash, a manifest's)
 * @throws FogboundError `VERIFICATION_FAILED` when the signature, the origin, or the path to this very hash fails.
 */
export async function verifyLeafReceipt(
  bytes: Uint8Array,
  kind: Leaf["kind"],
  hash: Uint8Array,
  harmonizer: { readonly origin: string; readonly receiptKey: Uint8Array },
): Promise<Receipted> {
  const given = leafReceipt.decode(bytes);
  const statement = await verifyOnce(given.receipt, harmonizer.receiptKey);
  const leaf: Leaf = { kind, hash, version: given.version, ordinals: given.ordinals, time: statement.time };
  if (given.place >= statement.count) throw FogboundError.verificationFailed();
  const root = rootFromRange(given.place, [leafHash(leafBytes(leaf))], statement.count, given.path);
  if (!sameBytes(root, statement.root) || statement.origin !== harmonizer.origin || given.kind !== kind)
    throw FogboundError.verificationFailed();
  return { leaf, index: statement.first + given.place, bundle: statement.bundle };
}
