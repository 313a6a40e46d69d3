import { sha256 } from "@fogbound/crypto";
import { uuidShape } from "../beacon/shapes.js";
import { fakeWord } from "../decoy/lexicon.js";
import type { Sources } from "../decoy/values-maker.js";
import { escapeText } from "./escape-text.js";
import { type Made, madeOf } from "./making.js";
import { initialsOf, madePerson } from "./people.js";
import { filled, slot } from "./slots.js";
import { type Templates, templatesOf } from "./templates.js";

/** The templates of one decoy, where all that does not depend on its length is filled in. */
export class TemplateFiller {
  readonly made: Made;
  readonly templates: readonly string[];
  /** Marks of saves (`rsid`), which settings list and paragraphs name. */
  readonly saves: readonly string[];
  readonly #sources: Sources;
  readonly #people = new Map<string, string>();
  readonly #container: Templates;
  #guids = 0;

  constructor(container: Templates, sources: Sources, saves: number) {
    this.#container = container;
    this.#sources = sources;
    this.made = madeOf(container.making, sources.draws);
    this.saves = Array.from({ length: Math.max(1, saves) }, () => `00${this.hex(6)}`).sort();
    this.templates = templatesOf(container).map((one) => filled(one, (name) => this.#fixed(name)));
  }

  /** Words in place of a text that is nobody's business. */
  title(words: number): string {
    const some = Array.from(
      { length: Math.min(64, words) },
      () => fakeWord(this.#sources.draws, 3 + this.#sources.draws.below(6)) ?? "note",
    );
    const text = some.join(" ");
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  /** Fills what a label may have. */
  label(text: string): string {
    return filled(text, (name) => this.title(Number(name.split(":")[1]) || 1));
  }

  hex(length: number): string {
    let text = "";
    while (text.length < length) text += this.#sources.draws.below(16).toString(16).toUpperCase();
    return text;
  }

  /** A slot of something that the number of units changes stays. */
  #fixed(name: string): string {
    const [kind = "", form = "", role = ""] = name.split(":");
    const { made } = this;
    switch (kind) {
      case "person":
        return this.#person(form, role);
      case "initials":
        return initialsOf(this.#person(form, role));
      case "between":
        return this.#between(form === "minute" ? 60_000 : 1000);
      case "title":
        return this.title(Number(form) || 1);
      case "company":
        return escapeText(this.#sources.faker.company.name());
      case "created":
        return made.created;
      case "modified":
        return made.modified;
      case "revision":
        return String(Math.max(1, made.revision));
      case "minutes":
        return String(made.minutes);
      case "guid":
        return this.#guid();
      case "hex":
        return `${this.#sources.draws.below(8)}${this.hex(7)}`;
      case "rsid":
        return this.saves[this.#sources.draws.below(this.saves.length)] ?? "";
      default:
        return slot(name);
    }
  }

  #person(form: string, role: string): string {
    const known = this.#people.get(role) ?? escapeText(madePerson(form, this.#sources.faker));
    this.#people.set(role, known);
    return known;
  }

  /** A moment of editing, in steps of so many milliseconds. */
  #between(step: number): string {
    const { begun, changed } = this.made;
    const moment = begun + this.#sources.draws.unit() * (changed - begun);
    return `${new Date(moment - (moment % step)).toISOString().slice(0, 19)}Z`;
  }

  /** Items of one capsule begin at different numbers, as no two documents have one identifier. */
  #guid(): string {
    const [first = 0, second = 0] = sha256(this.#container.templates);
    const row = 4096 * first + 16 * second + (this.#guids % 16);
    this.#guids += 1;
    return `{${this.#sources.marks.identifier(uuidShape, row).toUpperCase()}}`;
  }
}
