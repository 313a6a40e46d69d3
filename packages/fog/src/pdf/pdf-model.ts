import type { Prose } from "../decoy/prose.js";
import type { Table } from "../decoy/table-model.js";
import type { Templates } from "../template/templates.js";

/** Larger documents get no decoy: a PDF can only be read as a whole. */
export const mostPdfBytes: number = 8 * 1024 * 1024;
/** What the packed layout of a model may come to. */
export const mostLayoutBytes: number = 1024 * 1024;
export const mostPages: number = 500;

/** Of the standard 14 fonts the ones for text, by family, then regular, bold, italic, both (ISO 32000-1, 9.6.2.2). */
export const standardFonts: readonly string[] = [
  ...["Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"],
  ...["Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"],
  ...["Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"],
];

/** XMP of the original: which properties it had, by the names in {@link xmpNames}, and what wrote it. */
export interface PdfXmp {
  /** Empty for one that does not say, or says what no program would. */
  readonly toolkit: string;
  readonly names: readonly string[];
}

export const xmpNames: readonly string[] = (
  "dc:format dc:title dc:creator dc:description pdf:Producer pdf:Keywords xmp:CreatorTool xmp:CreateDate " +
  "xmp:ModifyDate xmp:MetadataDate xmpMM:DocumentID xmpMM:InstanceID"
).split(" ");

/** A column of a table on a page: lengths in tenths of a point, fonts as numbers of {@link standardFonts}. */
export interface PdfColumn {
  readonly left: number;
  readonly right: number;
  readonly isRight: boolean;
  readonly size: number;
  readonly font: number;
  readonly headFont: number;
}

export interface PdfTable {
  readonly header: readonly string[] | null;
  readonly columns: readonly PdfColumn[];
  /** Of each row its page, its baseline and whether it is the header, packed and deflated. */
  readonly rows: Uint8Array;
  readonly table: Table;
}

export interface PdfModel extends Templates {
  readonly kind: "pdf";
  /** As the first line of the file has it, such as `1.7`. */
  readonly version: string;
  /** Keys of the Info dictionary in their order; their texts stand in `templates`, and two identifiers behind them. */
  readonly keys: readonly string[];
  /** As dates of Info end: nothing, `Z`, or an offset such as `+01'00'`. */
  readonly zone: string;
  readonly xmp: PdfXmp | null;
  /** The trailer's two identifiers: none, alike, or one for each save. */
  readonly id: "none" | "alike" | "different";
  /** Whether an identifier of 128 bits stands in it, which carries a mark. */
  readonly isMarked: boolean;
  /** Marks in front of paragraphs and signs behind them, which the layout names by number. */
  readonly signs: readonly string[];
  /** Pages, boxes and paragraphs, packed and deflated: see `layout.ts`. */
  readonly layout: Uint8Array;
  readonly tables: readonly PdfTable[];
  readonly prose: Prose;
}
