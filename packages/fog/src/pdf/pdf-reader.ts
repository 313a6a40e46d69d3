import { FogboundError } from "@fogbound/errors";
import type { Box, PageLook } from "./layout.js";
import { mostBoxes } from "./layout.js";
import { boxesIn } from "./paths.js";
import { mostPages } from "./pdf-model.js";
import { refused } from "./raw-streams.js";

/** A piece of text on one baseline; lengths in tenths of a point. */
export interface Piece {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly font: number;
  readonly text: string;
}

export interface ReadPdf {
  readonly info: Readonly<Record<string, unknown>>;
  readonly pages: readonly PageLook[];
  readonly boxes: readonly Box[];
  readonly pieces: readonly Piece[];
  /** Letters that do not stand upright, and are in no piece. */
  readonly turned: number;
}

const mostPieces = 50_000;
const mostOperators = 500_000;
/** Milliseconds. What takes longer was made to. */
const longest = 30_000;

/**
 * A PDF as its reader has it (pdf.js). Its scripts are not run, its pictures not decoded. @param bytes - As
 * {@link RawLook.readable} has them: the reader shares a thread with everything else, and lets nobody in within a page.
 * @param most - Milliseconds after which it is given up.
 *
 * @throws FogboundError `FORMAT_INVALID` for one that is damaged, or of more pages, texts, operators or time than bounded.
 */
export async function readPdf(bytes: Uint8Array, most: number = longest): Promise<ReadPdf> {
  const { getDocumentProxy } = await import("unpdf");
  const options = { isEvalSupported: false, maxImageSize: 1, stopAtErrors: true, verbosity: 0, useSystemFonts: false };
  const reading = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(refused(`a PDF that is read in ${most} ms`)), most);
    reading.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  let close: () => Promise<void> = async () => {};
  try {
    // The reader takes the bytes for itself.
    const opened = getDocumentProxy(bytes.slice(), options);
    const document = await Promise.race([opened, late]);
    close = () => document.loadingTask.destroy();
    return await Promise.race([pagesOf(document, reading.signal), late]);
  } catch (cause) {
    if (cause instanceof FogboundError) throw cause;
    throw refused("a PDF that is whole", cause);
  } finally {
    reading.abort();
    await close();
  }
}

type PdfDocument = Awaited<ReturnType<typeof import("unpdf").getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<PdfDocument["getPage"]>>;

/** The reader waits for nothing but itself, and no timer fires before it ends, if nobody lets it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function pagesOf(document: PdfDocument, signal: AbortSignal): Promise<ReadPdf> {
  if (document.numPages > mostPages) throw refused(`at most ${mostPages} pages`);
  const { info } = await document.getMetadata();
  const pages: PageLook[] = [];
  const boxes: Box[] = [];
  const pieces: Piece[] = [];
  let turned = 0;
  for (let number = 0; number < document.numPages; number++) {
    await turn();
    if (signal.aborted) break;
    const page = await document.getPage(number + 1);
    const read = await piecesOf(page, number);
    pages.push(lookOf(page));
    pieces.push(...read.pieces);
    boxes.push(...read.boxes);
    turned += read.turned;
    page.cleanup();
    if (pieces.length > mostPieces) throw refused(`at most ${mostPieces} texts`);
  }
  return { info: { ...info }, pages, boxes: boxes.slice(0, mostBoxes), pieces, turned };
}

/** Of what the reader says of texts, the part that is used; marks of structure have no `str`. */
interface PageText {
  readonly items: readonly {
    readonly str?: string;
    readonly transform?: readonly unknown[];
    readonly width?: number;
    readonly fontName?: string;
  }[];
  readonly styles: Readonly<Record<string, { readonly fontFamily: string }>>;
}

function lookOf({ view, rotate }: PdfPage): PageLook {
  const [left = 0, bottom = 0, right = 0, top = 0] = view;
  return { width: tenths(right - left), height: tenths(top - bottom), turns: (((rotate / 90) % 4) + 4) % 4 };
}

async function piecesOf(
  page: PdfPage,
  number: number,
): Promise<{ readonly pieces: Piece[]; readonly boxes: Box[]; readonly turned: number }> {
  const operators = await page.getOperatorList();
  if (operators.fnArray.length > mostOperators) throw refused(`at most ${mostOperators} operators on a page`);
  const { items, styles }: PageText = await page.getTextContent();
  const [left = 0, bottom = 0] = page.view;
  const pieces: Piece[] = [];
  let turned = 0;
  for (const { str = "", transform = [], width = 0, fontName = "" } of items) {
    if (str.trim() === "") continue;
    const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = transform.map(Number);
    const isUpright = Math.abs(b) + Math.abs(c) < 0.35 * (Math.abs(a) + Math.abs(d)) && a > 0 && d > 0;
    if (!isUpright) turned += str.length;
    if (!isUpright || x < left || y < bottom) continue;
    const font = fontNumber(nameOf(page, fontName), styles[fontName]?.fontFamily ?? "");
    const place = { x: tenths(x - left), y: tenths(y - bottom), width: tenths(width), size: tenths(d) };
    pieces.push({ page: number, ...place, font, text: str });
  }
  return { pieces, boxes: boxesIn(operators, number, left, bottom), turned };
}

function nameOf(page: PdfPage, fontName: string): string {
  if (!page.commonObjs.has(fontName)) return "";
  const font: unknown = page.commonObjs.get(fontName);
  return typeof font === "object" && font !== null && "name" in font ? String(font.name) : "";
}

/** The number of the standard font that is nearest to one of this name. */
function fontNumber(name: string, family: string): number {
  const isMono = family === "monospace" || /courier|mono|consol|typewriter|CMTT/i.test(name);
  const isSans = /sans|helvet|arial|calibri|verdana|segoe|roboto|grotesk|gothic/i.test(name);
  const isSerif =
    family === "serif" || /serif|times|roman|cambria|georgia|garamond|palat|minion|CMR|CMB|CMTI/i.test(name);
  const isBold = /bold|black|heavy|CMB/i.test(name);
  const isItalic = /ital|obli|CMTI|CMSL/i.test(name);
  const base = isMono ? 8 : isSerif && !isSans ? 4 : 0;
  return base + (isBold ? 1 : 0) + (isItalic ? 2 : 0);
}

function tenths(points: number): number {
  return Math.min(144_000, Math.max(0, Math.round(10 * points)));
}
