import type { OpenedTable, Unit } from "./word-units.js";

export type Paragraph = Extract<Unit, { kind: "paragraph" }>;

/** Units behind the last that are made to find a text among them; paragraphs and words of them that may fill a gap. */
const fewestOthers = 8;
const mostParagraphs = 64;
const mostWords = 400;

/** The units of a decoy, each made once. Of fewer than the original has, none of its parts is missing: all have fewer. */
export class ChosenUnits {
  readonly #source: Generator<Unit>;
  readonly #whole: number;
  readonly #made: Unit[] = [];
  #next: { readonly count: number; readonly paragraph: Paragraph | null } | null = null;

  /** @param whole - How many a decoy of this length would have if its text took as many bytes as the original's. */
  constructor(source: Generator<Unit>, whole: number) {
    this.#source = source;
    this.#whole = whole;
  }

  /** About `count` of them, in their order; more for a higher count. */
  some(count: number): readonly Unit[] {
    if (count >= this.#whole) return this.#first(count);
    const units = this.#first(this.#whole);
    const share = count / this.#whole;
    const rows = rowCounts(units);
    const seen = new Map<OpenedTable | null, number>();
    return units.filter((unit) => {
      const group = unit.kind === "row" ? unit.table : null;
      const at = seen.get(group) ?? 0;
      seen.set(group, at + 1);
      if (group !== null) return at < Math.round(share * (rows.get(group) ?? 0));
      return Math.floor((at + 1) * share) > Math.floor(at * share);
    });
  }

  /** A paragraph of what is not among them, of which some words may still fit; `null` where there is no text. */
  next(count: number): Paragraph | null {
    if (this.#next?.count !== count) this.#next = { count, paragraph: this.#nextOf(count) };
    return this.#next.paragraph;
  }

  #nextOf(count: number): Paragraph | null {
    const some = new Set(this.some(count));
    const others = this.#first(Math.max(this.#whole, count + fewestOthers)).filter((unit) => !some.has(unit));
    const paragraphs = others.filter((unit): unit is Paragraph => unit.kind === "paragraph" && unit.text !== "");
    const [first] = paragraphs;
    if (first === undefined) return null;
    const longest = paragraphs.reduce((best, one) => (one.text.length > best.text.length ? one : best), first);
    const rest = paragraphs.slice(0, mostParagraphs).flatMap((one) => (one === longest ? [] : one.text.split(" ")));
    return { ...longest, text: [longest.text, ...rest.slice(0, mostWords)].join(" ") };
  }

  #first(count: number): readonly Unit[] {
    while (this.#made.length < count) this.#made.push(this.#source.next().value);
    return this.#made.slice(0, count);
  }
}

function rowCounts(units: readonly Unit[]): ReadonlyMap<OpenedTable, number> {
  const counts = new Map<OpenedTable, number>();
  for (const unit of units) if (unit.kind === "row") counts.set(unit.table, (counts.get(unit.table) ?? 0) + 1);
  return counts;
}
