import { printable } from "./printable.js";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "right";
}

const rowsInMemory = 500;

/**
 * A table of any length in bounded memory: columns are as wide as the first rows need, and only ever grow.
 * Trailing blanks are cut, so that a line can be compared.
 */
export async function* tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): AsyncGenerator<string, void, undefined> {
  const widths = columns.map(({ title }) => title.length);
  let page: string[][] = [columns.map(({ title }) => title)];
  for await (const row of rows) {
    page.push(columns.map(({ value }) => printable(value(row))));
    if (page.length < rowsInMemory) continue;
    yield* pageLines(columns, widths, page);
    page = [];
  }
  yield* pageLines(columns, widths, page);
}

function* pageLines<Row>(
  columns: readonly Column<Row>[],
  widths: number[],
  page: readonly string[][],
): Generator<string, void, undefined> {
  for (const cells of page)
    for (const [index, cell] of cells.entries()) widths[index] = Math.max(widths[index] ?? 0, [...cell].length);
  for (const cells of page)
    yield cells
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.align))
      .join("  ")
      .trimEnd();
}

function padded(cell: string, width: number, align: "right" | undefined): string {
  const blanks = " ".repeat(Math.max(0, width - [...cell].length));
  return align === "right" ? blanks + cell : cell + blanks;
}
