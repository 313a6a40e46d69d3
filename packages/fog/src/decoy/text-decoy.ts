import { byteLength } from "./characters.js";
import { mailHeaders } from "./mail.js";
import { capital, ProseWriter } from "./prose-writer.js";
import { wordsOf } from "./resize.js";
import type { Block, TextModel } from "./text-model.js";
import type { Sources } from "./values-maker.js";

/** A text of exactly `length` bytes: block after block of the original's shape, the last one cut to fit. */
export function* textText(model: TextModel, length: number, sources: Sources): Generator<string> {
  const maker = new BlockMaker(model, sources);
  let left = length;
  const head = maker.head();
  if (model.headers.length > 0) {
    const text = maker.size(head) <= left ? head : maker.cut(head, left);
    yield text;
    left -= maker.size(text);
  }
  const anyBlock: Block = { lead: "", size: 20, sentences: 1, end: ".", upper: false, gap: 1 };
  for (let number = 0; left > 0; number++) {
    const block = model.blocks[number % Math.max(1, model.blocks.length)] ?? anyBlock;
    const text = maker.block(block);
    const size = maker.size(text);
    if (size > left) return yield maker.fitted(text, left);
    yield text;
    left -= size;
  }
}

/** Makes paragraphs after the blocks of a text. */
export class BlockMaker {
  readonly #model: TextModel;
  readonly #sources: Sources;
  readonly #writer: ProseWriter;

  /** @param model - Of which the blocks do not count. */
  constructor(model: TextModel, sources: Sources) {
    this.#model = model;
    this.#sources = sources;
    this.#writer = new ProseWriter(model.prose, sources.draws);
  }

  head(): string {
    return mailHeaders(this.#model.headers, this.#model.lineEnd, this.#sources, () => this.#words(6, 1).slice(0, 60));
  }

  block(block: Block): string {
    const { lineEnd, width } = this.#model;
    const { lead, words } = this.paragraph(block);
    return wrapped(lead, words, width, lineEnd) + lineEnd.repeat(block.gap);
  }

  /** The marks and the words of a block, without any line end. */
  paragraph({ lead, size, sentences, end, upper }: Block): { readonly lead: string; readonly words: string } {
    const words = `${this.#words(size, sentences).replace(/[^\p{L}\p{N}]+$/u, "")}${end}`;
    const marks = lead.replaceAll(/\d/g, () => String(1 + this.#sources.draws.below(9)));
    return { lead: marks, words: upper ? words.toUpperCase() : words };
  }

  size(text: string): number {
    return byteLength(text, this.#model.encoding);
  }

  /** The beginning of a text in exactly `bytes`, and letters where a character of several bytes would be cut. */
  cut(text: string, bytes: number): string {
    let low = 0;
    let high = text.length;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.size(text.slice(0, middle).toWellFormed()) <= bytes) low = middle;
      else high = middle - 1;
    }
    const cut = text.slice(0, low);
    const whole = cut.isWellFormed() ? cut : cut.slice(0, -1);
    return whole + "s".repeat(bytes - this.size(whole));
  }

  /** A last block in exactly `bytes`: whole words, an end to the sentence and to the line. */
  fitted(text: string, bytes: number): string {
    const { lineEnd } = this.#model;
    const ending = `.${lineEnd}`;
    if (bytes <= ending.length) return lineEnd.length === 1 ? "\n".repeat(bytes) : this.cut("\n\n\n", bytes);
    const room = bytes - ending.length;
    const begun = this.cut(text, room).trimEnd();
    const kept = begun.replace(/[^\p{L}\p{N}]*[\p{L}\p{M}\p{N}'’]*$/u, "");
    const missing = room - this.size(kept);
    return kept + this.#filling(missing, kept === "") + ending;
  }

  #filling(bytes: number, first: boolean): string {
    const text = wordsOf(this.#sources.draws, bytes + (first ? 1 : 0));
    return first ? capital(text.slice(1)) : text;
  }

  /** So many sentences, together of about so many words and signs. */
  #words(size: number, sentences: number): string {
    const some: string[] = [];
    for (let number = 0; number < sentences; number++) some.push(this.#sentence(Math.max(1, size / sentences)));
    return some.join(" ");
  }

  /** A sentence that ends where one may, at some nine to thirteen tenths of the length. */
  #sentence(size: number): string {
    let text = "";
    let state = 0;
    for (let count = 0; count < 1.3 * size; count++) {
      let next = this.#writer.next(state);
      for (let tries = 0; next === 0 && count < 0.9 * size && tries < 24; tries++) next = this.#writer.next(state);
      if (next === 0) break;
      text += this.#writer.word(next, text === "");
      state = next;
    }
    return text;
  }
}

/** Lines of at most `width` characters, each ended; a single one when it is 0. */
function wrapped(lead: string, text: string, width: number, lineEnd: string): string {
  if (width === 0) return `${lead}${text}${lineEnd}`;
  let lines = "";
  let line = lead;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > width) {
      lines += line + lineEnd;
      line = lead.startsWith(">") ? lead : " ".repeat(/^\s*/.exec(lead)?.[0].length ?? 0);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return lines + line + lineEnd;
}
