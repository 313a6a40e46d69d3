import type { Piece } from "./pdf-reader.js";

/** Pieces that stand on one baseline, close to one another. */
export interface Segment extends Piece {}

export interface Line {
  readonly page: number;
  readonly y: number;
  readonly segments: readonly Segment[];
}

/** Lines from the top of each page down, their pieces joined where no gap is wider than a blank and a half. */
export function linesOf(pieces: readonly Piece[]): Line[] {
  const sorted = [...pieces].sort((left, right) => left.page - right.page || right.y - left.y || left.x - right.x);
  const rows: Piece[][] = [];
  for (const piece of sorted) {
    const row = rows.at(-1);
    const first = row?.[0];
    const same = first !== undefined && first.page === piece.page && first.y - piece.y < 0.3 * piece.size;
    if (same) row?.push(piece);
    else rows.push([piece]);
  }
  return rows.map((row) => {
    const [first] = row;
    return { page: first?.page ?? 0, y: first?.y ?? 0, segments: joined(row) };
  });
}

function joined(row: readonly Piece[]): Segment[] {
  const segments: Segment[] = [];
  for (const piece of [...row].sort((left, right) => left.x - right.x)) {
    const last = segments.at(-1);
    const gap = last === undefined ? 0 : piece.x - last.x - last.width;
    if (last === undefined || gap > 0.9 * last.size) {
      segments.push(piece);
      continue;
    }
    const blank = gap > 0.12 * last.size && !/\s$/.test(last.text) && !/^\s/.test(piece.text) ? " " : "";
    const width = Math.max(last.width, piece.x + piece.width - last.x);
    segments[segments.length - 1] = { ...last, width, text: last.text + blank + piece.text };
  }
  return segments.map((one) => ({ ...one, text: one.text.replaceAll(/\s+/g, " ").trim() }));
}

/** A table as it stands on pages: columns that lie under one another. */
export interface FoundTable {
  readonly spans: readonly Span[];
  readonly rows: readonly (readonly (Segment | null)[])[];
}

interface Span {
  left: number;
  right: number;
}

export interface Found {
  readonly tables: readonly FoundTable[];
  /** What stands in no table. */
  readonly segments: readonly Segment[];
}

const widestTable = 64;

/** Runs of lines whose segments lie under one another are tables; those of long texts are columns of a page. */
export function tablesIn(lines: readonly Line[]): Found {
  const tables: FoundTable[] = [];
  const segments: Segment[] = [];
  for (let at = 0; at < lines.length; ) {
    const table = tableFrom(lines, at);
    if (table === null) segments.push(...(lines[at]?.segments ?? []));
    else addTable(tables, table);
    at += table?.rows.length ?? 1;
  }
  return { tables, segments };
}

function tableFrom(lines: readonly Line[], start: number): FoundTable | null {
  const first = lines[start];
  if (first === undefined || first.segments.length < 2 || first.segments.length > widestTable) return null;
  const spans = first.segments.map(({ x, width }): Span => ({ left: x, right: x + width }));
  const rows: (readonly (Segment | null)[])[] = [first.segments];
  for (const line of lines.slice(start + 1)) {
    const row = line.page === first.page ? rowIn(line, spans) : null;
    if (row === null) break;
    rows.push(row);
  }
  const texts = rows.flat().flatMap((one) => (one === null ? [] : [one.text.length]));
  const mean = texts.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length);
  return rows.length >= 2 && mean < 32 ? { spans, rows } : null;
}

/** The line as a row under these columns, which grow by it; `null` for one that does not fit them. */
function rowIn({ segments }: Line, spans: readonly Span[]): (Segment | null)[] | null {
  if (segments.length < Math.max(2, spans.length / 2)) return null;
  const row = spans.map((): Segment | null => null);
  for (const segment of segments) {
    const right = segment.x + segment.width;
    const over = spans.flatMap((span, at) => (span.left < right + 5 && segment.x < span.right + 5 ? [at] : []));
    const [at = -1] = over;
    if (over.length !== 1 || row[at] !== null) return null;
    row[at] = segment;
  }
  for (const [at, span] of spans.entries()) {
    const segment = row[at];
    if (segment === null || segment === undefined) continue;
    span.left = Math.min(span.left, segment.x);
    span.right = Math.max(span.right, segment.x + segment.width);
  }
  return row;
}

/** A table that goes on on the next page is one. */
function addTable(tables: FoundTable[], table: FoundTable): void {
  const at = tables.findIndex(({ spans }) => isSame(spans, table.spans));
  const before = tables[at];
  if (before === undefined) tables.push(table);
  else tables[at] = { spans: before.spans, rows: [...before.rows, ...table.rows] };
}

function isSame(some: readonly Span[], others: readonly Span[]): boolean {
  const near = (span: Span, at: number): boolean => {
    const other = others[at];
    if (other === undefined) return false;
    return Math.abs(span.left - other.left) < 30 || Math.abs(span.right - other.right) < 30;
  };
  return some.length === others.length && some.every(near);
}
