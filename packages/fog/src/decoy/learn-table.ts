import { type LearntColumn, learnColumn } from "./learn-column.js";
import { linkOf } from "./learn-link.js";
import { normalQuantile } from "./normal.js";
import type { Column, Detail, Table } from "./table-model.js";

/** One column as cells, with its label. */
export interface Cells {
  readonly label: string;
  readonly cells: readonly string[];
  readonly quoted: boolean;
}

/** The columns of rows; what a row does not have is empty. */
export function columnsOf(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  width: number,
): Cells[] {
  return Array.from({ length: width }, (_, at) => ({
    label: header?.[at] ?? "",
    cells: rows.map((row) => row[at] ?? ""),
    quoted: false,
  }));
}

/** A column beside its cells and, for the first rows, their places on the scale of the normal distribution. */
export interface Placed extends LearntColumn {
  readonly cells: readonly string[];
  readonly places: readonly number[];
}

/** Rows that dependence between columns is measured over. */
const mostPlaced = 4000;

/** @param rows - Of the whole document, for which `columns` may be a sample. */
export function learnTable(columns: readonly Cells[], rows: number, detail: Detail): Table {
  const placed: Placed[] = [];
  const finished: Column[] = [];
  for (const { label, cells, quoted } of columns) {
    const learnt = learnColumn(cells, label, detail, quoted);
    const one: Placed = { ...learnt, cells, places: placesOf(learnt.keys.slice(0, mostPlaced)) };
    const link = linkOf(one, placed, detail);
    placed.push(one);
    finished.push({ ...one.column, link });
  }
  return { columns: finished, rows };
}

/** Each key's rank among all, as a quantile of the normal distribution; equal keys share one. */
function placesOf(keys: readonly number[]): number[] {
  const sorted = [...keys.entries()].sort(([, left], [, right]) => left - right);
  const places = new Array<number>(keys.length).fill(0);
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]?.[1] === sorted[from]?.[1]) to += 1;
    const place = normalQuantile((from + to) / 2 / sorted.length);
    for (const [row] of sorted.slice(from, to)) places[row] = place;
    from = to;
  }
  return places;
}
