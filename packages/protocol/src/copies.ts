import { embedded, type Format, format, list, nullable, oneOf, struct } from "./codec.js";

/**
 * The whole batches of one bundle, which its harmonizer keeps until all of them are under parity. Nobody signs it: a
 * batch in it counts by its own signature and by the leaves of the log.
 */
export interface Copies {
  readonly suite: 1;
  /** For each batch entry of the bundle, in its order, its `batch-object`; null where none is kept. */
  readonly batches: readonly (Uint8Array | null)[];
}

export const copies: Format<Copies> = format(
  "copies",
  struct<Copies>({ suite: oneOf(1), batches: list(nullable(embedded), { least: 1, most: 100_000 }) }),
);
