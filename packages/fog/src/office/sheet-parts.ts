import { slot } from "../template/slots.js";
import { isPlainAttribute, plainAttributes } from "./plain-values.js";
import type { Replaced } from "./rewrite-xml.js";
import { attributeOf, withAttribute } from "./word-parts.js";
import type { Attributes, XmlElement } from "./xml.js";

const bookParts = new Set([
  "fileVersion",
  "workbookPr",
  "bookViews",
  "sheets",
  "calcPr",
  "fileRecoveryPr",
  "revisionPtr",
]);

/** `xl/workbook.xml` (ISO/IEC 29500-1, 18.2), with its sheets under the names a decoy gives them. */
export function bookPart(): (element: XmlElement, parents: readonly string[]) => Replaced {
  let sheets = 0;
  return ({ local, attributes, isEmpty }, parents) => {
    const isKnown = bookParts.has(local) || (local === "definedNames" && isEmpty);
    if (parents.length === 1 && !isKnown) return null;
    if (local === "sheet") {
      sheets += 1;
      return { attributes: withAttribute(plainAttributes(attributes), "name", slot(`name:${sheets - 1}`)) };
    }
    return { attributes: withFreshIds(withoutCode(attributes)) };
  };
}

/** `codeName` is what a program in the workbook calls it. */
function withoutCode(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== "codeName"));
}

const guid = /^(?:\d{1,4}_)?\{[0-9A-Fa-f-]{36}\}$/;

/** Identifiers of views and of revisions are remade; the ones of nothing but zeros are everybody's. */
function withFreshIds(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).flatMap(([name, value]) => {
    if (guid.test(value)) return [[name, value.includes("{00000000-0000-0000") ? value : freshId(value)]];
    return isPlainAttribute(name, value) ? [[name, value]] : [];
  });
  return Object.fromEntries(entries);
}

function freshId(value: string): string {
  return value.slice(0, value.indexOf("{")) + slot("guid");
}

/** `xl/styles.xml` (the same, 18.8). */
export function formatPart(): (element: XmlElement) => Replaced {
  let named = 0;
  return ({ local, attributes }) => {
    if (local === "extLst") return null;
    if (local === "cellStyle" && attributeOf(attributes, "builtinId") === "") {
      named += 1;
      return { attributes: withAttribute(plainAttributes(attributes), "name", `Style ${named}`) };
    }
    if (local === "tableStyle") return { attributes: withAttribute(plainAttributes(attributes), "name", "TableStyle") };
    if (local === "tableStyles") return { attributes: usualStyles(attributes) };
    if (local !== "numFmt") return { attributes: plainAttributes(attributes) };
    const code = attributeOf(attributes, "formatCode");
    const shown = isOpenFormat(code) ? code : "General";
    return { attributes: { ...plainAttributes(attributes), formatCode: shown } };
  };
}

/** `TableStyleMedium2` and the like. */
function usualStyles(attributes: Attributes): Attributes {
  const entries = Object.entries(plainAttributes(attributes));
  const usual = /^(?:Table|Pivot)Style(?:Light|Medium|Dark)\d+$/;
  return Object.fromEntries(entries.filter(([name, value]) => !name.startsWith("default") || usual.test(value)));
}

/** A format of cells that says nothing but how numbers and dates look: no words, but those of the format itself. */
function isOpenFormat(code: string): boolean {
  const bare = code.replaceAll(
    /General|Standard|\[\$[^\]]{0,12}\]|\[(?:Red|Blue|Green|Black|White|Yellow|Color\d+|[hms]+|[<>=]+\d+)\]/gi,
    "",
  );
  return code.length <= 128 && !/\p{L}{6}|[^\x20-\x7e\p{Sc}]/u.test(bare) && !/"[^"]*\p{L}{2}[^"]*"/u.test(bare);
}

const sheetParts = new Set([
  "dimension",
  "sheetViews",
  "sheetFormatPr",
  "cols",
  "sheetData",
  "printOptions",
  "pageMargins",
  "pageSetup",
]);
const viewParts = new Set(["sheetView", "pane", "selection", "col"]);

/** `xl/sharedStrings.xml` (the same, 18.4.8). */
export function stringPart({ local, attributes }: XmlElement): Replaced {
  if (local !== "sst") return null;
  const counted = withAttribute(plainAttributes(attributes), "count", slot("string-count"));
  return { attributes: withAttribute(counted, "uniqueCount", slot("string-uniques")), inner: slot("strings") };
}

/** `xl/worksheets/sheet*.xml` (the same, 18.3), all but its cells. */
export function sheetPart(sheet: number): (element: XmlElement, parents: readonly string[]) => Replaced {
  return ({ local, attributes }, parents) => {
    if (parents.length === 0) return { attributes: withFreshIds(attributes) };
    const known = parents.length === 1 ? sheetParts.has(local) : viewParts.has(local);
    if (!known) return null;
    if (local === "sheetData") return { attributes: {}, inner: slot(`sheet:${sheet}`) };
    if (local === "dimension") return { attributes: { ref: slot(`dimension:${sheet}`) } };
    if (local === "selection") return { attributes: selectionOf(attributes) };
    const own = Object.entries(plainAttributes(attributes)).filter(([name]) => name !== "r:id");
    return { attributes: Object.fromEntries(own) };
  };
}

/** Where the original's cursor stood may be no cell of the decoy. */
function selectionOf(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).filter(([name]) => name === "pane" || name === "activeCellId");
  return Object.fromEntries(entries);
}
