import { columnsOf, learnTable } from "../decoy/learn-table.js";
import type { Detail } from "../decoy/table-model.js";
import { labelsOf, wordsIn } from "../template/labels.js";
import { learnMaking } from "../template/making.js";
import { isUsualLabel } from "../template/usual-labels.js";
import { type Book, type Grid, readBook } from "./book-reader.js";
import { containerOf, type Kind, type Package } from "./container.js";
import { factsOf } from "./facts.js";
import { keptParts } from "./kept-parts.js";
import type { LooseCell, Sheet, SheetColumn, WorkbookModel } from "./office-model.js";
import type { Editor } from "./rewrite-xml.js";
import { bookPart, formatPart, sheetPart, stringPart } from "./sheet-parts.js";
import type { GridCell, GridRow } from "./sheet-reader.js";
import { isMostlyText } from "./substance.js";

const mostSheets = 64;

/** A workbook of tables; `null` for one without any, or one that is mostly something else. */
export function readWorkbook(file: Package): ((detail: Detail) => WorkbookModel) | null {
  const book = readBook(file);
  if (book === null || book.grids.length === 0 || book.grids.length > mostSheets) return null;
  const kind = kindOf(book);
  const kept = keptParts(file, kind);
  if (!isMostlyText(file, kept) || book.grids.some(({ part }) => !kept.has(part))) return null;
  const facts = factsOf([file.part("docProps/core.xml"), file.part("docProps/app.xml")]);
  const zipTime = Math.max(0, ...file.entries.map(({ time }) => time));
  const container = containerOf(file, { kept, kind, facts, making: learnMaking(facts, zipTime, 0), isBook: true });
  if (container === null || book.grids.every(({ count }) => count < 2)) return null;
  const names = sheetNames(book.grids);
  return (detail) => ({
    kind: "workbook",
    container,
    isFrom1904: book.isFrom1904,
    strings: kept.has("xl/sharedStrings.xml") ? "shared" : "inline",
    sheets: book.grids.map((grid, at) => learnSheet(grid, names[at] ?? "", detail)),
  });
}

function kindOf({ grids }: Book): Kind {
  const formats: Readonly<Record<string, () => Editor>> = {
    "xl/workbook.xml": () => ({ element: bookPart() }),
    "xl/styles.xml": () => ({ element: formatPart() }),
    "xl/sharedStrings.xml": () => ({ element: stringPart }),
  };
  return {
    keeps: (name) => /^xl\/(?:workbook|styles|sharedStrings|theme\/theme\d|worksheets\/sheet\d{1,3})\.xml$/.test(name),
    editor(name) {
      const sheet = grids.findIndex(({ part }) => part === name);
      return sheet >= 0 ? { element: sheetPart(sheet) } : (formats[name]?.() ?? null);
    },
  };
}

/** Names of usual words stay; the others are numbered, as programs do it. */
function sheetNames(grids: readonly Grid[]): string[] {
  const taken = new Set(grids.map(({ name }) => name.toLowerCase()));
  let number = 0;
  return grids.map(({ name }) => {
    if (isUsualLabel(name)) return name;
    do number += 1;
    while (taken.has(`sheet${number}`));
    return `Sheet${number}`;
  });
}

function learnSheet(grid: Grid, name: string, detail: Detail): Sheet {
  const start = tableStart(grid.rows);
  const rows = grid.rows.slice(start);
  const places = [...new Set(rows.flatMap(({ cells }) => cells.map(({ at }) => at)))].sort(
    (left, right) => left - right,
  );
  const texts = rows.map((row) => textsOf(row, places));
  const header = texts.length < 2 ? null : labelsOf(texts);
  const body = header === null ? texts : texts.slice(1);
  const count = Math.max(0, grid.count - start - (header === null ? 0 : 1));
  return {
    name,
    above: grid.rows.slice(Math.max(0, start - mostAbove), start).map(looseCells),
    header,
    columns: places.map((at) => columnOf(at, rows, header !== null)),
    table: learnTable(columnsOf(header, body, places.length), count, detail),
    rowLook: mostFrequent(rows.map(({ look }) => look)),
  };
}

const mostAbove = 16;

/** Above a table stand rows that fill fewer of its columns. */
function tableStart(rows: readonly GridRow[]): number {
  const widths = rows.slice(0, 400).map(({ cells }) => cells.length);
  const usual = [...widths].sort((left, right) => left - right)[Math.floor(widths.length / 2)] ?? 0;
  return Math.max(
    0,
    widths.findIndex((width) => width >= 0.6 * usual),
  );
}

function textsOf({ cells }: GridRow, places: readonly number[]): string[] {
  const found = new Map(cells.map(({ at, text }) => [at, text]));
  return places.map((at) => found.get(at) ?? "");
}

function looseCells({ cells }: GridRow): LooseCell[] {
  return cells.slice(0, 64).map(({ at, style, text }) => ({ at, style, words: wordsIn(text) }));
}

/** The form and the style that most cells of a column have. */
function columnOf(at: number, rows: readonly GridRow[], hasHeader: boolean): SheetColumn {
  const cells = rows.map((row) => row.cells.find((cell) => cell.at === at));
  const body = (hasHeader ? cells.slice(1) : cells).filter((cell): cell is GridCell => cell !== undefined);
  const form = mostFrequent(body.map((cell) => cell.form));
  const style = mostFrequent(body.filter((cell) => cell.form === form).map((cell) => cell.style));
  return { at, form: form === "" ? "text" : form, style: style === "" ? 0 : style, headStyle: cells[0]?.style ?? 0 };
}

function mostFrequent<T>(values: readonly T[]): T | "" {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: T | "" = "";
  for (const [value, count] of counts) if (count > (best === "" ? 0 : (counts.get(best) ?? 0))) best = value;
  return best;
}
