import { refused } from "./raw-streams.js";

/** What content comes to when all that draws something else is drawn; in bytes, 32 MiB. */
const mostWork: number = 32 * 1024 * 1024;
/** Unicode has 1,114,112 places. */
const mostRanges = 4_000_000;
const range = /<\s*([0-9A-Fa-f]+)\s*>\s*<\s*([0-9A-Fa-f]+)\s*>\s*(?:<[^>]*>|\[[^\]]*\]|\d+)/g;

/**
 * Bounds the work a reader has with a PDF. Content that draws content, again and again, is how a small file is made to keep a
 * reader busy for ever; so are ranges of characters, which are counted out one by one.
 */
export class WorkBounds {
  #content = 0;
  #times = 1;
  #ranges = 0;

  /** @param uses - How many times the stream is named. @throws FogboundError `FORMAT_INVALID` for too much. */
  add(dictionary: string, content: string, uses: number): void {
    this.#content += content.length * Math.max(1, uses);
    const isDrawn = /\/Subtype\s*(?:\/Form\b|\d)|\/PatternType\b/.test(dictionary);
    if (isDrawn) this.#times *= 1 + (content.match(/\bDo\b|\bscn\b|\bSCN\b/g)?.length ?? 0);
    if (/begin(?:bf|cid|notdef)range/.test(content)) this.#count(content);
    if (this.#content * this.#times > mostWork) throw refused("content that does not draw itself over and over");
  }

  #count(content: string): void {
    for (const [ranges] of content.matchAll(/begin(?:bf|cid|notdef)range[\s\S]*?end(?:bf|cid|notdef)range/g)) {
      for (const [, first = "", last = ""] of ranges.matchAll(range)) {
        this.#ranges += Math.max(0, Number.parseInt(last, 16) - Number.parseInt(first, 16));
      }
    }
    if (this.#ranges > mostRanges) throw refused("ranges of no more characters than there are");
  }
}
