/** What others would do with the same blocks; each sees what the engine sees, but for what its description says. */
export const baselines = {
  "naive Bayes, no updating": naiveBayes,
  "share of new items, no updating": (set) => novelty(set, false),
  "share of new items, updated": (set) => novelty(set, true),
};

const smoothing = 0.01;

/** Maxion and Townsend 2002: the reader's training counts against those of all others here. */
function naiveBayes({ streams }) {
  const own = streams.map(({ events, train }) => countsOf(events.slice(0, train)));
  const all = new Map();
  for (const counts of own) for (const [item, count] of counts) all.set(item, (all.get(item) ?? 0) + count);
  const total = streams.reduce((sum, { train }) => sum + train, 0);
  const names = new Set(streams.flatMap(({ events }) => events.map(({ item }) => item))).size;
  const probability = (count, of) => Math.log((count + smoothing) / (of + smoothing * names));
  return streams.flatMap((stream, index) =>
    scoredBlocks(stream, (events) => {
      const nats = events.map(({ item }) => {
        const count = own[index].get(item) ?? 0;
        const others = (all.get(item) ?? 0) - count;
        return probability(others, total - stream.train) - probability(count, stream.train);
      });
      return nats.reduce((sum, one) => sum + one, 0);
    }),
  );
}

function novelty({ streams }, isUpdated) {
  return streams.flatMap((stream) => {
    const seen = new Set(stream.events.slice(0, stream.train).map(({ item }) => item));
    return scoredBlocks(stream, (events) => {
      const fresh = events.filter(({ item }) => !seen.has(item)).length;
      if (isUpdated) for (const { item } of events) seen.add(item);
      return fresh / events.length;
    });
  });
}

function scoredBlocks({ reader, events, train, block, labels }, scoreOf) {
  return labels.map((label, number) => {
    const from = train + number * block;
    return { reader, label, score: scoreOf(events.slice(from, from + block)) };
  });
}

function countsOf(events) {
  const counts = new Map();
  for (const { item } of events) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
