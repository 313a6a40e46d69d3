import type { Segment } from "./lines.js";

/** Lines of one paragraph, from the top. */
export interface FoundParagraph {
  readonly lines: Segment[];
}

/** Segments that follow one another in the same font at the same left edge are a paragraph; its last line may be shorter. */
export function paragraphsOf(segments: readonly Segment[]): FoundParagraph[] {
  const paragraphs: FoundParagraph[] = [];
  let open: FoundParagraph[] = [];
  for (const segment of segments) {
    open = open.filter(({ lines }) => lines[0]?.page === segment.page);
    const found = open.find((one) => goesOn(one, segment));
    if (found !== undefined) {
      found.lines.push(segment);
      continue;
    }
    const begun: FoundParagraph = { lines: [segment] };
    paragraphs.push(begun);
    open = [begun, ...open.filter(({ lines }) => !overlaps(lines.at(-1), segment))];
  }
  return paragraphs;
}

function goesOn({ lines }: FoundParagraph, next: Segment): boolean {
  const last = lines.at(-1);
  if (last === undefined || last.font !== next.font || Math.abs(last.size - next.size) > 5) return false;
  const step = last.y - next.y;
  const widest = Math.max(...lines.map(({ width }) => width));
  const isFull = last.width > 0.82 * Math.max(widest, next.width);
  const isUnder = Math.abs(last.x - next.x) < (lines.length === 1 ? 4 : 1.5) * next.size;
  return isUnder && isFull && step > 0.7 * next.size && step < 1.75 * next.size && last.width > 12 * next.size;
}

function overlaps(last: Segment | undefined, next: Segment): boolean {
  return last !== undefined && last.x < next.x + next.width && next.x < last.x + last.width;
}

export function textOf({ lines }: FoundParagraph): string {
  return lines.reduce((text, line) => {
    // A word that was divided at the end of a line is one again.
    if (/\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(line.text)) return text.slice(0, -1) + line.text;
    return text === "" ? line.text : `${text} ${line.text}`;
  }, "");
}

/** Whether the lines but the last end at one edge, by stretched blanks. */
export function isJustified({ lines }: FoundParagraph): boolean {
  const rights = lines.slice(0, -1).map(({ x, width }) => x + width);
  return rights.length >= 2 && Math.max(...rights) - Math.min(...rights) <= 10;
}
