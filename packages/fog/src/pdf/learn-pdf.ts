import { FogboundError } from "@fogbound/errors";
import { columnsOf, learnTable } from "../decoy/learn-table.js";
import { blockOfParagraph, sentencesOf } from "../decoy/learn-text.js";
import { learnProse } from "../decoy/prose.js";
import { counted, rarity } from "../decoy/rarity.js";
import type { Detail } from "../decoy/table-model.js";
import { labelsOf } from "../template/labels.js";
import { winAnsi } from "./glyph-widths.js";
import { mostSigns, type ParagraphLook, packLayout, packRows } from "./layout.js";
import { type FoundTable, linesOf, type Segment, tablesIn } from "./lines.js";
import { type FoundParagraph, isJustified, paragraphsOf, textOf } from "./paragraphs.js";
import { learnMetadata } from "./pdf-metadata.js";
import type { PdfColumn, PdfModel, PdfTable } from "./pdf-model.js";
import { type ReadPdf, readPdf } from "./pdf-reader.js";
import { type RawLook, rawLook } from "./raw-look.js";

/** Shorter texts have no shape that could be kept. */
const fewestLetters = 40;
/** Of the bytes of a document, what may be pictures, which a decoy leaves out. */
const mostPictures = 1 / 3;
/** Of the letters, what may be turned, or not in the standard fonts. */
const mostStrange = 1 / 20;

/**
 * What a PDF is learnt as; `null` for one that is damaged, or of which no decoy can be made. @param most - Milliseconds
 * after which the reading is given up; default: half a minute.
 */
export async function learnPdf(bytes: Uint8Array, most?: number): Promise<((detail: Detail) => PdfModel) | null> {
  try {
    const raw = rawLook(bytes);
    if (raw.pictures > mostPictures * bytes.length) return null;
    const read = await readPdf(raw.readable, most);
    return isText(read) ? learner(read, raw) : null;
  } catch (error) {
    if (error instanceof FogboundError && error.code === "FORMAT_INVALID") return null;
    throw error;
  }
}

function isText({ pieces, turned }: ReadPdf): boolean {
  const letters = [...pieces.map(({ text }) => text).join("")];
  const strange = letters.filter((letter) => letter.trim() !== "" && winAnsi(letter) === null).length;
  const enough = letters.filter((letter) => /\p{L}/u.test(letter)).length >= fewestLetters;
  return enough && turned + strange <= mostStrange * letters.length;
}

function learner({ pages, boxes, pieces, info }: ReadPdf, raw: RawLook): (detail: Detail) => PdfModel {
  const { tables, segments } = tablesIn(linesOf(pieces));
  const paragraphs = paragraphsOf(segments);
  const signs = new Signs();
  const layout = packLayout({ pages, boxes, paragraphs: looksOf(paragraphs, signs) });
  const metadata = learnMetadata(info, raw);
  // A head that stands on every page is one text, and its words are not common for that.
  const texts = [...new Map(paragraphs.map((one) => [withoutNumbers(textOf(one)), textOf(one)])).values()];
  return (detail) => ({
    kind: "pdf",
    ...metadata,
    signs: signs.list,
    layout,
    tables: tables.map((table) => tableOf(table, detail)),
    prose: learnProse(sentencesOf(texts), detail),
  });
}

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, "0");
}

function looksOf(paragraphs: readonly FoundParagraph[], signs: Signs): ParagraphLook[] {
  const known = new Map<string, number>();
  const counts = counted(paragraphs.map((one) => withoutNumbers(textOf(one))));
  return paragraphs.map((one, at) => {
    const { lead, size, sentences, end, upper } = blockOfParagraph(textOf(one));
    const same = withoutNumbers(textOf(one));
    const repeats = known.get(same) ?? 0;
    if (repeats === 0) known.set(same, at + 1);
    const [first] = one.lines;
    return {
      ...{ lead: signs.number(lead), end: signs.number(end), words: size, sentences, isUpper: upper },
      ...{
        isJustified: isJustified(one),
        isNumbered: (counts.get(same) ?? 0) > 1 && hasPage(one),
        font: first?.font ?? 0,
        size: first?.size ?? 100,
        repeats,
      },
      lines: one.lines.map(({ page, x, y, width }) => ({ page, x, y, width })),
    };
  });
}

function hasPage(one: FoundParagraph): boolean {
  const numbers: readonly string[] = textOf(one).match(/\d+/g) ?? [];
  return numbers.includes(String((one.lines[0]?.page ?? 0) + 1));
}

/** Texts, each once; number 0 is nothing. */
class Signs {
  readonly list: string[] = [""];

  number(text: string): number {
    const at = this.list.indexOf(text);
    if (at >= 0 || this.list.length > mostSigns) return Math.max(0, at);
    return this.list.push(text) - 1;
  }
}

function tableOf({ spans, rows }: FoundTable, detail: Detail): PdfTable {
  const texts = rows.map((row) => row.map((segment) => segment?.text ?? ""));
  // What looks like a table on a page may be none: a label stays only when it is of words that label things anywhere.
  const header = labelsOf(texts.slice(0, rarity));
  const labels = header === null ? null : (texts[0] ?? []).join("\n");
  const isHeader = texts.map((row) => labels !== null && row.join("\n") === labels);
  const body = texts.filter((_, at) => isHeader[at] !== true);
  const places = rows.map((row, at) => {
    const first = row.find((segment) => segment !== null);
    return { page: first?.page ?? 0, y: first?.y ?? 0, isHeader: isHeader[at] === true };
  });
  return {
    header,
    columns: spans.map((_, at) => columnOf(rows, at, header === null ? 0 : 1)),
    rows: packRows(places),
    table: learnTable(columnsOf(header, body, spans.length), body.length, detail),
  };
}

function columnOf(rows: readonly (readonly (Segment | null)[])[], at: number, start: number): PdfColumn {
  const cells = rows.slice(start).flatMap((row) => row[at] ?? []);
  const [lefts, rights] = [cells.map(({ x }) => x), cells.map(({ x, width }) => x + width)];
  const [left, right] = [Math.min(...lefts, 144_000), Math.max(...rights, 0)];
  const isRight = right - Math.min(...rights) < Math.max(...lefts) - left;
  const size = cells[0]?.size ?? 100;
  const font = cells[0]?.font ?? 0;
  return { left: Math.min(left, right), right, isRight, size, font, headFont: rows[0]?.[at]?.font ?? font };
}
