import { FogboundError } from "@fogbound/errors";
import { pack, unpack } from "../decoy/packed.js";
import { deflated, inflated } from "../template/deflate.js";
import { mostLayoutBytes, mostPages } from "./pdf-model.js";

/** Lengths are tenths of a point from the lower left corner of the page. */
export interface PageLook {
  readonly width: number;
  readonly height: number;
  /** Quarters of a turn. */
  readonly turns: number;
}

/** A rule or a box: of the colour 0xRRGGBB, filled or only drawn around. */
export interface Box {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: number;
  readonly isFilled: boolean;
}

export interface LinePlace {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface ParagraphLook {
  /** Numbers of signs. */
  readonly lead: number;
  readonly end: number;
  /** Words and signs, and sentences. */
  readonly words: number;
  readonly sentences: number;
  readonly isUpper: boolean;
  readonly isJustified: boolean;
  /** Whether the number of its page is in it. */
  readonly isNumbered: boolean;
  readonly font: number;
  readonly size: number;
  /** The paragraph, counted from 1, that says the same on an earlier page; 0 for none. */
  readonly repeats: number;
  readonly lines: readonly LinePlace[];
}

export interface Layout {
  readonly pages: readonly PageLook[];
  readonly boxes: readonly Box[];
  readonly paragraphs: readonly ParagraphLook[];
}

export function packLayout({ pages, boxes, paragraphs }: Layout): Uint8Array {
  const flat = [
    ...[pages.length, ...pages.flatMap(({ width, height, turns }) => [width, height, turns])],
    ...[
      boxes.length,
      ...boxes.flatMap((one) => [one.page, one.x, one.y, one.width, one.height, one.colour, +one.isFilled]),
    ],
    ...[paragraphs.length, ...paragraphs.flatMap(numbersOfParagraph)],
  ];
  return packNumbers(flat);
}

function numbersOfParagraph(one: ParagraphLook): number[] {
  const { lead, end, words, sentences, font, size, repeats, lines } = one;
  const flags = (one.isUpper ? 1 : 0) + (one.isJustified ? 2 : 0) + (one.isNumbered ? 4 : 0);
  const places = lines.flatMap(({ page, x, y, width }) => [page, x, y, width]);
  return [lead, end, words, sentences, flags, font, size, repeats, lines.length, ...places];
}

/** @throws FogboundError `FORMAT_INVALID` for what is none. */
export function unpackLayout(bytes: Uint8Array): Layout {
  const numbers = new Numbers(bytes);
  const longest = (): number => numbers.next(mostTenths);
  const pages = numbers.list(mostPages, () => ({ width: longest(), height: longest(), turns: numbers.next(3) }));
  const page = (): number => numbers.next(Math.max(0, pages.length - 1));
  const boxes = numbers.list(mostBoxes, () => ({
    ...{ page: page(), x: longest(), y: longest(), width: longest(), height: longest() },
    ...{ colour: numbers.next(0xffffff), isFilled: numbers.next(1) === 1 },
  }));
  const paragraphs = numbers.list(mostParagraphs, () => {
    const [lead, end] = [numbers.next(mostSigns), numbers.next(mostSigns)];
    const [words, sentences] = [numbers.next(mostWords), numbers.next(mostWords)];
    const flags = numbers.next(7);
    const [font, size, repeats] = [numbers.next(11), longest(), numbers.next(mostParagraphs)];
    const lines = numbers.list(mostParagraphs, () => ({ page: page(), x: longest(), y: longest(), width: longest() }));
    const isUpper = (flags & 1) === 1;
    return {
      lead,
      end,
      words,
      sentences,
      isUpper,
      isJustified: (flags & 2) === 2,
      isNumbered: flags > 3,
      font,
      size,
      repeats,
      lines,
    };
  });
  numbers.end();
  return { pages, boxes, paragraphs };
}

export const mostTenths: number = 144_000;
export const mostBoxes: number = 4096;
const mostParagraphs: number = 50_000;
export const mostSigns: number = 255;
const mostWords = 100_000;

/** Of each row its page, baseline and whether it is the header. */
export interface RowPlace {
  readonly page: number;
  readonly y: number;
  readonly isHeader: boolean;
}

export function packRows(rows: readonly RowPlace[]): Uint8Array {
  return packNumbers([rows.length, ...rows.flatMap(({ page, y, isHeader }) => [page, y, +isHeader])]);
}

/** @throws FogboundError `FORMAT_INVALID` for what is none. */
export function unpackRows(bytes: Uint8Array, pages: number): RowPlace[] {
  const numbers = new Numbers(bytes);
  const rows = numbers.list(mostParagraphs, () => ({
    ...{ page: numbers.next(Math.max(0, pages - 1)), y: numbers.next(mostTenths), isHeader: numbers.next(1) === 1 },
  }));
  numbers.end();
  return rows;
}

function packNumbers(numbers: readonly number[]): Uint8Array {
  return deflated(pack(numbers), 9);
}

class Numbers {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(bytes: Uint8Array) {
    try {
      this.#numbers = unpack(inflated(bytes, mostLayoutBytes));
    } catch (cause) {
      throw refused(cause);
    }
  }

  next(most: number): number {
    const number = this.#numbers[this.#at++];
    if (number === undefined || number > most) throw refused();
    return number;
  }

  list<T>(most: number, read: () => T): T[] {
    return Array.from({ length: this.next(most) }, read);
  }

  end(): void {
    if (this.#at !== this.#numbers.length) throw refused();
  }
}

function refused(cause?: unknown): FogboundError {
  return new FogboundError("FORMAT_INVALID", "decoy model: expected the layout of a PDF, got something else.", {
    cause,
  });
}
