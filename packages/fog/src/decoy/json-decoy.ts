import { byteLength } from "./characters.js";
import { fittingRows, type Makes } from "./fit.js";
import { asWritten, type JsonModel, type JsonShape } from "./json-model.js";
import { JsonWriter, rowsHere } from "./json-writer.js";
import { elasticColumns, resizedText, wordsOf } from "./resize.js";
import { type Cell, type Row, RowMaker } from "./row-maker.js";
import { type Layout, stretched } from "./stretch.js";
import type { Column } from "./table-model.js";
import type { Sources } from "./values-maker.js";

/**
 * JSON of exactly `length` bytes. Too short for a record, it is an empty container with blanks in it, a digit or nothing:
 * valid for every length but 0.
 */
export function* jsonText(model: JsonModel, length: number, share: number, sources: Sources): Generator<string> {
  const document = new JsonDocument(model, sources);
  const around = document.around(length);
  if (around === null) return yield tooShort(length, model);
  if (model.rows === null) return yield around[0];
  yield* document.rows(model.rows, length, around, share);
}

function tooShort(length: number, model: JsonModel): string {
  if (length < 2) return model.lines ? "\n".repeat(length) : "0".repeat(length);
  return model.scopes[0]?.shape.kind === "object" ? `{${" ".repeat(length - 2)}}` : `[${" ".repeat(length - 2)}]`;
}

class JsonDocument {
  readonly #model: JsonModel;
  readonly #writer: JsonWriter;
  readonly #sources: Sources;

  constructor(model: JsonModel, sources: Sources) {
    this.#model = model;
    this.#sources = sources;
    this.#writer = new JsonWriter(model);
  }

  /** What stands before and behind the rows; all of it where there are none. `null` when it does not fit. */
  around(length: number): [string, string] | null {
    if (this.#model.lines) return ["", ""];
    const maker = this.#records(0, 1, 0);
    const layout = this.#layout(0, 0, "");
    const end = this.#model.end;
    const row = maker.make(null);
    const fixed = this.#model.rows !== null;
    const left = length - this.#length(end);
    if (!fixed && left < layout.smallest) return null;
    const others = Array.from({ length: 24 }, () => maker.make(null));
    const cells = fixed ? row : stretched(row, layout, left, others);
    const text = this.#writer.record(0, textsOf(cells), 0);
    const [before = "", behind = ""] = text.split(rowsHere);
    if (!fixed) return [before + " ".repeat(Math.max(0, left - this.#length(before))) + end, ""];
    return this.#length(before + behind + end) + 2 > length ? null : [before, behind + end];
  }

  *rows(scope: number, length: number, [before, behind]: [string, string], share: number): Generator<string> {
    const { lines, depth, scopes } = this.#model;
    const kind = scopes[scope]?.shape.kind === "scalar" ? "list" : "array";
    const marks = lines ? { open: "", comma: "\n", close: this.#model.end } : this.#writer.around(depth - 1, kind);
    const head = before + marks.open;
    const tail = marks.close + behind;
    const left = length - this.#length(head + tail) + this.#length(marks.comma);
    const layout = this.#layout(scope, depth, marks.comma);
    if (left < layout.smallest) {
      const empty = lines ? "" : `${before}[]${behind}`;
      return yield empty + (lines ? "\n" : " ").repeat(length - this.#length(empty));
    }
    yield head;
    const rows = (scopes[scope]?.table.rows ?? 1) * share;
    let pending = "";
    let written = 0;
    for (const row of fittingRows(this.#records(scope, Math.round(rows), depth), layout, left)) {
      if (pending !== "") yield pending + marks.comma;
      pending = this.#writer.record(scope, textsOf(row), depth);
      written += this.#length(pending + marks.comma);
    }
    yield pending + " ".repeat(Math.max(0, left - written)) + tail;
  }

  /** A maker of rows with the texts of their arrays behind their cells. */
  #records(scope: number, rows: number, depth: number): Makes {
    const { table, shape } = this.#model.scopes[scope] ?? {
      table: { columns: [], rows: 1 },
      shape: { kind: "rows" } as const,
    };
    const maker = new RowMaker(table, rows, this.#sources);
    const arrays = arraysOf(shape, depth).map(({ array, level }) => {
      const inner = this.#records(array.items, 1000, level + 1);
      const kind = this.#model.scopes[array.items]?.shape.kind === "scalar" ? "list" : "array";
      return (cells: readonly Cell[]): string => {
        const size = Math.min(10_000, Math.max(0, Math.round(Number(cells[array.size]?.text ?? 0)) || 0));
        const parts: string[] = [];
        let last: Row | null = null;
        for (let made = 0; made < size; made++) {
          last = inner.make(last);
          parts.push(this.#writer.record(array.items, textsOf(last), level + 1));
        }
        return this.#writer.container(kind, parts, level);
      };
    });
    return {
      make: (before) => {
        const row = maker.make(before);
        const texts = arrays.map((write): Cell => ({ text: write(row.cells), number: null, place: 0, common: null }));
        return { ...row, cells: [...row.cells, ...texts] };
      },
      keep: (row) => maker.keep(row),
    };
  }

  #layout(scope: number, depth: number, comma: string): Layout {
    const { table, shape } = this.#model.scopes[scope] ?? {
      table: { columns: [] as Column[] },
      shape: { kind: "rows" } as const,
    };
    const cost = (cells: readonly string[]): number => this.#length(this.#writer.record(scope, cells, depth) + comma);
    const shortest = [...table.columns.map(shortestCell), ...arraysOf(shape, depth).map(() => "[]")];
    return {
      cost,
      smallest: cost(shortest),
      shortest,
      elastic: elasticColumns(table.columns).filter((at) => !isSize(shape, at)),
      resized: (cell, at, size) => {
        const column = table.columns[at];
        if (column === undefined || cell === "" || cell.startsWith(asWritten)) return null;
        return resizedText(cell, column, size, this.#sources.draws);
      },
      filler: (size, at) => {
        if (table.columns[at]?.quoted === true) return wordsOf(this.#sources.draws, size + 1).trimStart();
        return size > 0 && size < 16 ? String(1 + this.#sources.draws.below(9)).repeat(size) : "0";
      },
    };
  }

  #length(text: string): number {
    return byteLength(text, this.#model.encoding);
  }
}

type ArrayShape = Extract<JsonShape, { kind: "array" }>;

/** Its arrays in the order in which they are written, and at what depth. */
function arraysOf(shape: JsonShape, depth: number): { array: ArrayShape; level: number }[] {
  if (shape.kind === "array") return [{ array: shape, level: depth }];
  return shape.kind === "object" ? shape.fields.flatMap((field) => arraysOf(field.shape, depth + 1)) : [];
}

function isSize(shape: JsonShape, column: number): boolean {
  if (shape.kind === "object")
    return shape.presence === column || shape.fields.some((field) => isSize(field.shape, column));
  return shape.kind === "array" && (shape.size === column || shape.presence === column);
}

function shortestCell(column: Column): string {
  if (column.common.some(({ text }) => text === "")) return "";
  if (column.quoted) return `${asWritten}""`;
  const literal = column.common.find(({ text }) => text === "true" || text.startsWith(asWritten));
  return literal === undefined ? "0" : literal.text;
}

function textsOf(row: Row): string[] {
  return row.cells.map(({ text }) => text);
}
