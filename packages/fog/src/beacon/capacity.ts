import { chanceOf } from "./chance.js";
import { compileShape } from "./compile.js";
import type { IdentifierShape } from "./shape.js";

/** What a shape can tell apart, and how much of it must be left. */
export interface Capacity {
  /** So many different identifiers there are to permute. */
  readonly identifiers: bigint;
  /** After so many rows a decoy's identifiers come again: they mark no less, but a table with them looks wrong. */
  readonly rows: number;
  /** After so many episodes the identifiers of the first come again: a finding then names all it could be. */
  readonly episodes: bigint;
  /** So many identifiers name their episode, if all of the fragment are of one decoy. */
  readonly needed: number;
}

/**
 * @param episodes how many decoys with this shape were issued; default: all there can be
 * @param chance as in `findBeacons`
 * @throws RangeError for a shape that cannot carry marks
 */
export function capacityOf(shape: IdentifierShape, episodes: number | null = null, chance: number = 1e-6): Capacity {
  const compiled = compileShape(shape);
  const all = episodes ?? Number(compiled.episodes);
  const share = shape.rows / Number(compiled.domain);
  let needed = 1;
  while (all * chanceOf(needed, { candidates: needed, expected: needed * share }) >= chance) needed++;
  return { identifiers: compiled.domain, rows: shape.rows, episodes: compiled.episodes, needed };
}
