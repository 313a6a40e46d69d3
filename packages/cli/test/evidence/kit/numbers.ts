/**
 * How often a test goes round. `FOGBOUND_EVIDENCE=full`, as in continuous integration, takes the full number: minutes.
 * `FOGBOUND_EVIDENCE_STORES=full` or `=quick` says it for the stores that are no disk, whose names begin with "STORE_".
 * `FOGBOUND_EVIDENCE_<NAME>` names another number. @throws RangeError.
 */
export function rounds(name: string, full: number, quick: number): number {
  const text = process.env[`FOGBOUND_EVIDENCE_${name}`];
  if (text === undefined || text === "") return isFull(name) ? full : quick;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`Expected a whole number above 0 in FOGBOUND_EVIDENCE_${name}, got ${JSON.stringify(text)}.`);
}

/** Whether what a name stands for is done in full. */
export function isFull(name: string): boolean {
  const ofStores = name.startsWith("STORE_") ? process.env.FOGBOUND_EVIDENCE_STORES : undefined;
  return (ofStores || process.env.FOGBOUND_EVIDENCE) === "full";
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32): what a run did can be done again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
