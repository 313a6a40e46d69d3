import type { Prose } from "../decoy/prose.js";
import type { Table } from "../decoy/table-model.js";
import type { Block } from "../decoy/text-model.js";
import type { EntryLook } from "./zip-look.js";

/** How a program writes a moment. */
export interface Stamp {
  /** Of a template, the same in all documents made from it; empty for a moment of its own. */
  readonly fixed: string;
  /** Digits of fractions of a second; seconds themselves are 0 where `isWhole`, which counts whole minutes. */
  readonly digits: number;
  readonly isWhole: boolean;
  /** Whether a `Z` ends it. */
  readonly isUtc: boolean;
}

/** What metadata say of the making of a document, so coarsely that it is no document's own. */
export interface Making {
  /** Seconds since 1970 at a day's beginning: no decoy is changed later, so none after it was sealed. */
  readonly latest: number;
  readonly created: Stamp | null;
  readonly modified: Stamp | null;
  /** By powers of two, from 1 on; 0 for none: minutes from creating to changing, minutes of editing, revision. */
  readonly span: number;
  readonly minutes: number;
  readonly revision: number;
  /** Words to a page; 0 when nothing was counted. */
  readonly pageWords: number;
}

/** A part of the package, as the original's program writes it. */
export interface Part {
  readonly name: string;
  readonly look: EntryLook;
}

export interface Container {
  /** In the order of the archive. */
  readonly parts: readonly Part[];
  /** The XML of the parts with slots in it, parted by U+E002, deflated. */
  readonly templates: Uint8Array;
  readonly making: Making;
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

export const partSeparator: string = "\u{e002}";
/** What the templates of a model may come to. */
export const mostTemplateBytes: number = 1024 * 1024;
