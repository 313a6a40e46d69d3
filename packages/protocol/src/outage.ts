import { bytes32, type Format, format, identifier, instant, nullable, oneOf, struct, unsigned } from "./codec.js";
import type { CapsuleId } from "./identifiers.js";
import { type Signed, signed } from "./signed.js";

/**
 * An authority's own note of an outage of the harmonizer, in the store that only it can write: that it *began*, each
 * *release* without a receipt, that it *ended*. Each is created once under its number, which is what counts: two
 * processes of one authority share one allowance, and a restart gives none back.
 */
export interface Outage {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  /** From 1. */
  readonly outage: number;
  readonly kind: "began" | "release" | "ended";
  /** For a release, the how-manieth from 1; else 0. */
  readonly release: number;
  /** Hash of the request that was answered; null unless it is a release. */
  readonly request: Uint8Array | null;
  readonly time: number;
}

const payload: Format<Outage> = format(
  "outage",
  struct<Outage>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    outage: unsigned(99_999_999),
    kind: oneOf("began", "release", "ended"),
    release: unsigned(10_000),
    request: nullable(bytes32),
    time: instant,
  }),
);

/** By the authority's answer key. */
export const outage: Signed<Outage> = signed(payload);
