import { parse } from "csv-parse/browser/esm/sync";
import type { Characters } from "./characters.js";

export type Delimiter = "," | ";" | "\t" | "|";
export type LineEnd = "\n" | "\r\n" | "\r";

/** How a table of RFC 4180 and its relatives is written down. */
export interface Dialect {
  readonly delimiter: Delimiter;
  readonly lineEnd: LineEnd;
  /** Whether the last row ends a line too. */
  readonly endsLine: boolean;
  readonly headerQuoted: boolean;
  /** By column: in quotes even where nothing asks for them. */
  readonly quoted: readonly boolean[];
}

export interface Delimited {
  readonly dialect: Dialect;
  readonly header: readonly string[] | null;
  /** In the order of the document, all as wide as the first. */
  readonly rows: readonly (readonly string[])[];
  /** Of the document as a whole, an estimate where only a sample was read. */
  readonly rowCount: number;
}

interface Cell {
  readonly text: string;
  readonly quoted: boolean;
}

const delimiters: readonly Delimiter[] = [",", "\t", ";", "|"];

/** Reads a sample as rows of cells; `null` when it is no table: fewer than two rows, or rows of different widths. */
export function readDelimited(characters: Characters, length: number, last: string | null): Delimited | null {
  const lineEnd = lineEndOf(characters.head);
  const whole = characters.pieces.length === 0;
  const head = whole ? characters.head : uptoLine(characters.head);
  const delimiter = delimiterOf(head.slice(0, 65_536));
  const parsed = cellsOf(head, delimiter);
  const width = parsed?.[0]?.length ?? 0;
  if (parsed === null || parsed.length < 2 || width === 0) return null;
  const records = parsed.filter((record) => record.length === width);
  if (records.length < 0.95 * parsed.length) return null;
  const header = headerOf(records.slice(0, 200).map((record) => record.map(({ text }) => text)));
  const body = header === null ? records : records.slice(1);
  const more = characters.pieces.flatMap((piece) => rowsOfPiece(piece, delimiter, width));
  return {
    dialect: {
      delimiter,
      lineEnd,
      endsLine: last === "\n" || last === "\r",
      headerQuoted:
        header !== null &&
        isQuoted(
          (records[0] ?? []).filter(({ text }) => text !== ""),
          delimiter,
        ),
      quoted: Array.from({ length: width }, (_, column) => isQuotedColumn(body, column, delimiter)),
    },
    header,
    rows: [...body, ...more].map((record) => record.map(({ text }) => text)),
    rowCount: Math.max(1, Math.round((body.length * length) / Math.max(1, characters.head.length))),
  };
}

function cellsOf(text: string, delimiter: Delimiter): Cell[][] | null {
  const cast = (cell: string, { quoting }: { quoting: boolean }): Cell => ({ text: cell, quoted: quoting });
  const options = { delimiter, cast, relax_column_count: true, relax_quotes: true, skip_empty_lines: true };
  try {
    const records: unknown = parse(text, options);
    return records as Cell[][];
  } catch {
    return null;
  }
}

function rowsOfPiece(piece: string, delimiter: Delimiter, width: number): Cell[][] {
  const start = piece.search(/[\r\n]/) + 1;
  const records = cellsOf(uptoLine(piece.slice(start)), delimiter) ?? [];
  const fitting = records.filter((record) => record.length === width);
  return fitting.length < 0.9 * records.length ? [] : fitting;
}

/** Up to the last line end outside quotes. */
function uptoLine(text: string): string {
  let quoted = false;
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) quoted = !quoted;
    else if (code === 10 && !quoted) end = at + 1;
  }
  return text.slice(0, end);
}

export function lineEndOf(text: string): LineEnd {
  if (text.includes("\r\n")) return "\r\n";
  return text.includes("\n") || !text.includes("\r") ? "\n" : "\r";
}

/** The one that cuts most lines into equally many cells; a comma when none does. */
function delimiterOf(text: string): Delimiter {
  const scores = delimiters.map((delimiter) => {
    const widths = (cellsOf(uptoLine(text) || text, delimiter) ?? []).slice(0, 100).map((record) => record.length);
    const width = widths[0] ?? 1;
    return width < 2 ? 0 : widths.filter((one) => one === width).length * (1 + width / 1000);
  });
  return delimiters[scores.indexOf(Math.max(...scores))] ?? ",";
}

function isQuoted(cells: readonly Cell[], delimiter: Delimiter): boolean {
  const free = cells.filter(({ text }) => !needsQuotes(text, delimiter));
  return free.length > 0 && 2 * free.filter(({ quoted }) => quoted).length > free.length;
}

function isQuotedColumn(records: readonly Cell[][], column: number, delimiter: Delimiter): boolean {
  return isQuoted(
    records.slice(0, 1000).flatMap((record) => record[column] ?? []),
    delimiter,
  );
}

export function needsQuotes(text: string, delimiter: Delimiter): boolean {
  return text.includes('"') || text.includes(delimiter) || text.includes("\n") || text.includes("\r");
}

const numeric = /^[-+]?[\p{Sc}]?\d[\d.,]*%?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/u;
const labelWords =
  /(^|[^a-z])(names?|id|date|time|year|city|state|country|address|street|e-?mail|phone|title|type|category|code|status|description|text|url|company|gender|notes?|number|key|value|total|amount|price)s?([^a-z]|$)/i;

/**
 * The first row when it is one of labels: above a column of numbers or dates stands none of them; where all is text,
 * some cell must be a word that labels are made of. In doubt it is a row like any other, for a header stays as it is.
 */
export function headerOf(rows: readonly (readonly string[])[]): readonly string[] | null {
  const [first, ...body] = rows;
  if (first === undefined || new Set(first).size < first.length) return null;
  if (first.some((cell) => numeric.test(cell) && !/^\d{4}$/.test(cell))) return null;
  const columns = first.map((_, column) => body.map((row) => row[column] ?? "").filter((cell) => cell !== ""));
  if (columns.some((cells, index) => cells.includes(first[index] ?? ""))) return null;
  return standsOverNumbers(rows) || first.some((cell) => labelWords.test(cell.replaceAll("_", " "))) ? first : null;
}

/** Whether the first row has a text above a column of numbers: what is known to be a label. */
export function standsOverNumbers([first = [], ...body]: readonly (readonly string[])[]): boolean {
  return first.some((label, column) => {
    const cells = body.map((row) => row[column] ?? "").filter((cell) => cell !== "");
    const numbers = cells.filter((cell) => numeric.test(cell)).length;
    return cells.length > 0 && !numeric.test(label) && numbers > 0.8 * cells.length;
  });
}
