import { byteLength } from "./characters.js";
import { type Dialect, needsQuotes } from "./delimited.js";
import type { DelimitedModel } from "./model.js";

/** Writes cells as lines of a dialect. */
export class DelimitedWriter {
  readonly #model: DelimitedModel;
  readonly #dialect: Dialect;

  constructor(model: DelimitedModel) {
    this.#model = model;
    this.#dialect = model.dialect;
  }

  /** Without its line end. */
  header(): string {
    const { delimiter, headerQuoted } = this.#dialect;
    const labels = this.#model.header ?? [];
    return labels.map((label) => quoted(label, delimiter, headerQuoted)).join(delimiter);
  }

  /** Without its line end. */
  row(cells: readonly string[]): string {
    const { delimiter, quoted: always } = this.#dialect;
    const line = cells.map((cell, at) => quoted(cell, delimiter, always[at] === true && cell !== "")).join(delimiter);
    // A line with nothing in it is no row to any reader.
    return line === "" ? '""' : line;
  }

  length(text: string): number {
    return byteLength(text, this.#model.encoding);
  }
}

function quoted(cell: string, delimiter: Dialect["delimiter"], always: boolean): string {
  return always || needsQuotes(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
