import { normalQuantile } from "./normal.js";
import { rarity } from "./rarity.js";

/**
 * Quantiles that no single value can be read from: the sorted values in groups of at least `rarity`, each group by its
 * mean. Values that are the same for a whole group stay exact.
 *
 * @param most - Knots at most; the ends are moved outwards by half a step, without crossing zero.
 */
export function knotsOf(values: readonly number[], most: number): number[] {
  const sorted = [...values].sort((left, right) => left - right);
  const groups = Math.max(1, Math.min(most, Math.floor(sorted.length / rarity)));
  const means = Array.from({ length: groups }, (_, group) => {
    const from = Math.floor((group * sorted.length) / groups);
    return meanOf(sorted.slice(from, Math.floor(((group + 1) * sorted.length) / groups)));
  });
  if (groups < 3) return spread(sorted);
  return [edge(means[0], means[1], means[2]), ...means, edge(means.at(-1), means.at(-2), means.at(-3))];
}

/** The value at a share of 0 to 1 of all. */
export function valueAt(knots: readonly number[], share: number): number {
  const at = Math.min(Math.max(share, 0), 1) * (knots.length - 1);
  const below = Math.floor(at);
  const low = knots[below] ?? 0;
  return low + (at - below) * ((knots[below + 1] ?? low) - low);
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function edge(outer = 0, inner = outer, next = inner): number {
  if (outer === inner) return outer;
  const step = outer - inner;
  const reach = Math.abs(step) > 3 * Math.abs(inner - next) ? step / 4 : step / 2;
  const moved = outer + reach;
  return outer >= 0 !== moved >= 0 ? outer / 2 : moved;
}

/** Too few for quantiles: a bell around the mean, both to two digits, so that neither gives a value away. */
function spread(sorted: readonly number[]): number[] {
  const mean = meanOf(sorted);
  const deviation = Math.sqrt(meanOf(sorted.map((value) => (value - mean) ** 2)));
  const unit = Math.max(deviation, Math.abs(mean) / 100);
  const grain = unit === 0 ? 1 : 10 ** Math.floor(Math.log10(unit));
  const centre = Math.round(mean / grain) * grain;
  const width = Math.ceil(deviation / grain) * grain;
  const shares = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95];
  const bell = shares.map((share) => centre + width * normalQuantile(share));
  return sorted.every((value) => value >= 0) ? bell.map((value) => Math.max(0, value)) : bell;
}
