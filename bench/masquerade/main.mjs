import { baselines } from "./baselines.mjs";
import { replay } from "./engine.mjs";
import { areaUnderCurve, hitsAt, interval, limitAt, median } from "./statistics.mjs";
import { dataSetsIn } from "./streams.mjs";
import { trainingPartOf } from "./training.mjs";

const usage = `npm run bench:masquerade -- PATH [--seed N] [--draws N] [--training]

PATH      a directory with User<n> and label*, or with <name>.jsonl.gz and <name>.json, or with such directories in it
--seed    of the bootstrap (default 1)
--draws   how often readers are drawn again for the intervals (default 1000)
--training  masquerades made of the clean training parts in place of the labelled blocks: what constants are chosen by`;

const settings = settingsFrom(process.argv.slice(2));
if (settings === null) {
  console.log(usage);
  process.exitCode = 2;
} else for (const set of await dataSetsIn(settings.path)) for (const one of partsOf(set)) report(one);

function partsOf(set) {
  return settings.training ? [0, 1].map((half) => trainingPartOf(set, half, settings.seed)) : [set];
}

function settingsFrom(args) {
  const read = { path: null, seed: 1, draws: 1000, training: args.includes("--training") };
  for (let at = 0; at < args.length; at++) {
    const name = args[at].replace(/^--/, "");
    if (name === "training") continue;
    if (!args[at].startsWith("--")) read.path = args[at];
    else if (name in read && name !== "path") read[name] = Number(args[++at]);
    else return null;
  }
  return read.path === null || !Number.isInteger(read.seed) || !(read.draws > 0) ? null : read;
}

function report(set) {
  const blocks = replay(set);
  const others = blocks.filter(({ label }) => label === 1).length;
  console.log(
    `\n${set.name}: ${set.streams.length} readers, ${blocks.length} blocks, ${others} of them somebody else's`,
  );
  if (others === 0) return console.log("(nothing to find, so nothing is measured)");
  console.log(`(95 % intervals: ${settings.draws} draws of readers, seed ${settings.seed})\n`);
  console.log("| | AUC | hits at 1 % false alarms | hits at 5 % false alarms |\n|---|---|---|---|");
  const last = blocks.map((block) => ({ ...block, score: block.running.at(-1) }));
  printLine("**Fogbound**, mean evidence of the block", blocks);
  printLine("**Fogbound**, score after the block's last access", last);
  for (const [name, score] of Object.entries(baselines)) printLine(name, score(set));
  console.log();
  for (const share of [0.01, 0.05]) console.log(detection(blocks, share));
  console.log(ownThreshold(blocks));
}

function printLine(name, blocks) {
  const cells = [areaUnderCurve, (some) => hitsAt(some, 0.01), (some) => hitsAt(some, 0.05)].map((statistic) => {
    const [low, high] = interval(blocks, statistic, settings);
    return `${statistic(blocks).toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}

/** With the score after each access, and the limit that so many of the readers' own blocks exceed at any access. */
function detection(blocks, share) {
  const highest = blocks.map((block) => ({ ...block, score: Math.max(...block.running) }));
  const limit = limitAt(highest, share);
  const stretches = stretchesOf(blocks);
  const until = stretches.map((running) => running.findIndex((score) => score > limit) + 1).filter((at) => at > 0);
  return `At ${share * 100} % of own blocks alarmed: ${until.length} of ${stretches.length} masqueraders found, after ${median(until)} accesses (median).`;
}

/** Blocks of somebody else's that follow each other are one masquerader. */
function stretchesOf(blocks) {
  const stretches = [];
  let before = null;
  for (const block of blocks) {
    if (block.label === 1) {
      const goesOn = before?.label === 1 && before.reader === block.reader;
      if (!goesOn) stretches.push([]);
      stretches.at(-1).push(...block.running);
    }
    before = block;
  }
  return stretches;
}

/** What the reader's own threshold, at one challenge a month, does without anybody answering. */
function ownThreshold(blocks) {
  const share = (some) => some.filter(({ alarms }) => alarms > 0).length;
  const own = blocks.filter(({ label }) => label === 0);
  const others = blocks.filter(({ label }) => label === 1);
  return `At the readers' own thresholds (one challenge a month): ${share(others)} of ${others.length} of somebody else's blocks, ${share(own)} of ${own.length} of their own.`;
}
