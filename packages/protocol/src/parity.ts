import { sha256 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { bytes, bytes32, type Format, format, identifier, list, oneOf, sameBytes, struct, unsigned } from "./codec.js";
import type { CapsuleId, InstanceId } from "./identifiers.js";

/**
 * One Reed-Solomon shard over a stripe: consecutive batches of one epoch of one instance, each padded with zeros to the
 * longest. Nobody signs it: what it restores must hash to leaves of the log.
 */
export interface ParityShard {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  readonly epoch: number;
  /** Number of the stripe's first batch. */
  readonly first: number;
  /** For each batch of the stripe, the bytes of its object. */
  readonly lengths: readonly number[];
  /** Shards of parity in this stripe, and which of them this one is, from 0. */
  readonly parity: number;
  readonly index: number;
  readonly shard: Uint8Array;
  /** SHA-256 of the shard: a rotten one must not spoil what the others restore. */
  readonly digest: Uint8Array;
}

const shape: Format<ParityShard> = format(
  "parity",
  struct<ParityShard>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    instance: identifier("ins"),
    epoch: unsigned(),
    first: unsigned(99_999_999),
    lengths: list(unsigned(8 * 1024 * 1024), { least: 1, most: 128 }),
    parity: unsigned(64),
    index: unsigned(63),
    shard: bytes(1, 8 * 1024 * 1024),
    digest: bytes32,
  }),
);

export const parityShard: Format<ParityShard> = {
  name: shape.name,
  encode: (value) => shape.encode(value),
  decode(input) {
    const value = shape.decode(input);
    const sized = value.shard.length === Math.max(...value.lengths) && value.index < value.parity;
    if (sized && sameBytes(sha256(value.shard), value.digest)) return value;
    throw new FogboundError(
      "FORMAT_INVALID",
      "Expected a parity shard of its stripe's length under its own digest, got other bytes: it is damaged.",
    );
  },
};
