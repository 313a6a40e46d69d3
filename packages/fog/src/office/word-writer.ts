import { escapeText } from "../template/escape-text.js";
import type { TemplateFiller } from "../template/template-filler.js";
import type { NoteSlot } from "./note-parts.js";
import type { CellLook, DocumentModel } from "./office-model.js";
import type { OpenedTable, Unit } from "./word-units.js";
import { localName } from "./xml.js";

/** Writes units as the body of a document (ISO/IEC 29500-1, 17.3 and 17.4). */
export class WordWriter {
  readonly #model: DocumentModel;
  readonly #filler: TemplateFiller;
  readonly #made = new WeakMap<Unit, string>();
  readonly #prefix: string;

  constructor(model: DocumentModel, filler: TemplateFiller) {
    this.#model = model;
    this.#filler = filler;
    this.#prefix = model.prefix;
  }

  /** @param references - The notes that paragraphs refer to. */
  body(units: readonly Unit[], references: ReadonlyMap<Unit, readonly NoteSlot[]>): string {
    const xml: string[] = [];
    let open: OpenedTable | null = null;
    for (const unit of units) {
      const table = unit.kind === "row" ? unit.table : null;
      if (open !== null && table !== open) xml.push(`</${this.#prefix}tbl>`);
      if (table !== null && table !== open) xml.push(this.#tableStart(table));
      open = table;
      xml.push(this.#referring(this.#once(unit), references.get(unit) ?? []));
    }
    if (open !== null) xml.push(`</${this.#prefix}tbl>`);
    return xml.join("");
  }

  /** The content of a comment or a note (the same, 17.11 and 17.13.4). */
  note({ kind, style, mark, attributes }: NoteSlot, text: string): string {
    const w = this.#prefix;
    const look = style === "" ? "" : `<${w}pPr><${w}pStyle ${w}val="${style}"/></${w}pPr>`;
    const own = `<${w}${kind === "comment" ? "annotation" : kind}Ref/>`;
    const said = kind === "comment" ? escapeText(text) : ` ${escapeText(text)}`;
    const kept = kind === "comment" ? "" : ' xml:space="preserve"';
    const run = text === "" ? "" : `<${w}r><${w}t${kept}>${said}</${w}t></${w}r>`;
    const names = attributes.map((name) => this.#attribute(name)).join("");
    return `<${w}p${names}>${look}${this.#marked(mark, own)}${run}</${w}p>`;
  }

  #marked(mark: string, element: string): string {
    const w = this.#prefix;
    const look = mark === "" ? "" : `<${w}rPr><${w}rStyle ${w}val="${mark}"/></${w}rPr>`;
    return `<${w}r>${look}${element}</${w}r>`;
  }

  /** A comment is on all of its paragraph. */
  #referring(xml: string, notes: readonly NoteSlot[]): string {
    const w = this.#prefix;
    const end = `</${w}p>`;
    return notes.reduce((paragraph, { kind, number, mark }) => {
      const id = `${w}id="${number}"`;
      const reference = this.#marked(mark, `<${w}${kind}Reference ${id}/>`);
      if (kind !== "comment") return paragraph.slice(0, -end.length) + reference + end;
      const from = paragraph.indexOf(`<${w}r>`);
      const range = [`<${w}commentRangeStart ${id}/>`, `<${w}commentRangeEnd ${id}/>`] as const;
      const text = paragraph.slice(from, -end.length);
      return paragraph.slice(0, from) + range[0] + text + range[1] + reference + end;
    }, xml);
  }

  /** Identifiers of a paragraph stay its own, however often it is written. */
  #once(unit: Unit): string {
    const known = this.#made.get(unit);
    if (known !== undefined) return known;
    const xml =
      unit.kind === "paragraph"
        ? this.#paragraph(this.#look(unit.look), this.#look(unit.run), unit.text)
        : this.#row(unit.table.item.looks, unit.texts, this.#look(unit.table.item.rowLook));
    this.#made.set(unit, xml);
    return xml;
  }

  readonly #starts = new WeakMap<OpenedTable, string>();

  #tableStart(table: OpenedTable): string {
    const { look, headLooks } = table.item;
    const start =
      this.#starts.get(table) ??
      `<${this.#prefix}tbl>${this.#look(look)}${table.header === null ? "" : this.#row(headLooks, table.header, "")}`;
    this.#starts.set(table, start);
    return start;
  }

  #row(looks: readonly CellLook[], texts: readonly string[], rowLook: string): string {
    const w = this.#prefix;
    const cells = texts.map((text, at) => {
      const { cell = 0, look = 0, run = 0 } = looks[at] ?? {};
      return `<${w}tc>${this.#look(cell)}${this.#paragraph(this.#look(look), this.#look(run), text)}</${w}tc>`;
    });
    return `<${w}tr>${rowLook}${cells.join("")}</${w}tr>`;
  }

  #paragraph(look: string, run: string, text: string): string {
    const w = this.#prefix;
    const attributes = this.#model.attributes.map((name) => this.#attribute(name)).join("");
    if (text === "" && look === "") return `<${w}p${attributes}/>`;
    const kept = text === text.trim() ? "" : ' xml:space="preserve"';
    const shown = text === "" ? "" : `<${w}r>${run}<${w}t${kept}>${escapeText(text)}</${w}t></${w}r>`;
    return `<${w}p${attributes}>${look}${shown}</${w}p>`;
  }

  #attribute(name: string): string {
    const local = localName(name);
    const { saves } = this.#filler;
    if (local.startsWith("rsid")) return ` ${name}="${saves[0]}"`;
    if (local === "textId") return ` ${name}="77777777"`;
    return local === "paraId" ? ` ${name}="${this.#filler.hex(8).replace(/^[89A-F]/, "1")}"` : "";
  }

  #look(number: number): string {
    return this.#model.looks[number] ?? "";
  }
}
