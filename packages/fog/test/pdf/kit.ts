import { PDFDocument, type PDFFont, PDFName, type PDFPage, rgb, StandardFonts } from "@cantoo/pdf-lib";
import { getDocumentProxy } from "unpdf";
import { cellsOfCustomers, novel } from "../office/kit.js";

/** When the originals of these tests say that they were changed last. */
export const changed: number = Date.UTC(2026, 2, 18, 14, 7, 9);

export const secrets: readonly string[] = [
  ...["Zauderer", "Quellwasser", "Wilhelmina", "takeover", "9C0FFEE0"],
  "Hinterholz",
];

const packet = (producer: string): string =>
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="3.1-701">' +
  '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" ' +
  'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">' +
  `<pdf:Producer>${producer}</pdf:Producer><dc:creator><rdf:Seq><rdf:li>Wilhelmina Zauderer</rdf:li></rdf:Seq></dc:creator>` +
  '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Takeover of Quellwasser</rdf:li></rdf:Alt></dc:title>' +
  "<xmp:CreatorTool>Microsoft® Word 2019</xmp:CreatorTool><xmp:CreateDate>2026-03-18T15:07:09+01:00</xmp:CreateDate>" +
  "<xmp:ModifyDate>2026-03-18T15:07:09+01:00</xmp:ModifyDate><xmpMM:DocumentID>uuid:9C0FFEE0-1234-4ABC-8DEF-0123456789AB</xmpMM:DocumentID>" +
  '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>';

export interface Original {
  readonly paragraphs: number;
  readonly rows: number;
  readonly hasXmp: boolean;
}

/** A report as a program for texts writes it: headings, paragraphs, heads of pages, a table of customers, rules. */
export async function report({ paragraphs, rows, hasXmp }: Original): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  const setter = new Setter(
    document,
    await document.embedFont(StandardFonts.TimesRoman),
    await document.embedFont(StandardFonts.HelveticaBold),
  );
  for (const [at, text] of novel(paragraphs).entries())
    setter.paragraph(text, at % 6 === 0 ? `Chapter ${at + 1} of the takeover` : null);
  if (rows > 0) setter.table(cellsOfCustomers(rows).map((row) => [0, 1, 5, 6, 7].map((at) => row[at] ?? "")));
  const producer = "Microsoft® Word 2019";
  document.setTitle("Takeover of Quellwasser");
  document.setAuthor("Wilhelmina Zauderer");
  document.setSubject("Hinterholz");
  document.setCreator(producer);
  document.setProducer(producer);
  document.setCreationDate(new Date(changed));
  document.setModificationDate(new Date(changed));
  if (hasXmp) {
    const metadata = document.context.stream(packet(producer), { Type: "Metadata", Subtype: "XML" });
    document.catalog.set(PDFName.of("Metadata"), document.context.register(metadata));
  }
  return document.save({ useObjectStreams: true, addDefaultPage: false });
}

class Setter {
  readonly #document: PDFDocument;
  readonly #text: PDFFont;
  readonly #bold: PDFFont;
  #page: PDFPage | null = null;
  #y = 0;

  constructor(document: PDFDocument, text: PDFFont, bold: PDFFont) {
    this.#document = document;
    this.#text = text;
    this.#bold = bold;
  }

  paragraph(text: string, heading: string | null): void {
    if (heading !== null) this.#line(heading, this.#bold, 15, 70, 34);
    let line = "";
    for (const word of plain(text).split(" ")) {
      if (this.#text.widthOfTextAtSize(`${line} ${word}`, 11) > 450) {
        this.#line(line, this.#text, 11, 70, 13);
        line = "";
      }
      line += line === "" ? word : ` ${word}`;
    }
    this.#line(line, this.#text, 11, 70, 13);
    this.#y -= 10;
  }

  table(rows: readonly (readonly string[])[]): void {
    for (const row of rows) {
      const page = this.#room(16);
      for (const [at, cell] of row.entries()) {
        const isRight = at === row.length - 1;
        const x = isRight ? 520 - this.#text.widthOfTextAtSize(cell, 10) : 70 + 100 * at;
        page.drawText(cell, { x, y: this.#y, size: 10, font: this.#text });
      }
      page.drawLine({ start: { x: 70, y: this.#y - 4 }, end: { x: 520, y: this.#y - 4 }, thickness: 0.5 });
    }
  }

  #line(text: string, font: PDFFont, size: number, x: number, step: number): void {
    const page = this.#room(step);
    page.drawText(plain(text), { x, y: this.#y, size, font });
  }

  #room(step: number): PDFPage {
    this.#y -= step;
    if (this.#page !== null && this.#y > 70) return this.#page;
    const page = this.#document.addPage([595.3, 841.9]);
    const number = this.#document.getPageCount();
    page.drawText(`Hinterholz Quellwasser, page ${number}`, { x: 70, y: 800, size: 9, font: this.#text });
    page.drawRectangle({ x: 70, y: 790, width: 450, height: 1.5, color: rgb(0.2, 0.3, 0.6) });
    this.#page = page;
    this.#y = 760;
    return page;
  }
}

function plain(text: string): string {
  return text.replaceAll(/[_\n]/g, " ").replaceAll(/[^\x20-\x7e‘’“”—]/g, "");
}

export interface Shown {
  readonly pages: readonly string[];
  readonly info: Readonly<Record<string, unknown>>;
  readonly views: readonly (readonly number[])[];
}

interface ShownItem {
  readonly str?: string;
  readonly hasEOL?: boolean;
}

/** What a reader shows of a PDF. */
export async function shown(bytes: Uint8Array): Promise<Shown> {
  const document = await getDocumentProxy(Uint8Array.from(bytes), {
    verbosity: 0,
    stopAtErrors: true,
    isEvalSupported: false,
  });
  const { info } = await document.getMetadata();
  const pages: string[] = [];
  const views: number[][] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    pages.push(items.map(({ str = "", hasEOL = false }: ShownItem) => str + (hasEOL ? "\n" : "")).join(""));
    views.push(page.view);
  }
  await document.loadingTask.destroy();
  return { pages, info: { ...info }, views };
}

/** A small PDF by hand, with a classic table of places. */
export function classic(lines: readonly string[], extra = "", more: readonly string[] = [], trailer = ""): Buffer {
  const content = lines.map((line, at) => `BT /F1 12 Tf 72 ${720 - 14 * at} Td (${line}) Tj ET`).join("\n");
  return written(
    [
      `<< /Type /Catalog /Pages 2 0 R ${extra} >>`,
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
      ...more,
    ],
    trailer,
  );
}

export function written(objects: readonly string[], trailer = ""): Buffer {
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\n`;
  return Buffer.from(`${text}startxref\n${start}\n%%EOF\n`, "latin1");
}
