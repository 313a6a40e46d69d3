import { normalQuantile, normalShare } from "./normal.js";
import { usualPlaces, writeNumber } from "./numbers.js";
import { unpack } from "./packed.js";
import type { Column, Link, Table } from "./table-model.js";
import { type Made, neighbour, type Sources, type ValuesMaker, valuesMaker } from "./values-maker.js";

/** One row, and the places of its values for the row after it to depend on. */
export interface Row {
  /** Counted from 0. */
  readonly index: number;
  readonly cells: readonly Cell[];
}

export interface Cell extends Made {
  /** On the scale of the standard normal distribution. */
  readonly place: number;
  /** Which of the column's common values it is; `null` for none of them. */
  readonly common: number | null;
}

interface Maker {
  readonly column: Column;
  readonly values: ValuesMaker;
  readonly weights: readonly number[];
  readonly total: number;
  readonly tables: readonly (readonly { readonly place: number; readonly count: number }[])[];
  readonly sorted: readonly string[] | null;
}

/** Sorted texts are made beforehand: of a longer table they come in whatever order. */
const mostSorted = 65_536;
const mostRemembered = 65_536;

/** Makes the rows of a decoy one after another. What it makes counts only when it is kept: see {@link RowMaker.keep}. */
export class RowMaker {
  readonly #makers: readonly Maker[];
  readonly #rows: number;
  readonly #sources: Sources;
  readonly #seen: readonly (Set<string> | null)[];

  /** @param rows - How many the decoy is going to have, roughly: what is sorted is spread over as many. */
  constructor(table: Table, rows: number, sources: Sources) {
    this.#rows = Math.max(1, rows);
    this.#sources = sources;
    this.#makers = table.columns.map((column) => makerOf(column, this.#rows, sources));
    this.#seen = table.columns.map((column) =>
      column.unique && column.values.kind !== "identifier" ? new Set() : null,
    );
  }

  /** Another row for the place behind `before`, `null` for the first. May be called again for the same place. */
  make(before: Row | null): Row {
    const index = before === null ? 0 : before.index + 1;
    const cells: Cell[] = [];
    for (const [at, maker] of this.#makers.entries()) {
      const above = before?.cells[at] ?? null;
      let cell = this.#cell(maker, index, cells, above);
      const seen = this.#seen[at];
      for (let tries = 0; tries < 20 && seen?.has(cell.text) === true && cell.text !== ""; tries++) {
        cell = this.#cell(maker, index, cells, above);
      }
      cells.push(cell);
    }
    return { index, cells };
  }

  /** Remembers a row's values where a column has none twice. */
  keep(row: Row): void {
    for (const [at, seen] of this.#seen.entries()) {
      if (seen !== null && seen.size < mostRemembered) seen.add(row.cells[at]?.text ?? "");
    }
  }

  /** Row after row, each of them kept, without end. */
  *all(): Generator<Row, never> {
    let before: Row | null = null;
    for (;;) {
      const row: Row = this.make(before);
      this.keep(row);
      before = row;
      yield row;
    }
  }

  #cell(maker: Maker, index: number, cells: readonly Cell[], above: Cell | null): Cell {
    const { link } = maker.column;
    if (link.kind === "same") return cells[link.of] ?? this.#at(maker, index, 0);
    if (link.kind === "table") {
      const common = this.#fromTable(maker, cells[link.of]?.common ?? -1);
      if (common !== null) return commonCell(maker, common);
    }
    if (maker.column.order !== "none") return inOrder(maker.column, this.#ordered(maker, index), above);
    const cell = this.#at(maker, index, this.#place(link, cells, above?.place ?? 0));
    return link.kind === "sum" && cell.number !== null ? summed(maker, link, cells, cell) : cell;
  }

  #place(link: Link, cells: readonly Cell[], above: number): number {
    const { draws } = this.#sources;
    if (link.kind === "rank") {
      const other = cells[link.of]?.place ?? 0;
      const known = link.rho * other + link.lag * above;
      const rest = 1 - Math.min(1, link.rho ** 2 + link.lag ** 2 + 2 * link.rho * link.lag * link.cross);
      return known + Math.sqrt(Math.max(0, rest)) * draws.normal();
    }
    if (link.kind === "groups") {
      const group = cells[link.of]?.common ?? -1;
      return (link.means[group] ?? 0) + (link.deviations[group] ?? 1) * draws.normal();
    }
    if (link.kind === "within") return normalQuantile(this.#withinRun(link.of, cells[link.of]));
    return draws.normal();
  }

  /** How far a sorted column has come within the run of one of its common values. */
  #withinRun(of: number, cell: Cell | undefined): number {
    const weights = this.#makers[of]?.weights ?? [];
    const total = this.#makers[of]?.total ?? 1;
    const common = cell?.common ?? 0;
    const before = weights.slice(0, common).reduce((sum, weight) => sum + weight, 0);
    return (normalShare(cell?.place ?? 0) * total - before) / Math.max(1, weights[common] ?? 1);
  }

  #fromTable(maker: Maker, parent: number): number | null {
    const row = maker.tables[parent];
    if (row === undefined || row.length === 0) return null;
    return row[this.#sources.draws.weighted(row.map(({ count }) => count))]?.place ?? null;
  }

  #at(maker: Maker, index: number, place: number): Cell {
    const share = normalShare(place);
    let left = share * maker.total;
    for (const [common, weight] of maker.weights.entries()) {
      left -= weight;
      if (left < 0) return { ...commonCell(maker, common), place };
    }
    const within = maker.column.others === 0 ? share : left / maker.column.others;
    return { ...maker.values(index, within), place, common: null };
  }

  /** Rows that are sorted walk through the distribution from one end to the other; empty cells stand anywhere in it. */
  #ordered(maker: Maker, index: number): Cell {
    const { draws } = this.#sources;
    const { column, sorted } = maker;
    const empty = column.common[0]?.text === "" ? (maker.weights[0] ?? 0) : 0;
    if (empty > 0 && draws.unit() * maker.total < empty) return commonCell(maker, 0);
    const jitter = column.values.kind === "none" ? 0.5 : draws.unit();
    const at = Math.min(0.999999, (index + jitter) / this.#rows);
    const walked = column.order === "falling" ? 1 - at : at;
    if (sorted !== null) {
      const made = maker.values(index, 0.5);
      return { ...made, text: sorted[index] ?? made.text, place: normalQuantile(walked), common: null };
    }
    return this.#at(maker, index, normalQuantile((empty + walked * (maker.total - empty)) / maker.total));
  }
}

/** A number is at least the one above it, and more than that where a column has none twice; falling, the other way round. */
function inOrder(column: Column, cell: Cell, above: Cell | null): Cell {
  const direction = column.order === "falling" ? -1 : 1;
  if (cell.number === null || above?.number === null || above?.number === undefined) return cell;
  const ahead = direction * (cell.number - above.number);
  if (column.unique ? ahead > 0 : ahead >= 0) return cell;
  const moved = column.unique ? neighbour(column.values, above.number, direction) : above;
  return moved === null ? cell : { ...cell, text: moved.text, number: moved.number };
}

function makerOf(column: Column, rows: number, sources: Sources): Maker {
  const values = valuesMaker(column.values, sources);
  const weights = column.common.map(({ count }) => count);
  const total = Math.max(
    1,
    weights.reduce((sum, weight) => sum + weight, column.others),
  );
  const tables = column.link.kind === "table" ? column.link.rows.map(tableRow) : [];
  return { column, values, weights, total, tables, sorted: sortedTexts(column, values, rows) };
}

function tableRow(packed: Uint8Array): { place: number; count: number }[] {
  const numbers = unpack(packed);
  return numbers.flatMap((place, at) => (at % 2 === 0 ? [{ place, count: numbers[at + 1] ?? 0 }] : []));
}

function sortedTexts(column: Column, values: ValuesMaker, rows: number): string[] | null {
  const { kind } = column.values;
  const isText = kind === "fake" || kind === "prose" || kind === "code" || kind === "identifier";
  if (column.order === "none" || !isText || rows > mostSorted) return null;
  const texts = new Set<string>();
  const enough = Math.ceil(1.05 * rows) + 16;
  for (let made = 0; made < 4 * enough && texts.size < enough; made++) texts.add(values(made, 0.5).text);
  const sorted = [...texts].sort((left, right) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1));
  return column.order === "falling" ? sorted.reverse() : sorted;
}

function commonCell(maker: Maker, common: number): Cell {
  const before = maker.weights.slice(0, common).reduce((sum, weight) => sum + weight, 0);
  const text = maker.column.common[common]?.text ?? "";
  const number = text === "" || Number.isNaN(Number(text)) ? null : Number(text);
  return { text, number, common, place: normalQuantile((before + (maker.weights[common] ?? 0) / 2) / maker.total) };
}

function summed(maker: Maker, link: Extract<Link, { kind: "sum" }>, cells: readonly Cell[], cell: Cell): Cell {
  const left = cells[link.left]?.number ?? null;
  const right = cells[link.right]?.number ?? null;
  const { values } = maker.column;
  if (left === null || right === null || values.kind !== "number") return cell;
  const number = link.minus ? left - right : left + right;
  return { ...cell, number, text: writeNumber(number, usualPlaces(values), values.style) };
}
