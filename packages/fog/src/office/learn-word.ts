import { columnsOf, learnTable } from "../decoy/learn-table.js";
import { blockOfParagraph, sentencesOf } from "../decoy/learn-text.js";
import { learnProse } from "../decoy/prose.js";
import type { Detail } from "../decoy/table-model.js";
import { labelsOf } from "../template/labels.js";
import { learnMaking } from "../template/making.js";
import { containerOf, type Package } from "./container.js";
import { factsOf } from "./facts.js";
import { keptParts } from "./kept-parts.js";
import type { CellLook, DocumentItem, DocumentModel, TableItem } from "./office-model.js";
import { isMostlyText } from "./substance.js";
import { runningReferences, wordKind } from "./word-kind.js";
import { Looks } from "./word-look.js";
import { ownStyles } from "./word-parts.js";
import { type ReadCell, type ReadDocument, type ReadParagraph, type ReadTable, readDocument } from "./word-reader.js";
import { readXml, type XmlReader } from "./xml.js";

/** Shorter texts have no shape that could be kept. */
const fewestLetters = 40;

/** A document of text and tables; `null` for one that is too short, or mostly something else. */
export function readWordDocument(file: Package): ((detail: Detail) => DocumentModel) | null {
  const part = file.part("word/document.xml");
  if (part === null) return null;
  const own = ownStyles([file.part("word/styles.xml"), file.part("word/stylesWithEffects.xml")]);
  const read = readDocument(part, own, runningReferences(file));
  const texts = textsOf(read);
  if (texts.join("").replaceAll(/[^\p{L}]/gu, "").length < fewestLetters) return null;
  const facts = factsOf([file.part("docProps/core.xml"), file.part("docProps/app.xml")]);
  const kind = wordKind({ file, read, own, facts });
  const kept = keptParts(file, kind);
  if (!isMostlyText(file, kept)) return null;
  const words = texts.reduce((sum, text) => sum + text.split(/\s+/).filter((word) => word !== "").length, 0);
  const zipTime = Math.max(0, ...file.entries.map(({ time }) => time));
  const making = learnMaking(facts, zipTime, words);
  const container = containerOf(file, { kept, kind, facts, making, isBook: false });
  if (container === null) return null;
  const saves = savesIn(file.part("word/settings.xml"));
  return (detail) => ({ kind: "document", container, saves, ...learnBody(read, detail) });
}

function textsOf({ items }: ReadDocument): string[] {
  return items.flatMap((item) =>
    item.kind === "paragraph" ? [item.text] : item.rows.flatMap((row) => row.map(({ text }) => text)),
  );
}

const mostSaves = 4096;

function savesIn(settings: Uint8Array | null): number {
  let count = 0;
  const open: XmlReader["open"] = ({ local }) => {
    if (local === "rsid") count += 1;
  };
  if (settings !== null) readXml(settings, { open });
  return Math.min(mostSaves, count);
}

type Body = Pick<DocumentModel, "prefix" | "attributes" | "looks" | "items" | "prose">;

function learnBody({ prefix, attributes, items }: ReadDocument, detail: Detail): Body {
  const looks = new Looks();
  const flat = items.flatMap((item): (ReadParagraph | ReadTable)[] =>
    item.kind === "table" && !isTable(item) ? [...item.paragraphs] : [item],
  );
  const learnt = flat.slice(0, Math.max(16, detail.mostPairs / 8)).map((item): DocumentItem => {
    if (item.kind === "table") return tableItem(item, looks, detail);
    return {
      kind: "paragraph",
      look: looks.number(item.look),
      run: looks.number(item.run),
      block: blockOfParagraph(item.text),
    };
  });
  const texts = flat.flatMap((item) => (item.kind === "paragraph" ? [item.text] : []));
  return { prefix, attributes, items: learnt, looks: looks.list, prose: learnProse(sentencesOf(texts), detail) };
}

const widestTable = 64;

function isTable({ rows, isRegular }: ReadTable): boolean {
  const width = rows[0]?.length ?? 0;
  return isRegular && rows.length >= 2 && width > 0 && width <= widestTable;
}

function tableItem({ look, rowLook, rows }: ReadTable, looks: Looks, detail: Detail): TableItem {
  const texts = rows.map((row) => row.map(({ text }) => text));
  const header = labelsOf(texts);
  const body = header === null ? texts : texts.slice(1);
  return {
    kind: "table",
    look: looks.number(look),
    rowLook: looks.number(rowLook),
    header,
    headLooks: cellLooks(rows[0] ?? [], looks),
    looks: cellLooks(rows[header === null ? 0 : 1] ?? [], looks),
    table: learnTable(columnsOf(header, body, rows[0]?.length ?? 0), body.length, detail),
  };
}

function cellLooks(cells: readonly ReadCell[], looks: Looks): CellLook[] {
  return cells.map(({ cell, look, run }) => ({
    cell: looks.number(cell),
    look: looks.number(look),
    run: looks.number(run),
  }));
}
