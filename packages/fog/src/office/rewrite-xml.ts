import { FogboundError } from "@fogbound/errors";
import { type Attributes, localName, openTag, readXml, type XmlElement, type XmlReader } from "./xml.js";

/** What comes in place of an element: `null` for nothing; with `inner`, XML, in place of all that was in it. */
export type Replaced = { readonly attributes: Attributes; readonly inner?: string } | null;

export interface Editor {
  element(element: XmlElement, parents: readonly string[]): Replaced;
  /** XML in place of a text, without blanks around tags, which stay; default: nothing. */
  text?(text: string, parents: readonly string[]): string;
}

/**
 * The XML with what `editor` makes of it, written in the way it was: its declaration, its line ends and how it closes
 * empty elements.
 *
 * @throws FogboundError `FORMAT_INVALID` as `readXml`.
 */
export function rewriteXml(bytes: Uint8Array, editor: Editor): string {
  const rewriter = new Rewriter(editor, hasBlankedEnds(bytes) ? " />" : "/>");
  readXml(bytes, rewriter);
  return rewriter.written.join("");
}

class Rewriter implements XmlReader {
  readonly written: string[] = [];
  readonly #editor: Editor;
  readonly #emptyEnd: string;
  readonly #prefixes = new Set(["", "xml", "xmlns"]);
  /** Elements that are open within one that is left out or replaced, and this itself. */
  #skipping = 0;

  constructor(editor: Editor, emptyEnd: string) {
    this.#editor = editor;
    this.#emptyEnd = emptyEnd;
  }

  instruction(text: string): void {
    this.written.push(`<?${text}?>`);
  }

  open(element: XmlElement, parents: readonly string[]): void {
    const made = this.#skipping > 0 ? null : this.#declared(element, this.#editor.element(element, parents));
    if (made === null && parents.length === 0) throw unknownRoot();
    if (made === null || made.inner !== undefined) this.#skipping += 1;
    if (made === null) return;
    const { inner = "" } = made;
    const isClosed = element.isEmpty && inner === "";
    this.written.push(openTag(element.name, made.attributes, isClosed ? this.#emptyEnd : ">"));
    if (made.inner !== undefined) this.written.push(inner, isClosed ? "" : `</${element.name}>`);
  }

  /** What belongs to a namespace that was left out is left out with it, and not promised to readers either (mc:Ignorable). */
  #declared(element: XmlElement, made: Replaced): Replaced {
    if (made === null) return null;
    for (const name of Object.keys(made.attributes)) if (name.startsWith("xmlns:")) this.#prefixes.add(localName(name));
    if (!this.#prefixes.has(prefixOf(element.name))) return null;
    const known = Object.entries(made.attributes).filter(([name]) => this.#prefixes.has(prefixOf(name)));
    const kept = known.map(([name, value]) => [name, localName(name) === "Ignorable" ? this.#known(value) : value]);
    return { ...made, attributes: Object.fromEntries(kept) };
  }

  #known(prefixes: string): string {
    return prefixes
      .split(" ")
      .filter((prefix) => this.#prefixes.has(prefix))
      .join(" ");
  }

  close(element: XmlElement): void {
    if (this.#skipping > 0) this.#skipping -= 1;
    else if (!element.isEmpty) this.written.push(`</${element.name}>`);
  }

  text(text: string, parents: readonly string[]): void {
    if (this.#skipping > 0) return;
    this.written.push(text.trim() === "" ? text : (this.#editor.text?.(text, parents) ?? ""));
  }
}

function unknownRoot(): FogboundError {
  return new FogboundError("FORMAT_INVALID", "Office document: expected a part of a known namespace, got another.");
}

function prefixOf(name: string): string {
  return name.includes(":") ? name.slice(0, name.indexOf(":")) : "";
}

/** Some programs write `<a />` and most `<a/>`. */
function hasBlankedEnds(bytes: Uint8Array): boolean {
  let blanked = 0;
  let plain = 0;
  for (let at = 2; at < bytes.length && blanked + plain < 64; at++) {
    if (bytes[at] !== 0x3e || bytes[at - 1] !== 0x2f) continue;
    if (bytes[at - 2] === 0x20) blanked += 1;
    else plain += 1;
  }
  return blanked > plain;
}
