import type { Prose } from "../decoy/prose.js";
import { RowMaker } from "../decoy/row-maker.js";
import { BlockMaker } from "../decoy/text-decoy.js";
import type { Sources } from "../decoy/values-maker.js";
import type { DocumentModel, TableItem } from "./office-model.js";

/** What a decoy consists of: a paragraph, or a row of a table. */
export type Unit =
  | { readonly kind: "paragraph"; readonly look: number; readonly run: number; readonly text: string }
  | { readonly kind: "row"; readonly table: OpenedTable; readonly texts: readonly string[] };

/** A table of the decoy; the same object for all its rows. */
export interface OpenedTable {
  readonly item: TableItem;
  readonly header: readonly string[] | null;
}

/** Rows of one table at most, before the next begins. */
const mostRows = 100_000;

/** Makes paragraphs of a document's words. */
export function proseMaker(prose: Prose, sources: Sources): BlockMaker {
  const encoding = { characters: "utf-8", byteOrderMark: false } as const;
  return new BlockMaker({ kind: "text", encoding, lineEnd: "\n", headers: [], width: 0, blocks: [], prose }, sources);
}

/** The units of a decoy, item after item as the original has them, and over again without end. */
export function* unitsOf(model: DocumentModel, sources: Sources, label: (text: string) => string): Generator<Unit> {
  const maker = proseMaker(model.prose, sources);
  for (;;) {
    for (const item of model.items) {
      if (item.kind === "table") yield* rowsOf(item, sources, label);
      else {
        const { lead, words } = item.block.size === 0 ? { lead: "", words: "" } : maker.paragraph(item.block);
        yield { kind: "paragraph", look: item.look, run: item.run, text: lead + words };
      }
    }
  }
}

function* rowsOf(item: TableItem, sources: Sources, label: (text: string) => string): Generator<Unit> {
  const table: OpenedTable = { item, header: item.header?.map(label) ?? null };
  const rows = new RowMaker(item.table, Math.min(mostRows, item.table.rows), sources).all();
  for (let number = 0; number < Math.min(mostRows, Math.max(1, item.table.rows)); number++) {
    yield { kind: "row", table, texts: rows.next().value.cells.map(({ text }) => text) };
  }
}
