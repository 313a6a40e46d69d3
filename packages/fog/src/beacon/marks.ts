import type { IdentifierShape } from "./shape.js";

/** What a decoy asks for its identifiers: one episode's, under one capsule's beacon key. */
export interface Marks {
  /**
   * The identifier of a row, counted from 0: always the same for the same shape and row, and different from that of every
   * other row and every other episode, within what `capacityOf(shape)` allows.
   *
   * @throws RangeError for a shape that cannot carry marks, or a row that is not a whole number from 0.
   */
  identifier(shape: IdentifierShape, row: number): string;
}
