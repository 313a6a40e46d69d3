import type { Package } from "./container.js";

/** Of the bytes of a document, what may be pictures, charts and whatever else a decoy leaves out. */
const mostLeftOut = 1 / 3;

/**
 * Whether a document is mostly text and tables. One of pictures would become pages and pages of text in its decoy; and one
 * with macros, a signature or another document inside is something else than its decoy could be.
 */
export function isMostlyText(file: Package, kept: ReadonlySet<string>): boolean {
  const all = file.entries.reduce((sum, { packed }) => sum + packed, 0);
  const left = file.entries.reduce((sum, { name, packed }) => sum + (kept.has(name) ? 0 : packed), 0);
  const isOther = file.entries.some(({ name }) => /vbaProject|_xmlsignatures\/|\/embeddings\//i.test(name));
  return !isOther && left <= mostLeftOut * all;
}
