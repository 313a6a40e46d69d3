import type { Package } from "./container.js";
import { partOf } from "./relations.js";
import { type BookReading, type GridRow, readSheet } from "./sheet-reader.js";
import { attributeOf } from "./word-parts.js";
import { readXml } from "./xml.js";

export interface Grid {
  readonly name: string;
  readonly part: string;
  readonly rows: readonly GridRow[];
  readonly count: number;
}

export interface Book {
  readonly isFrom1904: boolean;
  readonly grids: readonly Grid[];
}

const relationsPart = "xl/_rels/workbook.xml.rels";

/** `null` for a package that is no workbook. */
export function readBook(file: Package): Book | null {
  const workbook = file.part("xl/workbook.xml");
  const relations = file.part(relationsPart);
  if (workbook === null || relations === null) return null;
  const targets = targetsOf(relations);
  const named: { name: string; part: string }[] = [];
  let isFrom1904 = false;
  readXml(workbook, {
    open({ local, attributes }) {
      if (local === "workbookPr") isFrom1904 = ["1", "true"].includes(attributeOf(attributes, "date1904"));
      if (local !== "sheet") return;
      named.push({ name: attributeOf(attributes, "name"), part: targets.get(attributeOf(attributes, "id")) ?? "" });
    },
  });
  const reading: BookReading = {
    isFrom1904,
    strings: stringsOf(file.part("xl/sharedStrings.xml")),
    dates: datesOf(file.part("xl/styles.xml")),
  };
  const grids = named.map(({ name, part }) => ({ name, part, ...readSheet(file.part(part) ?? empty, reading) }));
  return { isFrom1904, grids };
}

const empty: Uint8Array = new TextEncoder().encode("<none/>");

function targetsOf(relations: Uint8Array): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  readXml(relations, {
    open({ attributes }) {
      targets.set(attributeOf(attributes, "Id"), partOf(relationsPart, attributeOf(attributes, "Target")));
    },
  });
  return targets;
}

function stringsOf(part: Uint8Array | null): readonly string[] {
  const strings: string[] = [];
  if (part === null) return strings;
  let text = "";
  readXml(part, {
    open: ({ local }) => {
      if (local === "si") text = "";
    },
    text: (piece, parents) => {
      if (parents.at(-1) === "t" && !parents.includes("rPh")) text += piece;
    },
    close: ({ local }) => {
      if (local === "si") strings.push(text);
    },
  });
  return strings;
}

/** Built-in formats of dates (ISO/IEC 29500-1, 18.8.30). */
const dateFormats: ReadonlySet<number> = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 57]);

function datesOf(part: Uint8Array | null): readonly boolean[] {
  const own = new Map<number, boolean>();
  const dates: boolean[] = [];
  if (part === null) return dates;
  readXml(part, {
    open({ local, attributes }, parents) {
      const number = Number(attributeOf(attributes, "numFmtId"));
      if (local === "numFmt") own.set(number, isDateFormat(attributeOf(attributes, "formatCode")));
      if (local === "xf" && parents.at(-1) === "cellXfs") dates.push(own.get(number) ?? dateFormats.has(number));
    },
  });
  return dates;
}

function isDateFormat(code: string): boolean {
  const bare = code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, "");
  return /y|d/i.test(bare) && !/[0#?]/.test(bare.replaceAll(/[.,]0+/g, ""));
}
