import type { Encoding } from "./characters.js";
import type { Table } from "./table-model.js";

/**
 * What a record looks like. Its scalars are columns of a table; where an object or an array may be absent, a column says
 * whether it is there. Arrays are tables of their own.
 */
export type JsonShape =
  | { readonly kind: "scalar"; readonly column: number }
  | { readonly kind: "object"; readonly presence: number | null; readonly fields: readonly JsonField[] }
  /** `items` is a number in {@link JsonModel.scopes}; `size` is the column of how many there are. */
  | { readonly kind: "array"; readonly presence: number | null; readonly size: number; readonly items: number }
  /** Where the rows of the document stand. */
  | { readonly kind: "rows" };

export interface JsonField {
  readonly name: string;
  readonly shape: JsonShape;
}

/** Records of one kind. */
export interface JsonScope {
  readonly table: Table;
  readonly shape: JsonShape;
}

export interface JsonSpace {
  /** Depth, kind of container and place in it, such as `1 object comma`. */
  readonly place: string;
  readonly text: string;
}

export interface JsonModel {
  readonly kind: "json";
  readonly encoding: Encoding;
  /** One record a line, nothing around them. */
  readonly lines: boolean;
  /** What stands around the rows, and the rows themselves last where there are any; in between what arrays hold. */
  readonly scopes: readonly JsonScope[];
  /** Of the rows; `null` for a document that is one record. */
  readonly rows: number | null;
  /** Containers around the rows. */
  readonly depth: number;
  readonly spaces: readonly JsonSpace[];
  /** Whether letters beyond ASCII are written as escapes. */
  readonly escaped: boolean;
  /** Behind everything. */
  readonly end: string;
}

/** A cell with nothing in it is a value that is absent; one that begins so is written as the rest stands. */
export const asWritten = "\u0001";
