import { asWritten, type JsonModel, type JsonShape } from "./json-model.js";
import type { Column } from "./table-model.js";

/** Stands where the rows of a document belong; no JSON text has a character that is not escaped below U+0020. */
export const rowsHere = "\u0002";

/** What may stand without quotation marks: made-up numbers must not have a zero in front. */
const bare = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?)$/;

/** Writes records in the manner of the original. */
export class JsonWriter {
  readonly #model: JsonModel;
  readonly #spaces: ReadonlyMap<string, string>;

  constructor(model: JsonModel) {
    this.#model = model;
    this.#spaces = new Map(model.spaces.map(({ place, text }) => [place, text]));
  }

  /** @param cells - Of the columns, and behind them the texts of its arrays in the order of the shape. */
  record(scope: number, cells: readonly string[], depth: number): string {
    const { table, shape } = this.#model.scopes[scope] ?? { table: { columns: [] }, shape: { kind: "rows" } as const };
    let arrays = table.columns.length;
    const write = (one: JsonShape, level: number): string | null => {
      if (one.kind === "rows") return rowsHere;
      if (one.kind === "scalar") return this.#scalar(cells[one.column] ?? "", table.columns[one.column]);
      const presence = one.presence === null ? "true" : (cells[one.presence] ?? "");
      if (one.kind === "array") {
        const text = cells[arrays] ?? "[]";
        arrays += 1;
        return presence === "true" ? text : absent(presence);
      }
      const fields = one.fields.flatMap(({ name, shape: inner }) => {
        const value = write(inner, level + 1);
        return value === null ? [] : [`${this.#text(name)}${this.#space(0, "object", "colon", ": ")}${value}`];
      });
      return presence === "true" ? this.container("object", fields, level) : absent(presence);
    };
    return write(shape, depth) ?? "null";
  }

  container(kind: "object" | "array" | "list", parts: readonly string[], depth: number): string {
    const [open, close] = kind === "object" ? "{}" : "[]";
    if (parts.length === 0) return `${open}${close}`;
    const comma = `,${this.#space(depth, kind, "comma", " ")}`;
    return `${open}${this.#space(depth, kind, "open", "")}${parts.join(comma)}${this.#space(depth, kind, "close", "")}${close}`;
  }

  /** What stands before the first of some rows, between two and behind the last. */
  around(
    depth: number,
    kind: "array" | "list",
  ): { readonly open: string; readonly comma: string; readonly close: string } {
    return {
      open: `[${this.#space(depth, kind, "open", "")}`,
      comma: `,${this.#space(depth, kind, "comma", " ")}`,
      close: `${this.#space(depth, kind, "close", "")}]`,
    };
  }

  #space(depth: number, kind: string, place: string, usual: string): string {
    return this.#spaces.get(`${depth} ${kind} ${place}`) ?? usual;
  }

  #scalar(cell: string, column: Column | undefined): string | null {
    if (cell === "") return null;
    if (cell.startsWith(asWritten)) return cell.slice(1);
    return column?.quoted === true || !bare.test(cell) ? this.#text(cell) : cell;
  }

  #text(text: string): string {
    const written = JSON.stringify(text);
    if (!this.#model.escaped) return written;
    return written.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
}

function absent(presence: string): string | null {
  return presence === "" ? null : "null";
}
