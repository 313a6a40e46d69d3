import type { Row } from "./row-maker.js";
import { type Layout, resized, stretched } from "./stretch.js";

/** So many rows before the end, lengths begin to be watched: more of them the less rows differ in length. */
const fewestWatched = 28;
const mostWatched = 400;
/** Rows to choose from where one of a certain length is wanted. */
const tries = 24;

/** Endings that are tried before rows are chosen by their length. */
const attempts = 6;

/** What makes rows; see `RowMaker`. */
export interface Makes {
  make(before: Row | null): Row;
  keep(row: Row): void;
}

/**
 * Rows until exactly `bytes` are full, which must be enough for one: as the maker makes them up to the last ones, which
 * are chosen so that they fit. Where no choice does, the very last one is stretched.
 */
export function* fittingRows(maker: Makes, layout: Layout, bytes: number): Generator<Row> {
  let left = bytes;
  let last: Row | null = null;
  const costs = new Spread();
  for (;;) {
    const row = maker.make(last);
    const cost = costOf(row, layout);
    costs.add(cost);
    const watched = (1.5 * costs.mean) / Math.max(0.05, costs.deviation);
    if (left - cost < Math.min(mostWatched, Math.max(fewestWatched, watched)) * costs.mean) break;
    maker.keep(row);
    yield row;
    left -= cost;
    last = row;
  }
  const ending = new Ending(maker, layout, costs.mean);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const rows = ending.natural(left, last);
    if (rows !== null) return yield* rows;
  }
  yield* ending.steered(left, last) ?? ending.stretched(left, last);
}

/** Mean and deviation of the lengths of late, the last 32 or so: tables may be sorted by what lengths depend on. */
class Spread {
  #weight = 0;
  #sum = 0;
  #squares = 0;

  add(value: number): void {
    const fading = 31 / 32;
    this.#weight = fading * this.#weight + 1;
    this.#sum = fading * this.#sum + value;
    this.#squares = fading * this.#squares + value * value;
  }

  get mean(): number {
    return this.#sum / this.#weight;
  }

  get deviation(): number {
    return Math.sqrt(Math.max(0, this.#squares / this.#weight - this.mean ** 2));
  }
}

interface Candidate {
  readonly row: Row;
  readonly cost: number;
}

class Ending {
  readonly #maker: Makes;
  readonly #layout: Layout;
  readonly #usual: number;

  constructor(maker: Makes, layout: Layout, usual: number) {
    this.#maker = maker;
    this.#layout = layout;
    this.#usual = usual;
  }

  /** Any rows, and two candidates at the end that fit together. `null` when there are none. */
  natural(bytes: number, before: Row | null): Row[] | null {
    const rows: Row[] = [];
    let left = bytes;
    while (left > 2.4 * this.#usual) {
      const isThird = left < 3.4 * this.#usual;
      const some = this.#candidates(rows.at(-1) ?? before, isThird ? tries : 1);
      const next = isThird ? nearest(some, left / 3) : some[0];
      if (next === undefined || left - next.cost < this.#layout.smallest) return null;
      rows.push(next.row);
      left -= next.cost;
    }
    const firsts = this.#candidates(rows.at(-1) ?? before, 2 * tries);
    const alone = firsts.find(({ cost }) => cost === left);
    if (alone !== undefined) return [...rows, alone.row];
    const seconds = this.#candidates(firsts[0]?.row ?? null, 2 * tries);
    const pair = firsts.find(({ cost }) => seconds.some((second) => second.cost === left - cost));
    const second = seconds.find(({ cost }) => cost === left - (pair?.cost ?? 0));
    return pair === undefined || second === undefined ? null : [...rows, pair.row, second.row];
  }

  /** As many rows as usual ones would be, or one more or fewer, each of a length that leaves the rest what they need. */
  steered(bytes: number, before: Row | null): Row[] | null {
    for (const more of [0, 1, -1]) {
      const { rows, left } = this.#evenly(bytes, before, more);
      if (left === 0) return rows;
    }
    return null;
  }

  /** The same, where rows are made a little longer or shorter than they came, and the last one as it must be. */
  stretched(bytes: number, before: Row | null): Row[] {
    const { rows, left } = this.#evenly(bytes, before, 0, true);
    if (left === 0) return rows;
    const last = this.#candidates(rows.at(-1) ?? before, tries);
    return [...rows, stretched(nearest(last, left).row, this.#layout, left, rowsOf(last))];
  }

  #evenly(bytes: number, before: Row | null, more: number, forced = false): { rows: Row[]; left: number } {
    const rows: Row[] = [];
    let left = bytes;
    while (left > 0) {
      const some = this.#candidates(rows.at(-1) ?? before, left > 8 * this.#usual ? tries / 3 : tries);
      const usual = some.reduce((sum, { cost }) => sum + cost, 0) / some.length;
      const wished = left / Math.max(1, Math.round(left / usual) + more);
      const found = nearest(some, wished).row;
      const row = forced ? resized(found, this.#layout, Math.round(wished), rowsOf(some)) : found;
      const cost = costOf(row, this.#layout);
      if (left - cost < this.#layout.smallest && left !== cost) break;
      rows.push(row);
      left -= cost;
    }
    return { rows, left };
  }

  #candidates(before: Row | null, count: number): Candidate[] {
    return Array.from({ length: count }, () => {
      const row = this.#maker.make(before);
      return { row, cost: costOf(row, this.#layout) };
    });
  }
}

function rowsOf(candidates: readonly Candidate[]): Row[] {
  return candidates.map(({ row }) => row);
}

function nearest(candidates: readonly Candidate[], cost: number): Candidate {
  return candidates.reduce((best, one) => (Math.abs(one.cost - cost) < Math.abs(best.cost - cost) ? one : best));
}

function costOf(row: Row, layout: Layout): number {
  return layout.cost(row.cells.map(({ text }) => text));
}
