import type { Prose } from "../decoy/prose.js";
import type { Table } from "../decoy/table-model.js";
import type { Block } from "../decoy/text-model.js";
import type { Templates } from "../template/templates.js";
import type { EntryLook } from "./zip-look.js";

/** A part of the package, as the original's program writes it. */
export interface Part {
  readonly name: string;
  readonly look: EntryLook;
}

export interface Container extends Templates {
  /** In the order of the archive; of each the XML is one of the templates. */
  readonly parts: readonly Part[];
  /** Whether an identifier of 128 bits stands in it, which carries a mark. */
  readonly isMarked: boolean;
}

export type CellForm = "number" | "date" | "text" | "boolean";

export interface SheetColumn {
  /** Counted from 0. */
  readonly at: number;
  readonly form: CellForm;
  /** What `s` says of its cells, and of the one in the header. */
  readonly style: number;
  readonly headStyle: number;
}

/** A row above a table: titles and notes. */
export interface LooseCell {
  readonly at: number;
  readonly style: number;
  readonly words: number;
}

export interface Sheet {
  readonly name: string;
  readonly above: readonly (readonly LooseCell[])[];
  /** Texts, which may be slots. */
  readonly header: readonly string[] | null;
  readonly columns: readonly SheetColumn[];
  readonly table: Table;
  /** Attributes of rows, as they are written. */
  readonly rowLook: string;
}

export interface WorkbookModel {
  readonly kind: "workbook";
  readonly container: Container;
  readonly isFrom1904: boolean;
  readonly strings: "shared" | "inline";
  readonly sheets: readonly Sheet[];
}

export interface ParagraphItem {
  readonly kind: "paragraph";
  /** Numbers of looks: of the paragraph and of its text. */
  readonly look: number;
  readonly run: number;
  readonly block: Block;
}

export interface CellLook {
  readonly cell: number;
  readonly look: number;
  readonly run: number;
}

export interface TableItem {
  readonly kind: "table";
  readonly look: number;
  readonly rowLook: number;
  readonly header: readonly string[] | null;
  readonly headLooks: readonly CellLook[];
  readonly looks: readonly CellLook[];
  readonly table: Table;
}

export type DocumentItem = ParagraphItem | TableItem;

export interface DocumentModel {
  readonly kind: "document";
  readonly container: Container;
  /** What is in front of the names of elements, with its colon. */
  readonly prefix: string;
  /** Names of the attributes of paragraphs: marks of saves, and identifiers. */
  readonly attributes: readonly string[];
  /** Marks of saves in the settings. */
  readonly saves: number;
  /** XML of properties, each once; number 0 is nothing. */
  readonly looks: readonly string[];
  /** In the order of the original, and over again for a longer decoy. */
  readonly items: readonly DocumentItem[];
  readonly prose: Prose;
}
