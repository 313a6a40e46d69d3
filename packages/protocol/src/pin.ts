import { bytes32, type Format, format, identifier, instant, list, oneOf, struct, unsigned } from "./codec.js";
import type { CapsuleId } from "./identifiers.js";
import { type ChainTip, chainTip } from "./instance.js";

/**
 * What a verifier has seen proved of one capsule. It is kept outside the vault: without it, nobody can tell a whole old
 * vault that was restored from one in which nothing has happened since.
 */
export interface Pin {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  /** The highest manifest that was in force, and its hash. */
  readonly version: number;
  readonly manifest: Uint8Array;
  /** The newest checkpoint: leaves, and their root. */
  readonly size: number;
  readonly root: Uint8Array;
  /** Where every chain stood. */
  readonly chains: readonly ChainTip[];
  /** Of the tips, by the harmonizer's clock. */
  readonly time: number;
}

export const pin: Format<Pin> = format(
  "pin",
  struct<Pin>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    version: unsigned(99_999_999),
    manifest: bytes32,
    size: unsigned(),
    root: bytes32,
    chains: list(chainTip, { most: 100_000 }),
    time: instant,
  }),
);
