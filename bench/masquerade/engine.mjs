import { emptyBaseline, emptyProfile, judge, learn, learnBaseline, observe } from "@fogbound/fog";

/** How many accesses later one is learnt: what follows it tells whether it was the reader's. */
const lag = 20;

/**
 * Replays all readers of a data set together, in the order of time, and never looks at a label: every access is judged
 * first and learnt later, as far as the profile itself trusts it.
 *
 * @returns for each block: reader, label, `score` (mean evidence of its accesses), `running` (score after each access)
 *   and `alarms` (on which accesses the reader's own threshold was exceeded)
 */
export function replay({ streams }) {
  const baseline = emptyBaseline();
  const readers = streams.map((stream) => ({ stream, profile: emptyProfile(), waiting: [], at: 0, blocks: [] }));
  for (const index of inOrder(streams)) step(readers[index], baseline);
  return readers.flatMap(({ blocks }) => blocks);
}

/** Indices of streams, one for each access, in the order of time; each stream keeps its own order. */
function inOrder(streams) {
  const all = streams.flatMap(({ events }, index) => {
    let latest = 0;
    return events.map(({ time }) => {
      latest = Math.max(latest, time);
      return { time: latest, index };
    });
  });
  return all.sort((left, right) => left.time - right.time || left.index - right.index).map(({ index }) => index);
}

function step(reader, baseline) {
  const { stream, profile, waiting } = reader;
  const judgement = judge(profile, baseline, stream.events[reader.at]);
  observe(profile, judgement);
  note(reader, judgement);
  waiting.push(judgement);
  if (waiting.length > lag) {
    const passed = waiting.shift();
    learn(profile, passed, reader.at < stream.train ? "answered" : "passed");
    learnBaseline(baseline, passed, "passed");
  }
  reader.at++;
}

function note({ stream, at, blocks }, { evidence, score, isSurprising, observation }) {
  if (at < stream.train) return;
  const number = Math.floor((at - stream.train) / stream.block);
  if (number >= stream.labels.length) return;
  if (at === stream.train + number * stream.block)
    blocks.push({
      reader: stream.reader,
      number,
      label: stream.labels[number],
      score: 0,
      running: [],
      alarms: 0,
      times: [],
    });
  const block = blocks.at(-1);
  block.score += evidence / stream.block;
  block.running.push(score);
  block.times.push(observation.event.time);
  if (isSurprising) block.alarms++;
}
