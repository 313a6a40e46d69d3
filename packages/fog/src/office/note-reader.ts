import { blockOfParagraph } from "../decoy/learn-text.js";
import { attributeOf, type OwnStyles, styleName } from "./word-parts.js";
import { type Attributes, readXml, type XmlElement } from "./xml.js";

export type NoteKind = "comment" | "footnote" | "endnote";

/** A comment, or a note at the foot of a page or at the end: everything but its words. */
export interface ReadNote {
  /** Words and signs, and sentences. */
  readonly size: number;
  readonly sentences: number;
  /** Names of styles, of its text and of its mark; empty for none. */
  readonly style: string;
  readonly mark: string;
  /** Names of the attributes of its paragraph. */
  readonly attributes: readonly string[];
}

const mostNotes = 256;

/** The notes of a part (ISO/IEC 29500-1, 17.11 and 17.13.4) by their numbers; lines between notes and text are none. */
export function readNotes(part: Uint8Array, kind: NoteKind, own: OwnStyles): ReadonlyMap<number, ReadNote> {
  const notes = new Map<number, ReadNote>();
  let open = new OpenNote(own);
  readXml(part, {
    open(element, parents) {
      if (parents.length === 1) open = new OpenNote(own);
      open.add(element);
    },
    text(text, parents) {
      if (parents.at(-1) === "t") open.text += text;
    },
    close({ local, attributes }, parents) {
      const number = noteNumber(attributes);
      if (parents.length !== 1 || local !== kind || number === null) return;
      if (!isSeparator(attributes) && open.hasParagraph && notes.size < mostNotes) notes.set(number, open.note());
    },
  });
  return notes;
}

/** `null` for one that nothing can refer to. */
export function noteNumber(attributes: Attributes): number | null {
  const number = attributeOf(attributes, "id");
  return /^\d{1,6}$/.test(number) ? Number(number) : null;
}

export function isSeparator(attributes: Attributes): boolean {
  return !["", "normal"].includes(attributeOf(attributes, "type"));
}

class OpenNote {
  text = "";
  hasParagraph = false;
  readonly #own: OwnStyles;
  #style = "";
  #mark = "";
  #attributes: readonly string[] = [];

  constructor(own: OwnStyles) {
    this.#own = own;
  }

  add({ local, attributes }: XmlElement): void {
    if (local === "p" && !this.hasParagraph) this.#attributes = Object.keys(attributes).filter(isOwn).slice(0, 8);
    if (local === "p") this.hasParagraph = true;
    if (local === "pStyle" && this.#style === "") this.#style = this.#named(attributes);
    if (local === "rStyle" && this.#mark === "") this.#mark = this.#named(attributes);
  }

  note(): ReadNote {
    const { size, sentences } = blockOfParagraph(this.text.trim());
    const [style, mark, attributes] = [this.#style, this.#mark, this.#attributes];
    return { size: Math.min(mostWords, size), sentences: Math.min(mostWords, sentences), style, mark, attributes };
  }

  #named(attributes: Attributes): string {
    const named = styleName(attributeOf(attributes, "val"), this.#own);
    return /^[\w-]{1,64}$/.test(named) ? named : "";
  }
}

const mostWords = 400;

/** Marks of saves, and identifiers. */
function isOwn(name: string): boolean {
  return /^w(?:1\d\w{0,4})?:(?:rsid\w{0,16}|paraId|textId)$/.test(name);
}
