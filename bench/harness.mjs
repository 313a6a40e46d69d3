export const mebibyte = 2 ** 20;

/** One line of the table. `ratio` is value over what it stands beside: above 1, Fogbound has more of the unit. */
export function row(name, value, unit, beside, ratio) {
  return { name, value: rounded(value), unit, beside, ratio: ratio === null ? null : rounded(ratio) };
}

/** Thrown by a measure that would say nothing here; the run goes on, and tells. */
export class NotMeasurable extends Error {}

/**
 * Runs each side once to warm up, then all in turn (A B A B), so that what else the machine does meets all of them.
 *
 * @param {Record<string, () => Promise<void>>} sides
 * @returns {Promise<Record<string, number>>} the median seconds of each side
 */
export async function interleave(sides, rounds) {
  const seconds = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (const run of Object.values(sides)) await run();
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of Object.entries(sides)) seconds[name].push(await secondsOf(run));
  return Object.fromEntries(Object.entries(seconds).map(([name, all]) => [name, percentile(all, 50)]));
}

export async function secondsOf(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

/** The nearest-rank percentile. */
export function percentile(values, percent) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

/** A wrong measure is worse than none: what was worked on must be what was meant. */
export function assertBytes(what, got, expected) {
  if (got !== expected) throw new Error(`Expected ${what} of ${expected} bytes, got ${got}.`);
}

function rounded(value) {
  return Number(value.toPrecision(4));
}
