import type { Sources } from "../decoy/values-maker.js";
import { filled } from "../template/slots.js";
import { TemplateFiller } from "../template/template-filler.js";
import { ChosenUnits, type Paragraph } from "./chosen-units.js";
import type { Filling } from "./fit-package.js";
import { NoteMaker } from "./note-maker.js";
import type { DocumentModel } from "./office-model.js";
import { type Unit, unitsOf } from "./word-units.js";
import { WordWriter } from "./word-writer.js";

const mostExpected = 1_000_000;

/** What fills the decoy of a text document; its units are paragraphs and rows of tables. */
export function wordFilling(model: DocumentModel, share: number, sources: Sources): Filling {
  const filler = new TemplateFiller(model.container, sources, model.saves);
  const writer = new WordWriter(model, filler);
  const notes = new NoteMaker(filler.templates, model, sources, writer);
  const rows = model.items.reduce((sum, item) => sum + (item.kind === "table" ? Math.max(1, item.table.rows) : 1), 0);
  const expected = Math.min(mostExpected, Math.round(share * rows));
  const units = new ChosenUnits(
    unitsOf(model, sources, (text) => filler.label(text)),
    expected,
  );
  return {
    parts: model.container.parts,
    expected,
    time: filler.made.changed,
    pieces(count) {
      return units.next(count)?.text.split(" ").length ?? 0;
    },
    render(count, share) {
      const some = share === 0 ? units.some(count) : [...units.some(count), cutUnit(units.next(count), share)];
      const body = writer.body(some, notes.references(some));
      const counts = countsOf(some, model.container.making.pageWords);
      const resolve = (name: string): string => {
        if (name === "body") return body;
        if (name === "rsids") return savesXml(model.prefix, filler.saves);
        if (name.startsWith("count:")) return String(counts[name.slice("count:".length)] ?? "");
        return notes.xml(name);
      };
      return filler.templates.map((template) => filled(template, resolve));
    },
  };
}

function cutUnit(unit: Paragraph | null, words: number): Unit {
  if (unit === null) throw new RangeError("Expected a paragraph to cut.");
  const text = unit.text.split(" ").slice(0, words).join(" ");
  return { ...unit, text: text.replace(/[,;:]?$/, (end) => (end === "" ? "" : ".")) };
}

function savesXml(prefix: string, saves: readonly string[]): string {
  const all = saves.map((save) => `<${prefix}rsid ${prefix}val="${save}"/>`);
  return `<${prefix}rsidRoot ${prefix}val="${saves[0]}"/>${all.join("")}`;
}

/** Characters of a line, as a page of A4 has them. */
const lineWidth = 90;

/** What a program counts in its own text before it saves it. */
function countsOf(units: readonly Unit[], pageWords: number): Readonly<Record<string, number>> {
  const headers = new Set(units.flatMap((unit) => (unit.kind === "row" ? [unit.table] : [])));
  const texts = [
    ...units.flatMap((unit) => (unit.kind === "paragraph" ? [unit.text] : unit.texts)),
    ...[...headers].flatMap(({ header }) => header ?? []),
  ].filter((text) => text !== "");
  const words = texts.reduce((sum, text) => sum + text.split(/\s+/).filter((word) => word !== "").length, 0);
  const all = texts.reduce((sum, text) => sum + text.length, 0);
  const blanks = texts.reduce((sum, text) => sum + (text.match(/\s/g)?.length ?? 0), 0);
  return {
    Pages: Math.max(1, Math.ceil(words / Math.max(1, pageWords))),
    Words: words,
    Characters: all - blanks,
    CharactersWithSpaces: all,
    Paragraphs: texts.length,
    Lines: texts.reduce((sum, text) => sum + Math.ceil(text.length / lineWidth), 0),
  };
}
