import { excelParts, type Parts, wordParts } from "./kit.js";

/** What stands in the further parts of these documents and nowhere else: nothing of it may be in a decoy. */
export const furnishedSecrets: readonly string[] = [
  ...["Hinterholz", "Liebfrauengasse", "Sternwarte", "Kunigunde", "Lichtblau", "Grubhofer", "KQX-7", "Nachtigall"],
  ...[
    "0815-4711",
    "2026-03-11T08:15",
    "00C0FFEE",
    "5B2A77D1",
    "0DDBA115-1234-4ABC-8DEF-0123456789AB",
    "LaserJet",
    "815471100",
    "FOGBOUND-PRIVATE",
  ],
];

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const word =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ' +
  'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"';
const office = "http://schemas.openxmlformats.org/officeDocument/2006";
const bibliography = `${office}/bibliography`;
const relations = "http://schemas.openxmlformats.org/package/2006/relationships";

const theme =
  `${declaration}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Hinterholz Design"><a:themeElements>` +
  '<a:clrScheme name="Hinterholz"><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1></a:clrScheme>' +
  '<a:fontScheme name="Office"><a:majorFont><a:latin typeface="Cambria"/></a:majorFont><a:minorFont><a:latin typeface="Calibri"/></a:minorFont></a:fontScheme>' +
  '<a:fmtScheme name="Office"><a:fillStyleLst><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:fillStyleLst></a:fmtScheme></a:themeElements><a:objectDefaults/></a:theme>';

const mark = (style: string, element: string): string =>
  `<w:r w:rsidRPr="00C0FFEE"><w:rPr><w:rStyle w:val="${style}"/></w:rPr><w:${element}/></w:r>`;

function notes(kind: "footnote" | "endnote", texts: readonly string[]): string {
  const style = kind === "footnote" ? "Footnote" : "Endnote";
  const line = (type: string, id: number): string =>
    `<w:${kind} w:type="${type}" w:id="${id}"><w:p w:rsidR="00C0FFEE"><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:${type}/></w:r></w:p></w:${kind}>`;
  const all = texts.map(
    (text, at) =>
      `<w:${kind} w:id="${at + 1}"><w:p w:rsidR="00C0FFEE" w14:paraId="5B2A77D1" w14:textId="77777777"><w:pPr><w:pStyle w:val="${style}Text"/></w:pPr>` +
      `${mark(`${style}Reference`, `${kind}Ref`)}<w:r><w:t xml:space="preserve"> ${text}</w:t></w:r></w:p></w:${kind}>`,
  );
  return `${declaration}<w:${kind}s ${word}>${line("separator", -1)}${line("continuationSeparator", 0)}${all.join("")}</w:${kind}s>`;
}

function comment(id: number, author: string, initials: string, text: string): string {
  return (
    `<w:comment w:id="${id}" w:author="${author}" w:date="2026-03-11T08:15:00Z" w:initials="${initials}"><w:p w:rsidR="00C0FFEE" w14:paraId="5B2A77D1" w14:textId="77777777">` +
    `<w:pPr><w:pStyle w:val="CommentText"/></w:pPr>${mark("CommentReference", "annotationRef")}<w:r><w:t>${text}</w:t></w:r></w:p></w:comment>`
  );
}

const field = (name: string): string =>
  `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ${name} </w:instrText></w:r>` +
  '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>17</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>';

const properties = (of: string): string =>
  `${declaration}<ds:datastoreItem ds:itemID="{0DDBA115-1234-4ABC-8DEF-0123456789AB}" xmlns:ds="${office}/customXml"><ds:schemaRefs><ds:schemaRef ds:uri="${of}"/></ds:schemaRefs></ds:datastoreItem>`;
const related = (...targets: readonly (readonly [string, string, string])[]): string =>
  targets.map(([id, type, target]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`).join("");
const relationsOf = (inner: string): string =>
  `${declaration}<Relationships xmlns="${relations}">${inner}</Relationships>`;

function withInside(part: string, end: string, inner: string): string {
  const at = part.lastIndexOf(end);
  if (at < 0) throw new Error(`Expected ${end} in a part, found none.`);
  return part.slice(0, at) + inner + part.slice(at);
}

const custom = `${declaration}<Properties xmlns="${office}/custom-properties" xmlns:vt="${office}/docPropsVTypes">`;

/** The names of the parts that a decoy has beside those of {@link wordParts}. */
export const furnishedWordParts: readonly string[] = [
  ...["word/comments.xml", "word/footnotes.xml", "word/endnotes.xml", "word/header1.xml", "word/footer1.xml"],
  ...["word/theme/theme1.xml", "word/fontTable.xml", "word/webSettings.xml", "word/stylesWithEffects.xml"],
  ...["customXml/item1.xml", "customXml/itemProps1.xml", "customXml/_rels/item1.xml.rels"],
];

/** A document with all that Word puts into one, and what people add. */
export function furnishedWord(paragraphs: readonly string[], rows: readonly (readonly string[])[]): Parts {
  const { "word/comments.xml": _, ...plain } = wordParts(paragraphs, rows);
  const override = (name: string, type: string): string =>
    `<Override PartName="/${name}" ContentType="application/vnd.${type}+xml"/>`;
  const main = "openxmlformats-officedocument.wordprocessingml";
  const types = [
    ...["footnotes", "endnotes", "fontTable", "webSettings"].map((name) =>
      override(`word/${name}.xml`, `${main}.${name}`),
    ),
    override("word/header1.xml", `${main}.header`),
    override("word/footer1.xml", `${main}.footer`),
    override("word/theme/theme1.xml", "openxmlformats-officedocument.theme"),
    override("word/stylesWithEffects.xml", "ms-word.stylesWithEffects"),
    ...[1, 2].map((at) =>
      override(`customXml/itemProps${at}.xml`, "openxmlformats-officedocument.customXmlProperties"),
    ),
    override("docProps/custom.xml", "openxmlformats-officedocument.custom-properties"),
  ];
  const type = (name: string): string => `${office}/relationships/${name}`;
  const targets = related(
    ...["footnotes", "endnotes", "fontTable", "webSettings"].map(
      (name, at) => [`rId${20 + at}`, type(name), `${name}.xml`] as const,
    ),
    ["rId9", type("header"), "header1.xml"],
    ["rId10", type("footer"), "footer1.xml"],
    ["rId11", type("theme"), "theme/theme1.xml"],
    ["rId12", "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects", "stylesWithEffects.xml"],
    ["rId13", type("customXml"), "../customXml/item1.xml"],
    ["rId14", type("customXml"), "../customXml/item2.xml"],
  );
  const styles = plain["word/styles.xml"] ?? "";
  return {
    ...plain,
    "[Content_Types].xml": withInside(plain["[Content_Types].xml"] ?? "", "</Types>", types.join("")),
    "_rels/.rels": withInside(
      plain["_rels/.rels"] ?? "",
      "</Relationships>",
      related(
        ["rId4", `${relations}/metadata/thumbnail`, "docProps/thumbnail.jpeg"],
        ["rId5", type("custom-properties"), "docProps/custom.xml"],
      ),
    ),
    "word/document.xml": (plain["word/document.xml"] ?? "").replace(
      '<w:headerReference w:type="default" r:id="rId9"/>',
      '<w:headerReference w:type="default" r:id="rId9"/><w:footerReference w:type="default" r:id="rId10"/><w:headerReference w:type="first" r:id="rId77"/>',
    ),
    "word/_rels/document.xml.rels": withInside(
      plain["word/_rels/document.xml.rels"] ?? "",
      "</Relationships>",
      targets,
    ),
    "word/settings.xml": (plain["word/settings.xml"] ?? "").replace(
      "<w:rsids>",
      '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr><w:endnotePr><w:endnote w:id="-1"/><w:endnote w:id="0"/></w:endnotePr><w:rsids>',
    ),
    "word/comments.xml":
      `${declaration}<w:comments ${word}>` +
      comment(0, "Wilhelmina Zauderer", "WZ", "Ask Grubhofer about the Sternwarte before it is signed, please.") +
      comment(1, "Kunigunde Lichtblau", "KQX-7", "Never mention Liebfrauengasse 12. Call 0815-4711 first!") +
      comment(4, "Kunigunde Lichtblau", "KQX-7", "Grubhofer knows.") +
      "</w:comments>",
    "word/footnotes.xml": notes("footnote", ["See the files of Grubhofer, Liebfrauengasse.", "Sternwarte, page 12."]),
    "word/endnotes.xml": notes("endnote", ["Told by Lichtblau on the evening before the sale of the Sternwarte."]),
    "word/header1.xml":
      `${declaration}<w:hdr ${word}><w:p w:rsidR="00C0FFEE"><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:t>Hinterholz, Liebfrauengasse 12</w:t></w:r>` +
      '<w:hyperlink r:id="rId1"><w:r><w:t>Nachtigall</w:t></w:r></w:hyperlink><w:bookmarkStart w:id="3" w:name="Nachtigall"/><w:bookmarkEnd w:id="3"/></w:p>' +
      '<w:tbl><w:tblPr><w:tblStyle w:val="ZaudererGrid"/><w:tblCaption w:val="Nachtigall"/></w:tblPr><w:tr w:rsidR="00C0FFEE"><w:tc><w:customXml w:element="Nachtigall"><w:p><w:r><w:t>Nachtigall</w:t></w:r></w:p></w:customXml>' +
      "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Kunigunde Lichtblau</w:t></w:r></w:p></w:tc></w:tr></w:tbl>" +
      '<w:sdt><w:sdtPr><w:alias w:val="Nachtigall"/><w:tag w:val="Nachtigall"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Page 12 of 3</w:t></w:r><w:r><w:t>43 664 0815-4711</w:t></w:r></w:p></w:sdtContent></w:sdt></w:hdr>',
    "word/footer1.xml":
      `${declaration}<w:ftr ${word}><w:p w:rsidR="00C0FFEE"><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t xml:space="preserve">Page </w:t></w:r>${field("PAGE")}` +
      `<w:r><w:t xml:space="preserve"> of </w:t></w:r>${field("NUMPAGES")}${field("FILENAME Hinterholz")}<w:fldSimple w:instr=" DOCPROPERTY Nachtigall "><w:r><w:t>Nachtigall</w:t></w:r></w:fldSimple></w:p></w:ftr>`,
    "word/theme/theme1.xml": theme,
    "word/fontTable.xml": `${declaration}<w:fonts ${word}><w:font w:name="Calibri"><w:panose1 w:val="020F0502020204030204"/><w:charset w:val="00"/><w:family w:val="swiss"/></w:font></w:fonts>`,
    "word/webSettings.xml": `${declaration}<w:webSettings ${word}><w:divs><w:div w:id="815471100"><w:bodyDiv w:val="1"/></w:div></w:divs><w:optimizeForBrowser/><w:allowPNG/></w:webSettings>`,
    "word/stylesWithEffects.xml": styles,
    "customXml/item1.xml": `<b:Sources SelectedStyle="\\APA.XSL" StyleName="APA" xmlns:b="${bibliography}" xmlns="${bibliography}"></b:Sources>`,
    "customXml/itemProps1.xml": properties(bibliography),
    "customXml/_rels/item1.xml.rels": relationsOf(related(["rId1", type("customXmlProps"), "itemProps1.xml"])),
    "customXml/item2.xml":
      '<?xml version="1.0"?><case xmlns="https://hinterholz.example/"><client>Sternwarte</client></case>',
    "customXml/itemProps2.xml": properties("https://hinterholz.example/"),
    "customXml/_rels/item2.xml.rels": relationsOf(related(["rId1", type("customXmlProps"), "itemProps2.xml"])),
    "docProps/custom.xml": `${custom}<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="Case"><vt:lpwstr>Nachtigall</vt:lpwstr></property></Properties>`,
    "docProps/thumbnail.jpeg": "FOGBOUND-PRIVATE picture of the first page",
  };
}

/** The names of the parts that a decoy has beside those of {@link excelParts}. */
export const furnishedExcelParts: readonly string[] = [
  ...["xl/theme/theme1.xml", "xl/persons/person.xml", "xl/worksheets/_rels/sheet2.xml.rels", "docProps/custom.xml"],
];

/** A workbook with all that Excel puts into one, and what a printer adds. */
export function furnishedExcel(rows: readonly (readonly string[])[]): Parts {
  const plain = excelParts(rows);
  const type = (name: string): string => `${office}/relationships/${name}`;
  const types =
    '<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/>' +
    '<Override PartName="/xl/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>' +
    '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/>' +
    '<Override PartName="/xl/persons/person.xml" ContentType="application/vnd.ms-excel.person+xml"/>' +
    '<Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>';
  const printer = related(["rId1", type("printerSettings"), "../printerSettings/printerSettings1.bin"]);
  return {
    ...plain,
    "[Content_Types].xml": withInside(plain["[Content_Types].xml"] ?? "", "</Types>", types),
    "_rels/.rels": withInside(
      plain["_rels/.rels"] ?? "",
      "</Relationships>",
      related(["rId4", type("custom-properties"), "docProps/custom.xml"]),
    ),
    "xl/_rels/workbook.xml.rels": withInside(
      plain["xl/_rels/workbook.xml.rels"] ?? "",
      "</Relationships>",
      related(
        ["rId-theme-1", type("theme"), "theme/theme1.xml"],
        ["rId12", type("calcChain"), "calcChain.xml"],
        ["rId13", "http://schemas.microsoft.com/office/2017/10/relationships/person", "persons/person.xml"],
      ),
    ),
    "xl/workbook.xml": (plain["xl/workbook.xml"] ?? "").replace(/<definedNames>.*<\/definedNames>/, "<definedNames/>"),
    "xl/worksheets/_rels/sheet1.xml.rels": relationsOf(printer),
    "xl/worksheets/_rels/sheet2.xml.rels": relationsOf(""),
    "xl/theme/theme1.xml": theme,
    "xl/calcChain.xml": `${declaration}<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B2" i="1"/></calcChain>`,
    "xl/persons/person.xml": `${declaration}<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"/>`,
    "xl/printerSettings/printerSettings1.bin": "LaserJet of Kunigunde Lichtblau",
    "docProps/custom.xml": `${custom}</Properties>`,
  };
}
