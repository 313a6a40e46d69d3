import { embedded, type Format, format, identifier, list, nullable, oneOf, struct, text, unsigned } from "./codec.js";
import type { CapsuleId } from "./identifiers.js";

/**
 * What a harmonizer sends to an owner's sink: the log of one capsule since the push before. It is not signed: everything
 * in it is.
 */
export interface Pushed {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  /** From 1, for each sink. */
  readonly number: number;
  /** The C2SP note of a checkpoint over these bundles. */
  readonly checkpoint: string;
  /** `prunedBundle` objects, by number. The first may be the last of the push before, when its batches did not all fit. */
  readonly bundles: readonly Uint8Array[];
  /**
   * The whole batches of the bundles, in their order, after those pushed before; null for one that the harmonizer has no
   * whole copy of any more: the host's log has it, or the parity.
   */
  readonly batches: readonly (Uint8Array | null)[];
  /** How many batches of the last bundle follow in the next push. */
  readonly remaining: number;
}

export const pushed: Format<Pushed> = format(
  "pushed",
  struct<Pushed>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    number: unsigned(99_999_999),
    checkpoint: text(65_536),
    bundles: list(embedded, { least: 1, most: 100_000 }),
    batches: list(nullable(embedded), { most: 100_000 }),
    remaining: unsigned(100_000),
  }),
);
