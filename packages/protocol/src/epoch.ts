import { label, sha256 } from "@fogbound/crypto";
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

/**
 * How an epoch begins. It is under a receipt before the first record: else a thief of the instance key could write the
 * epoch anew under a secret of his own.
 */
export interface EpochHead {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  /** From 1. */
  readonly epoch: number;
  /** Number of the epoch's first record. */
  readonly first: number;
  /** Hash of the last header before this epoch; null for the first epoch. */
  readonly previous: Uint8Array | null;
  readonly version: number;
  readonly manifest: Uint8Array;
  /** The doubly signed registration of a host's instance; null for an authority's journal, whose key the manifest names. */
  readonly registration: Uint8Array | null;
  /** Commits to the epoch secret, so that every recipient gets the same one. */
  readonly secret: Uint8Array;
  /** To whom the secret is wrapped: the owner, the recovery keys, the auditors. */
  readonly recipients: readonly EpochRecipient[];
}

/** The hash lets everybody see a damaged wrap, whose one reader may need it only years later. */
export interface EpochRecipient {
  /** X25519. */
  readonly key: Uint8Array;
  /** SHA-256 of the wrap, as it lies under `keys/`. */
  readonly wrap: Uint8Array;
}

const payload: Format<EpochHead> = format(
  "head",
  struct<EpochHead>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    instance: identifier("ins"),
    epoch: unsigned(),
    first: unsigned(),
    previous: nullable(bytes32),
    version: unsigned(99_999_999),
    manifest: bytes32,
    registration: nullable(embedded),
    secret: bytes32,
    recipients: list(struct<EpochRecipient>({ key: bytes32, wrap: bytes32 }), { least: 1, most: 128 }),
  }),
);

export const epochHead: Signed<EpochHead> = signed(payload);

export function epochSecretCommitment(secret: Uint8Array): Uint8Array {
  return sha256(label("epoch-secret"), secret);
}
