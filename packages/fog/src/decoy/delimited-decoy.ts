import { DelimitedWriter } from "./delimited-writer.js";
import { fittingRows } from "./fit.js";
import type { DelimitedModel } from "./model.js";
import { elasticColumns, resizedText, wordsOf } from "./resize.js";
import { RowMaker } from "./row-maker.js";
import type { Layout } from "./stretch.js";
import type { Sources } from "./values-maker.js";

/**
 * The text of a table of exactly `length` bytes. Too short for a row, it is the header and empty lines; too short for the
 * header, its beginning.
 *
 * @param share - Of the original's length, without the header: as many rows is a decoy expected to have.
 */
export function* delimitedText(
  model: DelimitedModel,
  length: number,
  share: number,
  sources: Sources,
): Generator<string> {
  const writer = new DelimitedWriter(model);
  const { lineEnd, endsLine } = model.dialect;
  const header = model.header === null ? "" : `${writer.header()}${lineEnd}`;
  const headerLength = writer.length(header);
  if (length < headerLength) return yield beginningOf(writer.header(), length, writer);
  yield header;
  const left = length - headerLength + (endsLine || length === headerLength ? 0 : lineEnd.length);
  const { columns, rows } = model.table;
  const cost = (cells: readonly string[]): number => writer.length(writer.row(cells)) + lineEnd.length;
  const layout: Layout = {
    cost,
    smallest: cost(columns.map(() => "")),
    shortest: columns.map(() => ""),
    elastic: elasticColumns(columns),
    filler: (size) => wordsOf(sources.draws, size + 1).trimStart(),
    resized: (cell, at, size) => {
      const column = columns[at];
      return column === undefined ? null : resizedText(cell, column, size, sources.draws);
    },
  };
  if (left < layout.smallest) return yield "\n".repeat(length - headerLength);
  const maker = new RowMaker(model.table, Math.round(rows * share), sources);
  let before = "";
  let missing = left;
  for (const row of fittingRows(maker, layout, left)) {
    if (before !== "") yield before + lineEnd;
    before = writer.row(row.cells.map(({ text }) => text));
    missing -= writer.length(before) + lineEnd.length;
  }
  // Where all columns stand in quotes, a byte or two more than a row of empty cells is no row: a cell without quotes is.
  before = "s".repeat(missing) + before;
  yield endsLine ? before + lineEnd : before;
}

/** Exactly `length` bytes of the header, with every quotation mark closed; blanks where that cannot be had. */
function beginningOf(header: string, length: number, writer: DelimitedWriter): string {
  let cut = header.slice(0, length);
  while (writer.length(cut) > length) cut = cut.slice(0, -1);
  const open = cut.split('"').length % 2 === 0;
  const closed = open ? `${cut.slice(0, -1)}"` : cut;
  const sound = closed.split('"').length % 2 === 1 && closed.isWellFormed();
  const text = sound ? closed : "";
  return text + " ".repeat(length - writer.length(text));
}
