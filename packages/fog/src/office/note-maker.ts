import type { Sources } from "../decoy/values-maker.js";
import { type NoteSlot, notesIn } from "./note-parts.js";
import type { DocumentModel } from "./office-model.js";
import { proseMaker, type Unit } from "./word-units.js";
import type { WordWriter } from "./word-writer.js";

/** The comments and notes of one decoy: what they say, and which paragraphs refer to them. */
export class NoteMaker {
  readonly #notes: readonly NoteSlot[];
  readonly #written = new Map<string, string>();

  /** @param templates - With the slots of notes in them. */
  constructor(templates: readonly string[], model: DocumentModel, sources: Sources, writer: WordWriter) {
    this.#notes = notesIn(templates);
    if (this.#notes.length === 0) return;
    const maker = proseMaker(model.prose, sources);
    for (const note of this.#notes) {
      const { size, sentences } = note;
      const { words } = maker.paragraph({ lead: "", size, sentences, end: ".", upper: false, gap: 0 });
      this.#written.set(keyOf(note), writer.note(note, size === 0 ? "" : words));
    }
  }

  /** XML in place of a slot; nothing for one that is no note's. */
  xml(slot: string): string {
    const [kind = "", number = ""] = slot.split("|");
    return this.#written.get(`${kind}|${number}`) ?? "";
  }

  /** The notes of each paragraph: of every kind, they are spread over the text in their order. */
  references(units: readonly Unit[]): ReadonlyMap<Unit, readonly NoteSlot[]> {
    const paragraphs = units.filter((unit) => unit.kind === "paragraph" && unit.text !== "");
    const references = new Map<Unit, NoteSlot[]>();
    for (const kind of ["comment", "footnote", "endnote"] as const) {
      const notes = this.#notes.filter((note) => note.kind === kind);
      for (const [at, note] of notes.entries()) {
        const unit = paragraphs[Math.floor(((at + 0.5) * paragraphs.length) / notes.length)];
        if (unit !== undefined) references.set(unit, [...(references.get(unit) ?? []), note]);
      }
    }
    return references;
  }
}

function keyOf({ kind, number }: NoteSlot): string {
  return `${kind}|${number}`;
}
