import { leafHash, rootOf } from "@fogbound/crypto";
import {
  bytes32,
  embedded,
  type Format,
  format,
  identifier,
  list,
  nullable,
  oneOf,
  struct,
  unsigned,
} from "./codec.js";
import type { CapsuleId, InstanceId } from "./identifiers.js";
import { type Signed, signed } from "./signed.js";

/** What the instance key signs for records committed together. */
export interface BatchStatement {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  readonly epoch: number;
  /** From 1 in each epoch; the object's name. */
  readonly batch: number;
  readonly first: number;
  readonly last: number;
  /** SHA-256 of the last header. */
  readonly lastHeader: Uint8Array;
  /** RFC 6962 root over the headers. */
  readonly root: Uint8Array;
}

const payload: Format<BatchStatement> = format(
  "batch",
  struct<BatchStatement>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    instance: identifier("ins"),
    epoch: unsigned(),
    batch: unsigned(99_999_999),
    first: unsigned(),
    last: unsigned(),
    lastHeader: bytes32,
    root: bytes32,
  }),
);

export const batchStatement: Signed<BatchStatement> = signed(payload);

export const mostRecordsInBatch = 4096;

/** A batch as it lies in the store. */
export interface Batch {
  readonly suite: 1;
  readonly statement: Uint8Array;
  readonly headers: readonly Uint8Array[];
  /** For each header its sealed body; null for one that was erased. */
  readonly bodies: readonly (Uint8Array | null)[];
}

export const batch: Format<Batch> = format(
  "batch-object",
  struct<Batch>({
    suite: oneOf(1),
    statement: embedded,
    headers: list(embedded, { least: 1, most: mostRecordsInBatch }),
    bodies: list(nullable(embedded), { least: 1, most: mostRecordsInBatch }),
  }),
);

export function headersRoot(headers: readonly Uint8Array[]): Uint8Array {
  return rootOf(headers.map((header) => leafHash(header)));
}
