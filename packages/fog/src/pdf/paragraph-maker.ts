import { BlockMaker } from "../decoy/text-decoy.js";
import type { Sources } from "../decoy/values-maker.js";
import { widthOf } from "./glyph-widths.js";
import type { Layout, LinePlace, ParagraphLook } from "./layout.js";
import { cutTo, type PageWriter } from "./page-writer.js";
import type { PdfModel } from "./pdf-model.js";

const mostTries = 64;

/** Sets the paragraphs of a decoy where the original's stand, each line about as wide as it was. */
export class ParagraphMaker {
  readonly #signs: readonly string[];
  readonly #maker: BlockMaker;
  readonly #known = new Map<number, string>();

  constructor({ prose, signs }: PdfModel, sources: Sources) {
    const encoding = { characters: "utf-8", byteOrderMark: false } as const;
    const text = { kind: "text", encoding, lineEnd: "\n", headers: [], width: 0, blocks: [], prose } as const;
    this.#signs = signs;
    this.#maker = new BlockMaker(text, sources);
  }

  write({ paragraphs }: Layout, writers: readonly PageWriter[]): void {
    for (const [at, look] of paragraphs.entries()) {
      const number = look.repeats === 0 ? at + 1 : look.repeats;
      const text = this.#known.get(number) ?? this.#text(look);
      this.#known.set(number, text);
      const page = (look.lines[0]?.page ?? 0) + 1;
      setLines(look, look.isNumbered ? numbered(text, page) : text, writers);
    }
  }

  /** Words enough for all lines. */
  #text({ lead, end, words, sentences, isUpper, font, size, lines }: ParagraphLook): string {
    const sign = (at: number): string => this.#signs[at] ?? "";
    const block = { lead: sign(lead), size: words, sentences, end: sign(end), upper: isUpper, gap: 0 };
    const first = this.#maker.paragraph(block);
    const room = lines.reduce((sum, { width }) => sum + width, 0);
    let text = first.words;
    for (let tries = 0; tries < mostTries && words > 1 && widthOf(text, font, size) < 0.95 * room; tries++) {
      text = `${text.replace(/[^\p{L}\p{N}]+$/u, "")}${sentences > 1 ? ". " : " "}${this.#maker.paragraph({ ...block, lead: "" }).words}`;
    }
    const most = cutTo(first.lead + text, font, size, 1.02 * room + size);
    return `${most.replace(/[^\p{L}\p{N}]+$/u, "")}${sign(end)}`;
  }
}

/** With the number of its page, in place of a number or of the last word. */
function numbered(text: string, page: number): string {
  return /\d/.test(text) ? text.replace(/\d+/, String(page)) : text.replace(/\S+$/, String(page));
}

function setLines(look: ParagraphLook, text: string, writers: readonly PageWriter[]): void {
  const { lines, font, size, isJustified } = look;
  const words = text.split(" ");
  for (const [at, place] of lines.entries()) {
    const isLast = at === lines.length - 1;
    const line = isLast ? words.splice(0).join(" ") : takeLine(words, place, font, size);
    const shown = isLast ? cutTo(line, font, size, 1.1 * widest(lines) + size) : line;
    const left = place.width - widthOf(shown, font, size);
    const blanks = shown.split(" ").length - 1;
    const spread = isJustified && !isLast && blanks > 0 && left > 0 && left < 0.2 * place.width ? left / blanks : 0;
    writers[place.page]?.text(place.x, place.y, font, size, shown, spread);
  }
}

function widest(lines: readonly LinePlace[]): number {
  return Math.max(...lines.map(({ width }) => width));
}

function takeLine(words: string[], { width }: LinePlace, font: number, size: number): string {
  let line = words.shift() ?? "";
  while (words.length > 0 && widthOf(`${line} ${words[0]}`, font, size) <= width + 0.15 * size)
    line += ` ${words.shift()}`;
  return line;
}
