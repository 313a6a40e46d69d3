import { readFileSync, writeFileSync } from "node:fs";

const docs = new URL("../../../docs/", import.meta.url);

export type Page = "choose-an-adapter.md" | "life-of-an-object.md";

/** A block of a page that is measured, by its name; null when the page has none of that name. */
export function blockOf(page: Page, name: string): string | null {
  return partsOf(textOf(page), name)?.block ?? null;
}

/** Puts what was measured into the page. Only when somebody asks for it: a test that wrote what it finds could not fail. */
export function writeBlock(page: Page, name: string, block: string): void {
  const parts = partsOf(textOf(page), name);
  if (parts === null) throw new Error(`Expected a block "${name}" in docs/${page}; add its two comments.`);
  writeFileSync(new URL(page, docs), `${parts.before}${block}${parts.after}`);
}

function textOf(page: Page): string {
  return readFileSync(new URL(page, docs), "utf8");
}

function partsOf(text: string, name: string) {
  const [start, end] = [`<!-- measured: ${name} -->\n\n`, "\n\n<!-- end -->"];
  const at = text.indexOf(start);
  const until = text.indexOf(end, at);
  if (at < 0 || until < 0) return null;
  const from = at + start.length;
  return { before: text.slice(0, from), block: text.slice(from, until), after: text.slice(until) };
}
