import { FogboundError } from "@fogbound/errors";

/** A stream as it stands in the file. */
export interface RawStream {
  /** Names in it are as they are meant, without escapes. */
  readonly dictionary: string;
  /** Where its object begins, its bytes, and behind them. */
  readonly object: number;
  readonly start: number;
  readonly end: number;
}

const mostStreams = 20_000;
const longestDictionary = 65_536;

/**
 * The streams of a PDF in the order of the file, whether anything names them or not. @param text - One letter a byte.
 *
 * @throws FogboundError `FORMAT_INVALID` for one whose length is not what it says: readers do not agree on where it ends.
 */
export function* streamsIn(text: string): Generator<RawStream> {
  const begin = /(?<![\w])stream(?!\w)[^\S\r\n]*(\r\n|\n|\r)?/g;
  let before = 0;
  for (let count = 0; ; count++) {
    const found = begin.exec(text);
    if (found === null) return;
    const start = begin.lastIndex;
    const opened = text.lastIndexOf("obj", found.index);
    const isWhole = found[1] !== undefined && opened >= before && found.index - opened < longestDictionary;
    if (!isWhole || count >= mostStreams) throw refused("streams behind their dictionaries");
    const dictionary = unescaped(text.slice(opened, found.index));
    const end = start + lengthOf(dictionary, text);
    const close = /^(?:\r\n|\n|\r)?endstream/.exec(text.slice(end, end + 11));
    if (close === null) throw refused("streams of the length they say");
    const numbers = /\d+\s+\d+\s+$/.exec(text.slice(Math.max(0, opened - 24), opened));
    yield { dictionary, object: opened - (numbers?.[0].length ?? 0), start, end };
    begin.lastIndex = end + close[0].length;
    before = end;
  }
}

function lengthOf(dictionary: string, text: string): number {
  const found = [...dictionary.matchAll(/\/Length\s+(\d{1,8})(?:\s+(\d{1,5})\s+R)?/g)];
  const [, number = "", generation] = found.length === 1 ? (found[0] ?? []) : [];
  const elsewhere = new RegExp(String.raw`(?<!\d)${number}\s+${generation}\s+obj\s+(\d{1,8})\s`);
  const length = number === "" || generation === undefined ? number : (elsewhere.exec(text)?.[1] ?? "");
  if (length === "") throw refused("streams that say their length once");
  return Number(length);
}

/** Names with the letters that `#` stands for (ISO 32000-1, 7.3.5): `/J#53` is `/JS`. */
export function unescaped(text: string): string {
  return text.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function refused(expected: string, cause?: unknown): FogboundError {
  return new FogboundError("FORMAT_INVALID", `PDF: expected ${expected}, got something else. Print it anew.`, {
    cause,
  });
}
