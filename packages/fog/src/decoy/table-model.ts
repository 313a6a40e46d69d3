import type { CodeValues } from "./codes.js";
import type { DateValues } from "./dates.js";
import type { FakeValues } from "./fakes.js";
import type { IdentifierValues } from "./identifiers.js";
import type { CountingValues, NumberValues } from "./numbers.js";
import type { Prose } from "./prose.js";

/** How the values of a column that are not common are made. */
export type Values =
  | { readonly kind: "none" }
  | NumberValues
  | CountingValues
  | DateValues
  | IdentifierValues
  | FakeValues
  | CodeValues
  | ProseValues;

export interface ProseValues {
  readonly kind: "prose";
  readonly prose: Prose;
  /** Words and signs of the longest text. */
  readonly most: number;
}

export interface Common {
  readonly text: string;
  readonly count: number;
}

/**
 * What a column's value depends on beside chance. Columns are named by number; a column depends on ones before it only.
 * Places in a distribution are compared on the scale of the standard normal distribution (a Gaussian copula).
 */
export type Link =
  | { readonly kind: "none" }
  /** The same text as in another column. */
  | { readonly kind: "same"; readonly of: number }
  /** The sum or difference of two others. */
  | { readonly kind: "sum"; readonly left: number; readonly right: number; readonly minus: boolean }
  /** `rho` times the place of another column, and `lag` times the one of this column in the row before; `cross` is how these two correlate. */
  | { readonly kind: "rank"; readonly of: number; readonly rho: number; readonly lag: number; readonly cross: number }
  /** For each common value of another column: mean and deviation of the place. */
  | {
      readonly kind: "groups";
      readonly of: number;
      readonly means: readonly number[];
      readonly deviations: readonly number[];
    }
  /** For each common value of another column: pairs of a common value of this one and its count, packed. */
  | { readonly kind: "table"; readonly of: number; readonly rows: readonly Uint8Array[] }
  /** Sorted anew within each run of another column, which is sorted itself. */
  | { readonly kind: "within"; readonly of: number };

export interface Column {
  readonly label: string;
  /** Whether `values` stand in quotes (JSON); common ones stand here as they are written. */
  readonly quoted: boolean;
  /** In the order of the column's distribution, before all other values. */
  readonly common: readonly Common[];
  readonly values: Values;
  /** Rows in which none of the common values stands. */
  readonly others: number;
  readonly order: "none" | "rising" | "falling";
  readonly unique: boolean;
  readonly link: Link;
}

export interface Table {
  readonly columns: readonly Column[];
  /** Of the original, where it was not read as a whole an estimate. */
  readonly rows: number;
}

/** How much a model may remember; each step down halves everything. */
export interface Detail {
  readonly mostCommon: number;
  readonly mostKnots: number;
  readonly mostSymbols: number;
  readonly mostPairs: number;
  readonly mostGroups: number;
}

export const details: readonly Detail[] = [1, 2, 4, 8, 16, 32, 64].map((part) => ({
  mostCommon: Math.ceil(512 / part),
  mostKnots: Math.max(4, Math.ceil(64 / part)),
  mostSymbols: Math.max(16, Math.ceil(4096 / part)),
  mostPairs: Math.max(32, Math.ceil(16_384 / part)),
  mostGroups: Math.ceil(64 / part),
}));
