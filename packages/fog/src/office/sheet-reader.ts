import type { CellForm } from "./office-model.js";
import { isPlainValue } from "./plain-values.js";
import { attributeOf } from "./word-parts.js";
import { readXml } from "./xml.js";

export interface GridCell {
  /** Counted from 0. */
  readonly at: number;
  readonly text: string;
  readonly form: CellForm;
  readonly style: number;
}

export interface GridRow {
  readonly cells: readonly GridCell[];
  readonly look: string;
}

/** What the cells of all sheets are read with. */
export interface BookReading {
  readonly strings: readonly string[];
  /** By the number of a cell's style: whether it shows numbers as dates. */
  readonly dates: readonly boolean[];
  readonly isFrom1904: boolean;
}

const mostColumns = 512;
/** Rows are learnt from up to here; those behind are counted. */
const mostCells = 400_000;

/** Rows with anything in them, from top to bottom, and how many there are in all. */
export function readSheet(part: Uint8Array, book: BookReading): { readonly rows: GridRow[]; readonly count: number } {
  const rows: GridRow[] = [];
  let cells: GridCell[] = [];
  let count = 0;
  let read = 0;
  let look = "";
  let open: { reference: string; type: string; style: number; text: string } | null = null;
  readXml(part, {
    open({ local, attributes }) {
      if (local === "row") {
        cells = [];
        look = rowLook(attributes);
      }
      if (local !== "c") return;
      const [reference, type, style] = ["r", "t", "s"].map((name) => attributeOf(attributes, name));
      open = { reference: reference ?? "", type: type ?? "", style: Number(style) || 0, text: "" };
    },
    text(text, parents) {
      const local = parents.at(-1);
      if (open !== null && (local === "v" || local === "t") && !parents.includes("rPh")) open.text += text;
    },
    close({ local }) {
      if (local === "c" && open !== null) {
        const at = columnOf(open.reference, (cells.at(-1)?.at ?? -1) + 1);
        if (open.text !== "" && at < mostColumns && read < mostCells) cells.push(cellOf(at, open, book));
        open = null;
      }
      if (local !== "row" || cells.length === 0) return;
      count += 1;
      read += cells.length;
      if (read < mostCells) rows.push({ cells, look });
    },
  });
  return { rows, count };
}

function rowLook(attributes: Readonly<Record<string, string>>): string {
  const shown = Object.entries(attributes).filter(
    ([name, value]) => /^(?:spans|ht|customHeight|x14ac:dyDescent)$/.test(name) && isPlainValue(value),
  );
  return shown.map(([name, value]) => ` ${name}="${value}"`).join("");
}

/** From `BC12`; `next` where nothing is said. */
function columnOf(reference: string, next: number): number {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0] ?? "";
  return letters === "" ? next : [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0) - 1;
}

export function columnName(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : columnName(Math.floor(at / 26) - 1) + letter;
}

function cellOf(
  at: number,
  { type, style, text }: { type: string; style: number; text: string },
  book: BookReading,
): GridCell {
  if (type === "s") return { at, style, form: "text", text: book.strings[Number(text)] ?? "" };
  if (type === "b") return { at, style, form: "boolean", text: text === "1" || text === "true" ? "TRUE" : "FALSE" };
  if (type === "d") return { at, style, form: "date", text };
  const number = Number(text);
  if ((type !== "" && type !== "n") || !Number.isFinite(number)) return { at, style, form: "text", text };
  const isDate = book.dates[style] === true && number >= 1 && number < 2_958_466;
  return isDate
    ? { at, style, form: "date", text: dateOf(number, book.isFrom1904) }
    : { at, style, form: "number", text: shortestNumber(number) };
}

/** Without the zeros that no program writes behind a number. */
export function shortestNumber(number: number): string {
  const written = String(Number(number.toPrecision(15)));
  return written.includes("e") ? number.toFixed(10).replace(/\.?0+$/, "") : written;
}

/** Days from 1970 to day 0 of the two systems (ISO/IEC 29500-1, 18.17.4.1). */
const day0: Readonly<Record<"false" | "true", number>> = { false: -25_569, true: -24_107 };

function dateOf(serial: number, isFrom1904: boolean): string {
  const seconds = Math.round((serial + day0[`${isFrom1904}`]) * 86_400);
  const text = new Date(1000 * seconds).toISOString();
  return seconds % 86_400 === 0 ? text.slice(0, 10) : text.slice(0, 19).replace("T", " ");
}

/** The number of a date as {@link readSheet} writes it; `null` for what is none. */
export function serialOf(text: string, isFrom1904: boolean): number | null {
  if (!/^\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?$/.test(text)) return null;
  const time = Date.parse(`${text.replace(" ", "T")}${text.length > 10 ? "" : "T00:00"}Z`);
  return Number.isNaN(time) ? null : time / 86_400_000 - day0[`${isFrom1904}`];
}
