import { bytes32, type Format, format, identifier, instant, list, oneOf, struct, text, unsigned } from "./codec.js";
import type { CapsuleId } from "./identifiers.js";
import { type ChainTip, chainTip } from "./instance.js";
import { type Signed, signed } from "./signed.js";

/** The last number of every chain of a capsule, so that a cut tail is missed. Signed by the receipt key. */
export interface Tips {
  readonly suite: 1;
  readonly origin: string;
  readonly capsule: CapsuleId;
  readonly version: number;
  readonly manifest: Uint8Array;
  readonly chains: readonly ChainTip[];
  readonly time: number;
}

const payload: Format<Tips> = format(
  "tips",
  struct<Tips>({
    suite: oneOf(1),
    origin: text(255),
    capsule: identifier("cap"),
    version: unsigned(),
    manifest: bytes32,
    chains: list(chainTip, { most: 100_000 }),
    time: instant,
  }),
);

export const tips: Signed<Tips> = signed(payload);
