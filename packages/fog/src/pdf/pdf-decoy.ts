import { utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import type { Sources } from "../decoy/values-maker.js";
import { TemplateFiller } from "../template/template-filler.js";
import { fittedFile, type Spare } from "./fit-file.js";
import { type Layout, type PageLook, unpackLayout } from "./layout.js";
import { PageWriter } from "./page-writer.js";
import { ParagraphMaker } from "./paragraph-maker.js";
import { type PdfModel, standardFonts } from "./pdf-model.js";
import { PdfObjects, textString } from "./pdf-writer.js";
import { writeTable } from "./table-maker.js";
import { infoDate, type Said, xmpPacket } from "./xmp-writer.js";

/** The bytes of a PDF, exactly `length`; too short for one, they are the beginning of it. */
export function pdfBytes(model: PdfModel, length: number, sources: Sources): Uint8Array {
  const layout = unpackLayout(model.layout);
  if (layout.pages.length === 0) throw new FogboundError("FORMAT_INVALID", "decoy model: expected pages, got none.");
  const filler = new TemplateFiller(model, sources, 1);
  const parts: Parts = {
    model,
    pages: layout.pages,
    writers: writePages(model, layout, filler, sources),
    said: saidOf(model, filler),
    id: trailerId(model.id, filler),
  };
  const random = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => sources.draws.below(256));
  return fittedFile((spare) => fileOf(parts, spare), { length, hasPacket: model.xmp !== null, random });
}

interface Parts {
  readonly model: PdfModel;
  readonly pages: readonly PageLook[];
  readonly writers: readonly PageWriter[];
  readonly said: Said;
  readonly id: string;
}

function writePages(model: PdfModel, layout: Layout, filler: TemplateFiller, sources: Sources): PageWriter[] {
  const writers = layout.pages.map(() => new PageWriter());
  for (const { page, x, y, width, height, colour, isFilled } of layout.boxes) {
    writers[page]?.box(x, y, width, height, colour, isFilled);
  }
  new ParagraphMaker(model, sources).write(layout, writers);
  for (const table of model.tables) writeTable(table, sources, (text) => filler.label(text), writers);
  return writers;
}

function saidOf({ keys, zone }: PdfModel, { made, templates }: TemplateFiller): Said {
  const changed = Math.floor(made.changed / 1000);
  const created = secondsOf(made.created) ?? changed;
  const info = new Map<string, string>();
  for (const [at, key] of keys.entries()) {
    const text = (templates[at] ?? "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    if (key === "CreationDate") info.set(key, infoDate(created, zone));
    else info.set(key, key === "ModDate" ? infoDate(changed, zone) : text);
  }
  const identifier = (at: number): string => (templates[keys.length + at] ?? "").replaceAll(/[{}]/g, "");
  return { info, created, changed, zone, identifiers: [identifier(0), identifier(1)] };
}

function secondsOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}

function trailerId(form: PdfModel["id"], filler: TemplateFiller): string {
  if (form === "none") return "";
  const first = filler.hex(32);
  return `/ID[<${first}><${form === "alike" ? first : filler.hex(32)}>]`;
}

function fileOf({ model, pages, writers, said, id }: Parts, spare: Spare): Uint8Array {
  const file = new PdfObjects();
  const fonts = [...new Set(writers.flatMap((writer) => [...writer.fonts]))].sort((left, right) => left - right);
  // What comes first is named before it is there: catalog, pages, then fonts, pages and their contents.
  const firstPage = 3 + fonts.length;
  const kids = pages.map((_, at) => `${firstPage + 2 * at} 0 R`);
  const xmpNumber = firstPage + 2 * pages.length;
  file.add(`<</Type/Catalog/Pages 2 0 R${model.xmp === null ? "" : `/Metadata ${xmpNumber} 0 R`}>>`);
  file.add(`<</Type/Pages/Count ${pages.length}/Kids[${kids.join(" ")}]>>`);
  for (const font of fonts) {
    file.add(`<</Type/Font/Subtype/Type1/BaseFont/${standardFonts[font]}/Encoding/WinAnsiEncoding>>`);
  }
  for (const [at, page] of pages.entries()) addPage(file, page, writers[at] ?? new PageWriter(), fonts, spare.share);
  if (model.xmp !== null)
    file.stream(utf8(xmpPacket(model.xmp, said, spare.padding)), "/Type/Metadata/Subtype/XML", null);
  if (spare.leftOver.length > 0) file.leftOver(spare.leftOver);
  const info = [...said.info].map(([key, text]) => `/${key}${textString(text)}`).join("");
  const infoNumber = info === "" ? null : file.add(`<<${info}>>`);
  return file.file(model.version, `/Root 1 0 R${infoNumber === null ? "" : `/Info ${infoNumber} 0 R`}${id}`);
}

function addPage(
  file: PdfObjects,
  { width, height, turns }: PageLook,
  writer: PageWriter,
  fonts: readonly number[],
  share: number,
): void {
  const used = fonts.flatMap((font, at) => (writer.fonts.has(font) ? [`/F${font + 1} ${3 + at} 0 R`] : []));
  const rotate = turns === 0 ? "" : `/Rotate ${90 * turns}`;
  const resources = `/Resources<</ProcSet[/PDF/Text]/Font<<${used.join("")}>>>>`;
  const box = `/MediaBox[0 0 ${width / 10} ${height / 10}]`;
  file.add(`<</Type/Page/Parent 2 0 R${box}${rotate}${resources}/Contents ${file.next + 1} 0 R>>`);
  file.stream(writer.bytes(share), "");
}
