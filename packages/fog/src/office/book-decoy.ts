import { type Row, RowMaker } from "../decoy/row-maker.js";
import type { Sources } from "../decoy/values-maker.js";
import { escapeText } from "../template/escape-text.js";
import { filled } from "../template/slots.js";
import { TemplateFiller } from "../template/template-filler.js";
import type { Filling } from "./fit-package.js";
import type { CellForm, Sheet, SheetColumn, WorkbookModel } from "./office-model.js";
import { columnName, serialOf, shortestNumber } from "./sheet-reader.js";
import { escapeAttribute } from "./xml.js";

/** What fills the decoy of a workbook; its units are rows, dealt out to the sheets as the original had them. */
export function workbookFilling(model: WorkbookModel, share: number, sources: Sources): Filling {
  const filler = new TemplateFiller(model.container, sources, 1);
  const sheets = model.sheets.map((sheet) => new SheetMaker(sheet, share, filler, sources));
  const turns = new Turns(model.sheets.map(({ table, columns }) => (columns.length === 0 ? 0 : table.rows)));
  return {
    parts: model.container.parts,
    expected: Math.min(mostExpected, Math.round(share * model.sheets.reduce((sum, { table }) => sum + table.rows, 0))),
    time: filler.made.changed,
    pieces: () => 0,
    render(units) {
      const strings = new Strings(model.strings === "shared");
      const counts = turns.first(units);
      const written = sheets.map((sheet, at) => sheet.write(counts[at] ?? 0, strings, model.isFrom1904));
      const resolve = (name: string): string => resolved(name, model, written, strings);
      return filler.templates.map((template) => filled(template, resolve));
    },
  };
}

const mostExpected = 1_000_000;

interface Written {
  readonly rows: string;
  readonly reference: string;
}

function resolved(name: string, model: WorkbookModel, written: readonly Written[], strings: Strings): string {
  const [kind = "", at = ""] = name.split(":");
  const sheet = model.sheets[Number(at)];
  switch (kind) {
    case "sheet":
      return written[Number(at)]?.rows ?? "";
    case "dimension":
      return written[Number(at)]?.reference ?? "A1";
    case "name":
      return escapeAttribute(sheet?.name ?? "Sheet");
    case "strings":
      return strings.xml();
    case "string-count":
      return String(strings.count);
    case "string-uniques":
      return String(strings.size);
    case "sheet-titles":
      return vector(
        "lpstr",
        model.sheets.map((one) => `<vt:lpstr>${escapeText(one.name)}</vt:lpstr>`),
      );
    case "sheet-count":
      return countOf(escapeText(at), model.sheets.length);
    default:
      return "";
  }
}

function vector(type: string, entries: readonly string[]): string {
  return `<vt:vector size="${entries.length}" baseType="${type}">${entries.join("")}</vt:vector>`;
}

function countOf(label: string, count: number): string {
  const pair = [`<vt:lpstr>${label}</vt:lpstr>`, `<vt:i4>${count}</vt:i4>`];
  return vector(
    "variant",
    pair.map((one) => `<vt:variant>${one}</vt:variant>`),
  );
}

/** To which sheet each row goes: always the one that is furthest behind. */
class Turns {
  readonly #weights: readonly number[];
  readonly #counts: number[];
  readonly #turns: number[] = [];

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#counts = weights.map(() => 0);
  }

  /** How many rows of the first `units` each sheet has. */
  first(units: number): number[] {
    while (this.#turns.length < units) this.#next();
    const counts = this.#weights.map(() => 0);
    for (const turn of this.#turns.slice(0, units)) counts[turn] = (counts[turn] ?? 0) + 1;
    return counts;
  }

  #next(): void {
    const behind = this.#weights.map((weight, at) => ((this.#counts[at] ?? 0) + 1) / Math.max(1e-9, weight));
    const turn = behind.indexOf(Math.min(...behind));
    this.#counts[turn] = (this.#counts[turn] ?? 0) + 1;
    this.#turns.push(turn);
  }
}

/** The strings of a workbook, each once, in the order they come. */
class Strings {
  readonly isShared: boolean;
  readonly #numbers = new Map<string, number>();
  count = 0;

  constructor(isShared: boolean) {
    this.isShared = isShared;
  }

  get size(): number {
    return this.#numbers.size;
  }

  number(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    this.count += 1;
    return number;
  }

  xml(): string {
    return [...this.#numbers.keys()].map((text) => `<si>${textElement(text)}</si>`).join("");
  }
}

function textElement(text: string): string {
  const kept = text !== text.trim() || text.includes("\n") ? ' xml:space="preserve"' : "";
  return `<t${kept}>${escapeText(text)}</t>`;
}

class SheetMaker {
  readonly #sheet: Sheet;
  readonly #made: Generator<Row, never>;
  readonly #rows: Row[] = [];
  readonly #above: readonly (readonly { readonly column: SheetColumn; readonly text: string }[])[];
  readonly #header: readonly string[] | null;

  constructor(sheet: Sheet, share: number, filler: TemplateFiller, sources: Sources) {
    this.#sheet = sheet;
    const expected = Math.min(mostExpected, Math.round(share * sheet.table.rows));
    this.#made = new RowMaker(sheet.table, expected, sources).all();
    this.#header = sheet.header?.map((label) => filler.label(label)) ?? null;
    this.#above = sheet.above.map((cells) =>
      cells.map(({ at, style, words }) => ({
        column: { at, style, form: "text", headStyle: 0 },
        text: filler.title(words),
      })),
    );
  }

  write(count: number, strings: Strings, isFrom1904: boolean): Written {
    while (this.#rows.length < count) this.#rows.push(this.#made.next().value);
    const { columns, rowLook } = this.#sheet;
    const heads = columns.map((column, at) => ({
      ...column,
      style: column.headStyle,
      form: formOf(this.#header?.[at] ?? ""),
    }));
    const writer = new RowWriter(strings, isFrom1904, rowLook);
    for (const cells of this.#above)
      writer.add(
        cells.map(({ column }) => column),
        cells.map(({ text }) => text),
      );
    if (this.#header !== null) writer.add(heads, this.#header);
    for (const row of this.#rows.slice(0, count))
      writer.add(
        columns,
        row.cells.map(({ text }) => text),
      );
    return { rows: writer.rows.join(""), reference: writer.reference(columns) };
  }
}

/** Years are labels, and stand as numbers. */
function formOf(label: string): CellForm {
  return /^\d{1,9}$/.test(label) ? "number" : "text";
}

class RowWriter {
  readonly rows: string[] = [];
  readonly #strings: Strings;
  readonly #isFrom1904: boolean;
  readonly #look: string;

  constructor(strings: Strings, isFrom1904: boolean, look: string) {
    this.#strings = strings;
    this.#isFrom1904 = isFrom1904;
    this.#look = look;
  }

  add(columns: readonly SheetColumn[], texts: readonly string[]): void {
    const number = this.rows.length + 1;
    const cells = columns.map((column, at) => this.#cell(column, number, texts[at] ?? ""));
    this.rows.push(`<row r="${number}"${this.#look}>${cells.join("")}</row>`);
  }

  reference(columns: readonly SheetColumn[]): string {
    const [first, last] = [columns[0]?.at ?? 0, columns.at(-1)?.at ?? 0];
    return `${columnName(first)}1:${columnName(last)}${Math.max(1, this.rows.length)}`;
  }

  #cell({ at, form, style }: SheetColumn, row: number, text: string): string {
    if (text === "") return "";
    const head = `<c r="${columnName(at)}${row}"${style === 0 ? "" : ` s="${style}"`}`;
    const number = this.#numberOf(form, text);
    if (number !== null) return `${head}${form === "boolean" ? ' t="b"' : ""}><v>${number}</v></c>`;
    if (!this.#strings.isShared) return `${head} t="inlineStr"><is>${textElement(text)}</is></c>`;
    return `${head} t="s"><v>${this.#strings.number(text)}</v></c>`;
  }

  /** `null` for what is written as a text, in a column of numbers too. */
  #numberOf(form: CellForm, text: string): string | null {
    if (form === "boolean") return text === "TRUE" ? "1" : text === "FALSE" ? "0" : null;
    if (form === "number") return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? shortestNumber(Number(text)) : null;
    const serial = form === "date" ? serialOf(text, this.#isFrom1904) : null;
    return serial === null ? null : String(Number(serial.toFixed(9)));
  }
}
