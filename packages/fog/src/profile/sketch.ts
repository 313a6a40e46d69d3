import type { Hash } from "./hash.js";

/**
 * How often each of many names was seen, in bounded memory: buckets of eight slots, each a 16-bit mark and a 16-bit
 * count. A new name takes the place of the rarest in its bucket. Two names share a slot with probability 8/65,536.
 * Counts age by use, not by the clock: when `mass` reaches its limit, all halve. A holiday erases nothing.
 */
export interface Sketch {
  /** 0 is an empty slot. */
  readonly marks: Uint16Array;
  /** In units of `1 / unitsPerAccess`. */
  readonly counts: Uint16Array;
  /** Sum of the weights learnt, in the same units. */
  mass: number;
}

export const slotsPerBucket = 8;
/** Below the largest count a slot holds, so that the commonest name never saturates before all halve. */
export const mostMass = 60_000;

export function emptySketch(buckets: number): Sketch {
  return {
    marks: new Uint16Array(buckets * slotsPerBucket),
    counts: new Uint16Array(buckets * slotsPerBucket),
    mass: 0,
  };
}

export function countOf(sketch: Sketch, hash: Hash): number {
  const mark = markOf(hash);
  const first = firstSlot(sketch, hash);
  for (let slot = first; slot < first + slotsPerBucket; slot++)
    if (sketch.marks[slot] === mark) return sketch.counts[slot] as number;
  return 0;
}

/** Counts `units` more of the name. Its mass grows only by {@link grow}: one access counts several names. */
export function add(sketch: Sketch, hash: Hash, units: number): void {
  if (units === 0) return;
  const mark = markOf(hash);
  const first = firstSlot(sketch, hash);
  let rarest = first;
  for (let slot = first; slot < first + slotsPerBucket; slot++) {
    if (sketch.marks[slot] === mark) {
      sketch.counts[slot] = Math.min(0xffff, (sketch.counts[slot] as number) + units);
      return;
    }
    if ((sketch.counts[slot] as number) < (sketch.counts[rarest] as number)) rarest = slot;
  }
  sketch.marks[rarest] = mark;
  sketch.counts[rarest] = units;
}

/** Takes `units` into the mass; at its limit, everything counted before halves. */
export function grow(sketch: Sketch, units: number): void {
  sketch.mass += units;
  if (sketch.mass < mostMass) return;
  sketch.mass = Math.floor(sketch.mass / 2);
  for (let slot = 0; slot < sketch.counts.length; slot++) {
    sketch.counts[slot] = (sketch.counts[slot] as number) >>> 1;
    if (sketch.counts[slot] === 0) sketch.marks[slot] = 0;
  }
}

function markOf(hash: Hash): number {
  return hash.mark & 0xffff || 1;
}

function firstSlot(sketch: Sketch, hash: Hash): number {
  return (hash.place % (sketch.marks.length / slotsPerBucket)) * slotsPerBucket;
}
