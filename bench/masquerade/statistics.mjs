/** @typedef {{ reader: string, label: number, score: number }} Scored */

/** The chance that a block of somebody else's scores above one of the reader's own; ties count half. */
export function areaUnderCurve(blocks) {
  const sorted = [...blocks].sort((left, right) => left.score - right.score);
  let ranks = 0;
  let others = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to].score === sorted[from].score) to++;
    const here = sorted.slice(from, to).filter(({ label }) => label === 1).length;
    ranks += (here * (from + 1 + to)) / 2;
    others += here;
    from = to;
  }
  const own = sorted.length - others;
  return others === 0 || own === 0 ? Number.NaN : (ranks - (others * (others + 1)) / 2) / others / own;
}

/** The lowest score that at most that share of the readers' own blocks exceeds. */
export function limitAt(blocks, falseAlarms) {
  const own = blocks.filter(({ label }) => label === 0).map(({ score }) => score);
  own.sort((left, right) => right - left);
  return own[Math.floor(falseAlarms * own.length)] ?? Number.NaN;
}

export function hitsAt(blocks, falseAlarms) {
  const limit = limitAt(blocks, falseAlarms);
  const others = blocks.filter(({ label }) => label === 1);
  return others.length === 0 ? Number.NaN : others.filter(({ score }) => score > limit).length / others.length;
}

/** 95 % interval of a statistic of blocks: readers, not blocks, are drawn again, because blocks of one reader are alike. */
export function interval(blocks, statistic, { seed, draws }) {
  const byReader = new Map();
  for (const block of blocks) byReader.set(block.reader, [...(byReader.get(block.reader) ?? []), block]);
  const readers = [...byReader.values()];
  const random = randomFrom(seed);
  const values = [];
  for (let draw = 0; draw < draws; draw++) {
    const value = statistic(readers.flatMap(() => readers[Math.floor(random() * readers.length)]));
    if (!Number.isNaN(value)) values.push(value);
  }
  values.sort((left, right) => left - right);
  return [values[Math.floor(0.025 * values.length)], values[Math.floor(0.975 * values.length)]];
}

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted.length === 0 ? Number.NaN : sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
