/** Of the clean part of each reader so much is learnt; the rest is cut into blocks. */
const learnt = 0.6;
/** A masquerade begins at one block in twenty, and goes on with this probability. */
const [begins, goesOn] = [0.05, 0.7];

/**
 * A data set made of the clean training parts alone, no label read: what constants are chosen by. Every second reader is
 * replayed, with consecutive accesses of the others put in, on the clock of whom they are put in for.
 *
 * @param half 0 or 1: which readers are replayed
 */
export function trainingPartOf({ name, kind, streams }, half, seed) {
  const random = generator(seed + half);
  const clean = streams.map((stream) => ({ ...stream, events: stream.events.slice(0, stream.train) }));
  const victims = clean.filter((_, index) => index % 2 === half);
  const others = clean
    .filter((_, index) => index % 2 !== half)
    .filter(({ events, block }) => events.length > 2 * block);
  return {
    name: `${name}, training part ${half + 1}`,
    kind,
    streams: victims.map((one) => seeded(one, others, random)),
  };
}

function seeded({ reader, events, block }, others, random) {
  const train = Math.floor(events.length * learnt);
  const count = Math.floor((events.length - train) / block);
  const mixed = [...events];
  const labels = [];
  let thief = null;
  for (let number = 0; number < count; number++) {
    const stays = thief !== null && random() < goesOn;
    if (!stays) thief = random() < begins ? newThief(others, block, random) : null;
    labels.push(thief === null ? 0 : 1);
    if (thief === null) continue;
    for (let at = 0; at < block; at++) {
      const place = train + number * block + at;
      const taken = thief.events[thief.at++ % thief.events.length];
      mixed[place] = { ...taken, time: events[place].time, zoneMinutes: events[place].zoneMinutes };
    }
  }
  return { reader, events: mixed.slice(0, train + count * block), train, block, labels };
}

function newThief(others, block, random) {
  const { events } = others[Math.floor(random() * others.length)];
  return { events, at: Math.floor(random() * (events.length - block)) };
}

/** Mulberry32. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
