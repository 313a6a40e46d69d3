import { RowMaker } from "../decoy/row-maker.js";
import type { Sources } from "../decoy/values-maker.js";
import { widthOf } from "./glyph-widths.js";
import { unpackRows } from "./layout.js";
import { cutTo, type PageWriter } from "./page-writer.js";
import type { PdfColumn, PdfTable } from "./pdf-model.js";

/** Sets the rows of a table where the original's stand. @param label - Fills what a label may have. */
export function writeTable(
  { header, columns, rows, table }: PdfTable,
  sources: Sources,
  label: (text: string) => string,
  writers: readonly PageWriter[],
): void {
  const places = unpackRows(rows, writers.length);
  const labels = header?.map(label) ?? [];
  const made = new RowMaker(table, places.length, sources).all();
  for (const { page, y, isHeader } of places) {
    const writer = writers[page];
    if (writer === undefined) continue;
    if (isHeader) {
      for (const [at, column] of columns.entries()) setCell(column, y, column.headFont, labels[at] ?? "", writer);
      continue;
    }
    const { cells } = made.next().value;
    for (const [at, column] of columns.entries()) setCell(column, y, column.font, cells[at]?.text ?? "", writer);
  }
}

function setCell(column: PdfColumn, y: number, font: number, text: string, writer: PageWriter): void {
  const { left, right, isRight, size } = column;
  // What is one word may be an identifier with a mark in it, and stays whole.
  const shown = text.includes(" ") ? cutTo(text, font, size, 1.15 * (right - left) + size) : text;
  const x = isRight ? Math.max(0, right - widthOf(shown, font, size)) : left;
  writer.text(x, y, font, size, shown);
}
