import { initialsOf, personSlot } from "../template/people.js";
import { slot, slotsIn } from "../template/slots.js";
import { isSeparator, type NoteKind, noteNumber, type ReadNote } from "./note-reader.js";
import { plainAttributes } from "./plain-values.js";
import type { Editor, Replaced } from "./rewrite-xml.js";
import { type OwnStyles, withStyle } from "./word-parts.js";
import { type Attributes, localName, type XmlElement } from "./xml.js";

/** The parts of notes by their names, and what one of each is called. */
export const noteParts: Readonly<Record<string, NoteKind>> = {
  "word/comments.xml": "comment",
  "word/footnotes.xml": "footnote",
  "word/endnotes.xml": "endnote",
};

/** Where a note stands in a template: what its number is, and what it is to be made of. */
export interface NoteSlot extends ReadNote {
  readonly kind: NoteKind;
  readonly number: number;
}

export interface NotePartOptions {
  readonly kind: NoteKind;
  readonly notes: ReadonlyMap<number, ReadNote>;
  readonly own: OwnStyles;
  /** What an author of comments is to the document, such as `creator`. */
  role(author: string): string;
}

/** A part of notes: each of them a slot, comments by other people on other days. */
export function notePart({ kind, notes, own, role }: NotePartOptions): Editor {
  return {
    element(element, parents) {
      const { local, attributes } = element;
      if (parents.length === 0) return { attributes: plainAttributes(attributes) };
      if (parents.length > 1) return separatorPart(element, own);
      if (local !== kind) return null;
      if (isSeparator(attributes)) return { attributes: plainAttributes(attributes) };
      const number = noteNumber(attributes);
      const note = number === null ? undefined : notes.get(number);
      const inner = note === undefined || number === null ? "" : noteSlot({ ...note, kind, number });
      return note === undefined && kind !== "comment" ? null : { attributes: noteAttributes(attributes, role), inner };
    },
  };
}

const separators = new Set(
  "p pPr pStyle spacing ind jc r rPr rStyle separator continuationSeparator lang noProof".split(" "),
);

function separatorPart(element: XmlElement, own: OwnStyles): Replaced {
  if (!separators.has(element.local)) return null;
  return { attributes: withoutSaves(withStyle(element, own)) };
}

/** With marks of saves and identifiers made anew. */
export function withoutSaves(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([name, value]) => {
    const local = localName(name);
    if (local.startsWith("rsid")) return [name, slot("rsid")];
    return [name, local === "paraId" ? slot("hex") : value];
  });
  return Object.fromEntries(entries);
}

function noteAttributes(attributes: Attributes, role: (author: string) => string): Attributes {
  const author = Object.entries(attributes).find(([name]) => localName(name) === "author")?.[1] ?? "";
  const person = author === "" ? "" : personSlot(role(author), author);
  const initials = person.includes("person:") ? person.replace("person:", "initials:") : initialsOf(author);
  const entries = Object.entries(attributes).flatMap(([name, value]) => {
    const local = localName(name);
    if (local === "id") return noteNumber({ id: value }) === null ? [] : [[name, value]];
    if (local === "author") return [[name, person]];
    if (local === "initials") return [[name, initials]];
    return local === "date" ? [[name, slot(/:00Z?$/.test(value) ? "between:minute" : "between:second")]] : [];
  });
  return Object.fromEntries(entries);
}

function noteSlot({ kind, number, size, sentences, style, mark, attributes }: NoteSlot): string {
  return slot([kind, number, size, sentences, style, mark, attributes.join(" ")].join("|"));
}

/** The notes of templates in the order they stand in; other slots are none. */
export function notesIn(templates: readonly string[]): NoteSlot[] {
  return templates.flatMap(slotsIn).flatMap((name) => {
    const [kind = "", number, size, sentences, style = "", mark = "", attributes = ""] = name.split("|");
    if (kind !== "comment" && kind !== "footnote" && kind !== "endnote") return [];
    const counts = { number: count(number), size: count(size), sentences: count(sentences) };
    return [{ kind, ...counts, style, mark, attributes: attributes.split(" ").filter((one) => one !== "") }];
  });
}

function count(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? Math.min(number, 999_999) : 0;
}
