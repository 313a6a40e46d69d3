import { meanOf } from "./knots.js";
import type { Placed } from "./learn-table.js";
import { pack } from "./packed.js";
import { rarity } from "./rarity.js";
import type { Detail, Link } from "./table-model.js";

/** A dependence and how much of the variance it explains. */
interface Candidate {
  readonly link: Link;
  readonly explains: number;
}

const none: Link = { kind: "none" };
/** Weaker than this is chance. */
const weakest = 0.06;
/** Columns before it that a column is compared with, the nearest first: wide tables would take the square of their width. */
const mostCompared = 40;

/** What a column depends on most, of the ones `before` it. */
export function linkOf(column: Placed, before: readonly Placed[], detail: Detail): Link {
  const earlier = [...before.entries()].slice(-mostCompared).reverse();
  const exact = sameAs(column, earlier) ?? sumOf(column, earlier);
  if (exact !== null) return exact;
  const kind = column.column.values.kind;
  if (kind === "counting" || (kind === "date" && column.column.values.step !== 0)) return none;
  if (column.column.order !== "none" || column.cells.length < 2 * rarity) return none;
  const runs = withinRuns(column, earlier);
  if (runs !== null) return runs;
  const candidates = [
    ...earlier.flatMap(([of, one]) => [...tableOn(column, of, one, detail), ...groupsOn(column, of, one, detail)]),
    ...rankOn(column, earlier),
  ];
  const best = candidates.reduce((one, other) => (other.explains > one.explains ? other : one), {
    link: none,
    explains: weakest,
  });
  return best.link;
}

type Earlier = readonly (readonly [number, Placed])[];

function sameAs(column: Placed, earlier: Earlier): Link | null {
  const distinct = new Set(column.cells).size;
  const found = earlier.find(([, one]) => distinct > 1 && one.cells.every((cell, row) => cell === column.cells[row]));
  return found === undefined ? null : { kind: "same", of: found[0] };
}

/** `left + right` or `left - right` in at least 98 of 100 rows that have all three numbers. */
function sumOf(column: Placed, earlier: Earlier): Link | null {
  if (column.column.values.kind !== "number") return null;
  const numeric = earlier.filter(([, one]) => one.column.values.kind === "number").slice(0, 16);
  for (const [left, one] of numeric) {
    for (const [right, other] of numeric) {
      if (left === right) continue;
      if (left < right && holds(column, one, other, 1)) return { kind: "sum", left, right, minus: false };
      if (holds(column, one, other, -1)) return { kind: "sum", left, right, minus: true };
    }
  }
  return null;
}

function holds(total: Placed, left: Placed, right: Placed, sign: 1 | -1): boolean {
  let tried = 0;
  let wrong = 0;
  for (const [row, sum] of total.numbers.slice(0, 1000).entries()) {
    const one = left.numbers[row];
    const other = right.numbers[row];
    if (sum === null || one === null || other === null || one === undefined || other === undefined) continue;
    if (other === 0) continue;
    tried += 1;
    if (Math.abs(one + sign * other - sum) > 1e-6 * Math.max(1, Math.abs(sum))) wrong += 1;
    if (wrong > 3 && wrong > 0.02 * tried) return false;
  }
  return tried >= 2 * rarity && wrong <= 0.02 * tried;
}

function withinRuns(column: Placed, earlier: Earlier): Link | null {
  if (column.numbers.filter((number) => number !== null).length < 0.9 * column.numbers.length) return null;
  for (const [of, one] of earlier) {
    if (one.column.order === "none" || one.column.values.kind !== "none") continue;
    const breaks = column.numbers.filter((number, row) => {
      if (row === 0 || one.cells[row] !== one.cells[row - 1]) return false;
      return (number ?? 0) < (column.numbers[row - 1] ?? 0);
    });
    if (breaks.length <= 0.005 * column.numbers.length) return { kind: "within", of };
  }
  return null;
}

/** A category that depends on a category: pairs that occur in fewer rows than `rarity` are left out. */
function tableOn(column: Placed, of: number, parent: Placed, detail: Detail): Candidate[] {
  if (!isCategory(column, detail) || !isCategory(parent, detail) || (isNumeric(column) && isNumeric(parent))) return [];
  const places = new Map(column.column.common.map(({ text }, index) => [text, index]));
  const counts = parent.column.common.map(() => new Map<number, number>());
  const parents = new Map(parent.column.common.map(({ text }, index) => [text, index]));
  for (const [row, cell] of column.cells.entries()) {
    const place = places.get(cell);
    const row0 = counts[parents.get(parent.cells[row] ?? "") ?? -1];
    if (place !== undefined && row0 !== undefined) row0.set(place, (row0.get(place) ?? 0) + 1);
  }
  const known = column.column.common.reduce((sum, { count }) => sum + count, 0);
  const hits = counts.reduce((sum, one) => sum + Math.max(0, ...one.values()), 0) / known;
  const usual = Math.max(...column.column.common.map(({ count }) => count)) / known;
  const rows = counts.map((one) => {
    const frequent = [...one].filter(([, count]) => count >= rarity).sort(([left], [right]) => left - right);
    return pack(frequent.flat());
  });
  const pairs = counts.reduce((sum, one) => sum + one.size, 0);
  const gain = hits - usual - pairs / known;
  return [{ link: { kind: "table", of, rows }, explains: usual < 1 ? gain / (1 - usual) : 0 }];
}

/** A number that is larger for some values of a category than for others. */
function groupsOn(column: Placed, of: number, parent: Placed, detail: Detail): Candidate[] {
  if (!isCategory(parent, detail) || !isNumeric(column)) return [];
  const parents = new Map(parent.column.common.map(({ text }, index) => [text, index]));
  const groups = parent.column.common.map((): number[] => []);
  for (const [row, place] of column.places.entries()) groups[parents.get(parent.cells[row] ?? "") ?? -1]?.push(place);
  const enough = groups.map((group) => (group.length >= rarity ? group : []));
  const means = enough.map(meanOf);
  const deviations = enough.map((group, index) =>
    group.length === 0 ? 1 : Math.sqrt(meanOf(group.map((place) => (place - (means[index] ?? 0)) ** 2))),
  );
  const within = meanOf(enough.flatMap((group, index) => group.map((place) => (place - (means[index] ?? 0)) ** 2)));
  const explains = variance(column.places) === 0 ? 0 : 1 - within / variance(column.places);
  const penalty = groups.length / column.places.length;
  return [
    {
      link: { kind: "groups", of, means: means.map(short), deviations: deviations.map(short) },
      explains: explains - penalty,
    },
  ];
}

/** The best single column together with the row before: least squares over two variables. */
function rankOn(column: Placed, earlier: Earlier): Candidate[] {
  const { places } = column;
  const shifted = [0, ...places.slice(0, -1)];
  const lag = correlation(places, shifted);
  const correlated = earlier.map(([of, one]) => ({ of, one, rho: correlation(places, one.places) }));
  const start = { of: 0, one: column, rho: 0 };
  const best = correlated.reduce((left, right) => (Math.abs(right.rho) > Math.abs(left.rho) ? right : left), start);
  const cross = best.rho === 0 ? 0 : correlation(best.one.places, shifted);
  const determinant = Math.max(0.05, 1 - cross * cross);
  const noise = 2 / Math.sqrt(places.length);
  const a = Math.abs(best.rho) < noise ? 0 : (best.rho - lag * cross) / determinant;
  const b = Math.abs(lag) < noise ? 0 : (lag - best.rho * cross) / determinant;
  const explains = Math.min(0.999, a * best.rho + b * lag);
  return [{ link: { kind: "rank", of: best.of, rho: short(a), lag: short(b), cross: short(cross) }, explains }];
}

function isCategory(column: Placed, detail: Detail): boolean {
  const { common, others, order } = column.column;
  return (
    common.length > 1 &&
    common.length <= detail.mostGroups &&
    others <= 0.03 * column.cells.length &&
    order !== "falling"
  );
}

function isNumeric(column: Placed): boolean {
  const numbers = column.numbers.filter((number) => number !== null).length;
  return 2 * numbers > column.numbers.length;
}

function variance(values: readonly number[]): number {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const meanLeft = meanOf(left);
  const meanRight = meanOf(right);
  const together = meanOf(left.map((value, row) => (value - meanLeft) * ((right[row] ?? 0) - meanRight)));
  const scale = Math.sqrt(variance(left) * variance(right));
  return scale === 0 ? 0 : together / scale;
}

function short(value: number): number {
  return Math.round(value * 1000) / 1000;
}
