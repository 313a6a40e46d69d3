import type { Row } from "./row-maker.js";

/** How rows become bytes. */
export interface Layout {
  /** Bytes of a row with everything that parts it from the next. */
  cost(cells: readonly string[]): number;
  /** What a row of nothing but the shortest cells costs. */
  readonly smallest: number;
  /** The shortest cell of each column. */
  readonly shortest: readonly string[];
  /** Columns in the order in which their cells may be made longer or shorter, free text first. */
  readonly elastic: readonly number[];
  /** The cell at `column` in about `length` characters; `null` where it cannot be had. */
  resized(cell: string, column: number, length: number): string | null;
  /** Any text of so many characters in place of a cell, where nothing believable fits. */
  filler(length: number, column: number): string;
}

/**
 * The row with some cells changed so that it costs exactly `bytes`.
 *
 * @param others - Rows that could stand in its place: their cells are the most believable ones to change for.
 */
export function stretched(row: Row, layout: Layout, bytes: number, others: readonly Row[]): Row {
  const cells = row.cells.map(({ text }) => text);
  const found =
    exchanged(cells, layout, bytes, others) ??
    resizedOnce(cells, layout, bytes) ??
    shortened(cells, layout, bytes) ??
    filled(layout, bytes);
  return withTexts(row, found);
}

/** The row at the cost of `bytes` if one cell can be made to fit, else as it is. */
export function resized(row: Row, layout: Layout, bytes: number, others: readonly Row[]): Row {
  const cells = row.cells.map(({ text }) => text);
  const found = exchanged(cells, layout, bytes, others) ?? resizedOnce(cells, layout, bytes);
  return withTexts(row, found ?? cells);
}

function exchanged(
  cells: readonly string[],
  layout: Layout,
  bytes: number,
  others: readonly Row[],
): readonly string[] | null {
  const difference = bytes - layout.cost(cells);
  if (difference === 0) return cells;
  for (const at of layout.elastic) {
    for (const other of others) {
      const text = other.cells[at]?.text ?? "";
      if (Math.abs(text.length - (cells[at] ?? "").length - difference) > 2) continue;
      const changed = cells.map((cell, index) => (index === at ? text : cell));
      if (layout.cost(changed) === bytes) return changed;
    }
  }
  return null;
}

function withTexts(row: Row, texts: readonly string[]): Row {
  return { ...row, cells: row.cells.map((cell, at) => ({ ...cell, text: texts[at] ?? "" })) };
}

function resizedOnce(cells: readonly string[], layout: Layout, bytes: number): string[] | null {
  const difference = bytes - layout.cost(cells);
  if (difference === 0) return [...cells];
  for (const at of layout.elastic) {
    const cell = cells[at] ?? "";
    for (const slack of [0, -2, 2, -1, 1]) {
      const text = layout.resized(cell, at, cell.length + difference + slack);
      const changed = cells.map((other, index) => (index === at ? (text ?? other) : other));
      if (layout.cost(changed) === bytes) return changed;
    }
  }
  return null;
}

/** Makes cells as short as can be, one after another, until one of the rest can be made to fit. */
function shortened(cells: readonly string[], layout: Layout, bytes: number): string[] | null {
  let left = [...cells];
  for (const at of layout.elastic) {
    if (layout.cost(left) <= bytes) break;
    left = left.map((cell, index) => (index === at ? (layout.shortest[at] ?? "") : cell));
    const found = resizedOnce(left, layout, bytes);
    if (found !== null) return found;
  }
  return null;
}

/** What is left where nothing else fits: one cell of any text, in a row that is otherwise as short as can be. */
function filled(layout: Layout, bytes: number): readonly string[] {
  const length = bytes - layout.smallest;
  for (const at of layout.elastic) {
    for (let size = length + 4; size >= Math.max(0, length - 4); size--) {
      const text = layout.filler(size, at);
      const changed = layout.shortest.map((cell, index) => (index === at ? text : cell));
      if (layout.cost(changed) === bytes) return changed;
    }
  }
  return layout.shortest;
}
