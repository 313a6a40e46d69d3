import { escapeText } from "../template/escape-text.js";
import type { TemplateFiller } from "../template/template-filler.js";
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

  body(units: readonly Unit[]): string {
    const xml: string[] = [];
    let open: OpenedTable | null = null;
    for (const unit of units) {
      const table = unit.kind === "row" ? unit.table : null;
      if (open !== null && table !== open) xml.push(`</${this.#prefix}tbl>`);
      if (table !== null && table !== open) xml.push(this.#tableStart(table));
      open = table;
      xml.push(this.#once(unit));
    }
    if (open !== null) xml.push(`</${this.#prefix}tbl>`);
    return xml.join("");
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
