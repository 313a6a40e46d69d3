import { utf8 } from "@fogbound/crypto";
import { descriptorFlag, type EntryLook } from "../../src/office/zip-look.js";
import { packed, writeZip } from "../../src/office/zip-writer.js";
import { customers, example } from "../decoy/helpers.js";

/** What archives of a program look like. */
export const producers: Readonly<Record<"word" | "libreOffice" | "python", EntryLook>> = {
  word: { madeBy: 45, needed: 20, flags: 6, attributes: 0, isStored: false, isDated: false, growth: 0 },
  libreOffice: {
    madeBy: 20,
    needed: 20,
    flags: 0x0800 | descriptorFlag,
    attributes: 0,
    isStored: false,
    isDated: true,
    growth: 0,
  },
  python: { madeBy: 0x0314, needed: 20, flags: 0, attributes: 0o600 << 16, isStored: false, isDated: true, growth: 0 },
};

export const sealed: number = Date.UTC(2026, 2, 20, 9, 30);

export interface Parts {
  readonly [name: string]: string;
}

/** An archive of parts as `producer` would have written it on 18 March 2026. */
export function archive(parts: Parts, producer: keyof typeof producers): Uint8Array {
  const entries = Object.entries(parts).map(([name, xml]) => {
    const growth = producer === "word" && name === "[Content_Types].xml" ? 524 : 0;
    return packed(name, { ...producers[producer], growth }, utf8(xml));
  });
  return writeZip(entries, Date.UTC(2026, 2, 18, 14, 7));
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n';
const types = "http://schemas.openxmlformats.org/package/2006/content-types";
const relations = "http://schemas.openxmlformats.org/package/2006/relationships";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

function contentTypes(overrides: Readonly<Record<string, string>>): string {
  const all = Object.entries(overrides).map(
    ([part, type]) => `<Override PartName="/${part}" ContentType="application/vnd.openxmlformats-${type}+xml"/>`,
  );
  const defaults =
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>';
  return `${declaration}<Types xmlns="${types}">${defaults}${all.join("")}</Types>`;
}

function relationsTo(targets: readonly (readonly [string, string, string?])[]): string {
  const all = targets.map(
    ([type, target, mode]) =>
      `<Relationship Id="rId${targets.findIndex((one) => one[1] === target) + 1}" Type="${type}" Target="${target}"${mode === undefined ? "" : ` TargetMode="${mode}"`}/>`,
  );
  return `${declaration}<Relationships xmlns="${relations}">${all.join("")}</Relationships>`;
}

const packageRelations = (main: string): string =>
  relationsTo([
    [`${office}/officeDocument`, main],
    ["http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml"],
    [`${office}/extended-properties`, "docProps/app.xml"],
  ]);

export interface Metadata {
  readonly creator: string;
  readonly editor: string;
  readonly title: string;
  readonly company: string;
}

export const metadata: Metadata = {
  creator: "Wilhelmina Zauderer",
  editor: "Ottokar Brandlhuber",
  title: "Takeover of Quellwasser Holding",
  company: "Zauderer Partners",
};

function core({ creator, editor, title }: Metadata): string {
  return (
    `${declaration}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dc:title>${title}</dc:title><dc:subject></dc:subject><dc:creator>${creator}</dc:creator>` +
    `<cp:keywords>Quellwasser, secret</cp:keywords><cp:lastModifiedBy>${editor}</cp:lastModifiedBy><cp:revision>14</cp:revision>` +
    '<dcterms:created xsi:type="dcterms:W3CDTF">2026-02-10T08:12:00Z</dcterms:created>' +
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2026-03-18T14:07:00Z</dcterms:modified></cp:coreProperties>'
  );
}

const extended = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
const variants = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";

/** Paragraphs of a novel: names and words that are rare stand in it. */
export function novel(count: number): string[] {
  const paragraphs = example("pride-and-prejudice.txt")
    .toString()
    .split(/\r?\n\r?\n/);
  const filled = paragraphs.map((text) => text.replaceAll(/\s+/g, " ").trim()).filter((text) => text.length > 60);
  return filled.slice(0, count);
}

export function cellsOfCustomers(rows: number): string[][] {
  return customers(rows)
    .trim()
    .split("\n")
    .map((line) => line.split(",").slice(0, 9));
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function paragraph(text: string, style: string): string {
  return (
    `<w:p w:rsidR="00A11CE5" w:rsidRDefault="00A11CE5" w14:paraId="1B2C3D4E" w14:textId="77777777"><w:pPr><w:pStyle w:val="${style}"/></w:pPr>` +
    `<w:r w:rsidRPr="00A11CE5"><w:rPr><w:lang w:val="en-GB"/></w:rPr><w:t xml:space="preserve">${escaped(text.slice(0, 20))}</w:t></w:r>` +
    `<w:r><w:t>${escaped(text.slice(20))}</w:t></w:r></w:p>`
  );
}

function wordTable(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string =>
    `<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>${escaped(text)}</w:t></w:r></w:p></w:tc>`;
  const all = rows.map((row) => `<w:tr w:rsidR="00A11CE5">${row.map(cell).join("")}</w:tr>`);
  return `<w:tbl><w:tblPr><w:tblStyle w:val="ZaudererGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>${all.join("")}</w:tbl>`;
}

/** A document as Word writes it: a novel, a table of customers, metadata, and what else lies in such files. */
export function wordParts(paragraphs: readonly string[], rows: readonly (readonly string[])[]): Parts {
  const text = paragraphs.map((one, at) => paragraph(one, at % 8 === 0 ? "Heading1" : "ZaudererBody")).join("");
  const words = [...paragraphs, ...rows.flat()].join(" ").split(/\s+/).length;
  return {
    "[Content_Types].xml": contentTypes({
      "word/document.xml": "officedocument.wordprocessingml.document.main",
      "word/styles.xml": "officedocument.wordprocessingml.styles",
      "word/settings.xml": "officedocument.wordprocessingml.settings",
      "word/comments.xml": "officedocument.wordprocessingml.comments",
      "docProps/core.xml": "package.core-properties",
      "docProps/app.xml": "officedocument.extended-properties",
    }),
    "_rels/.rels": packageRelations("word/document.xml"),
    "word/document.xml":
      `${declaration}<w:document xmlns:w="${word}" xmlns:r="${office}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" ` +
      'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w14">' +
      `<w:body>${text}${rows.length === 0 ? "" : wordTable(rows)}<w:sectPr w:rsidR="00A11CE5"><w:headerReference w:type="default" r:id="rId9"/>` +
      '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1134" w:left="1417"/></w:sectPr></w:body></w:document>',
    "word/_rels/document.xml.rels": relationsTo([
      [`${office}/styles`, "styles.xml"],
      [`${office}/settings`, "settings.xml"],
      [`${office}/comments`, "comments.xml"],
      [`${office}/hyperlink`, "https://intranet.zauderer.example/deal", "External"],
    ]),
    "word/styles.xml":
      `${declaration}<w:styles xmlns:w="${word}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/></w:rPr></w:rPrDefault></w:docDefaults>` +
      '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>' +
      '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:rsid w:val="00A11CE5"/></w:style>' +
      '<w:style w:type="paragraph" w:customStyle="1" w:styleId="ZaudererBody"><w:name w:val="Zauderer Body"/><w:aliases w:val="Confidential"/><w:basedOn w:val="Normal"/></w:style>' +
      '<w:style w:type="table" w:customStyle="1" w:styleId="ZaudererGrid"><w:name w:val="Zauderer Grid"/></w:style></w:styles>',
    "word/settings.xml":
      `${declaration}<w:settings xmlns:w="${word}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">` +
      '<w:zoom w:percent="100"/><w:attachedTemplate w:val="Zauderer.dotm"/><w:docVars><w:docVar w:name="Client" w:val="Quellwasser"/></w:docVars>' +
      '<w:rsids><w:rsidRoot w:val="00A11CE5"/><w:rsid w:val="00A11CE5"/><w:rsid w:val="00BADA55"/></w:rsids>' +
      '<w14:docId w14:val="3F2A1B0C"/><w15:docId w15:val="{7C0FFEE0-1234-4ABC-8DEF-0123456789AB}"/></w:settings>',
    "word/comments.xml": `${declaration}<w:comments xmlns:w="${word}"><w:comment w:author="Ottokar Brandlhuber"/></w:comments>`,
    "docProps/core.xml": core(metadata),
    "docProps/app.xml":
      `${declaration}<Properties xmlns="${extended}" xmlns:vt="${variants}"><Template>Zauderer.dotm</Template><TotalTime>312</TotalTime>` +
      `<Pages>${Math.ceil(words / 400)}</Pages><Words>${words}</Words><Characters>9</Characters><Application>Microsoft Office Word</Application><DocSecurity>0</DocSecurity>` +
      `<Lines>9</Lines><Paragraphs>9</Paragraphs><Company>${metadata.company}</Company><CharactersWithSpaces>9</CharactersWithSpaces><AppVersion>16.0000</AppVersion></Properties>`,
  };
}

/** A workbook as Excel writes it: a sheet of customers with dates and numbers, and one with a title above its table. */
export function excelParts(rows: readonly (readonly string[])[]): Parts {
  const strings: string[] = [];
  const shared = (text: string): number => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const cell = (text: string, at: number, row: number): string => {
    const reference = `${String.fromCharCode(65 + at)}${row + 1}`;
    if (text === "") return "";
    if (row > 0 && /^\d{4}-\d\d-\d\d$/.test(text))
      return `<c r="${reference}" s="1"><v>${Date.parse(text) / 86_400_000 + 25_569}</v></c>`;
    if (row > 0 && /^\d+(\.\d+)?$/.test(text) && text.length < 13) return `<c r="${reference}"><v>${text}</v></c>`;
    return `<c r="${reference}" t="s"><v>${shared(text)}</v></c>`;
  };
  const data = (table: readonly (readonly string[])[]): string =>
    table
      .map(
        (row, at) =>
          `<row r="${at + 1}" spans="1:9" x14ac:dyDescent="0.25">${row.map((text, column) => cell(text, column, at)).join("")}</row>`,
      )
      .join("");
  const part = (table: readonly (readonly string[])[]): string =>
    `${declaration}<worksheet xmlns="${sheet}" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">` +
    `<dimension ref="A1:I${table.length}"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>` +
    `<cols><col min="1" max="9" width="14.7109375" customWidth="1"/></cols><sheetData>${data(table)}</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>`;
  const second = [
    ["Quellwasser deal memo"],
    ["Region", "Amount"],
    ...rows.slice(1, 40).map((row) => [row[5] ?? "", row[7] ?? ""]),
  ];
  const sheets = [part(rows), part(second)];
  return {
    "[Content_Types].xml": contentTypes({
      "xl/workbook.xml": "officedocument.spreadsheetml.sheet.main",
      "xl/worksheets/sheet1.xml": "officedocument.spreadsheetml.worksheet",
      "xl/worksheets/sheet2.xml": "officedocument.spreadsheetml.worksheet",
      "xl/styles.xml": "officedocument.spreadsheetml.styles",
      "xl/sharedStrings.xml": "officedocument.spreadsheetml.sharedStrings",
      "docProps/core.xml": "package.core-properties",
      "docProps/app.xml": "officedocument.extended-properties",
    }),
    "_rels/.rels": packageRelations("xl/workbook.xml"),
    "xl/workbook.xml":
      `${declaration}<workbook xmlns="${sheet}" xmlns:r="${office}"><fileVersion appName="xl" lastEdited="7" lowestEdited="7" rupBuild="27425"/>` +
      '<workbookPr defaultThemeVersion="166925"/><bookViews><workbookView xWindow="0" yWindow="0" windowWidth="28800" windowHeight="12300"/></bookViews>' +
      '<sheets><sheet name="Customers" sheetId="1" r:id="rId1"/><sheet name="Quellwasser" sheetId="2" r:id="rId2"/></sheets>' +
      '<definedNames><definedName name="Zauderer">Customers!$A$1</definedName></definedNames><calcPr calcId="191029"/></workbook>',
    "xl/_rels/workbook.xml.rels": relationsTo([
      [`${office}/worksheet`, "worksheets/sheet1.xml"],
      [`${office}/worksheet`, "worksheets/sheet2.xml"],
      [`${office}/styles`, "styles.xml"],
      [`${office}/sharedStrings`, "sharedStrings.xml"],
    ]),
    "xl/worksheets/sheet1.xml": sheets[0] ?? "",
    "xl/worksheets/sheet2.xml": sheets[1] ?? "",
    "xl/styles.xml":
      `${declaration}<styleSheet xmlns="${sheet}"><numFmts count="1"><numFmt numFmtId="164" formatCode="&quot;Quellwasser &quot;0.00"/></numFmts>` +
      '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>' +
      '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>' +
      '<cellXfs count="2"><xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs>' +
      '<cellStyles count="2"><cellStyle name="Normal" xfId="0" builtinId="0"/><cellStyle name="Zauderer red" xfId="0"/></cellStyles></styleSheet>',
    "xl/sharedStrings.xml": `${declaration}<sst xmlns="${sheet}" count="${strings.length}" uniqueCount="${strings.length}">${strings.map((text) => `<si><t>${escaped(text)}</t></si>`).join("")}</sst>`,
    "docProps/core.xml": core(metadata),
    "docProps/app.xml":
      `${declaration}<Properties xmlns="${extended}" xmlns:vt="${variants}"><Application>Microsoft Excel</Application><DocSecurity>0</DocSecurity><ScaleCrop>false</ScaleCrop>` +
      '<HeadingPairs><vt:vector size="4" baseType="variant"><vt:variant><vt:lpstr>Worksheets</vt:lpstr></vt:variant><vt:variant><vt:i4>2</vt:i4></vt:variant><vt:variant><vt:lpstr>Named Ranges</vt:lpstr></vt:variant><vt:variant><vt:i4>1</vt:i4></vt:variant></vt:vector></HeadingPairs>' +
      '<TitlesOfParts><vt:vector size="3" baseType="lpstr"><vt:lpstr>Customers</vt:lpstr><vt:lpstr>Quellwasser</vt:lpstr><vt:lpstr>Zauderer</vt:lpstr></vt:vector></TitlesOfParts>' +
      `<Company>${metadata.company}</Company><AppVersion>16.0300</AppVersion></Properties>`,
  };
}

/** What stands in these documents and in no decoy of them. */
export const secrets: readonly string[] = [
  "Zauderer",
  "Quellwasser",
  "Brandlhuber",
  "Wilhelmina",
  "Ottokar",
  "Confidential",
  "intranet",
  "7C0FFEE0",
  "3F2A1B0C",
  "00A11CE5",
];
