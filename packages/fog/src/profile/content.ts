import { coldStart, mostSurprise, peersPrior, peersUnknown, unitsPerAccess } from "./defaults.js";
import type { Before, Features, View } from "./features.js";
import type { Hash } from "./hash.js";
import { countOf, type Sketch } from "./sketch.js";

/** What a reader has learnt names of, as far as content is judged by it. */
export interface Known {
  readonly sketch: Sketch;
  /** Hashes of the last items and folders learnt, in a ring; 0 is an empty place. */
  readonly recentItems: Uint32Array;
  readonly recentFolders: Uint32Array;
}

/** How surprising what was opened is, whatever the time and the pace. */
export interface ContentSurprise {
  /** Nats: how much better "somebody else" explains the access than "this reader". Negative: the reader's habit. */
  readonly evidence: number;
  /** The same for the item alone, and for the folders and kinds of names. */
  readonly item: number;
  readonly surroundings: number;
  readonly neverOpened: boolean;
  readonly newFolder: boolean;
  /** The item follows the one before it in a way this reader has shown. */
  readonly usualOrder: boolean;
}

const unused = 1e-4;
const shares = { item: 0.6, pair: 0.3, recent: 0.3, folder: 0.5, folderPair: 0.2, recentFolder: 1 };
const orderPrior = 0.5;
const mostForHabit = 20;
const mostAround = 2;
const around: readonly (readonly [View, number])[] = [
  ["second", 0.4],
  ["third", 0.4],
  ["top", 0.4],
  ["ending", 0.4],
  ["shape", 0.3],
  ["action", 0.3],
];
const weightOfFolder = 0.4;

/** One look at one access: everything is asked as "how much likelier is it from this reader than from the others". */
class Comparison {
  private readonly own: number;
  private readonly all: number;
  private readonly share: number;
  private readonly cold: number;
  private readonly known: Known;
  private readonly peers: Sketch;

  constructor(known: Known, peers: Sketch) {
    this.known = known;
    this.peers = peers;
    this.own = known.sketch.mass / unitsPerAccess;
    this.all = peers.mass;
    this.share = Math.min(0.9, this.own / Math.max(1, this.all));
    this.cold = coldStart / (this.own + coldStart);
  }

  ofReader(hash: Hash): number {
    return this.own === 0 ? 0 : countOf(this.known.sketch, hash) / unitsPerAccess / this.own;
  }

  /** What the others do: the peers' counts without the reader's own part in them. */
  ofOthers(hash: Hash, reader: number): number {
    const mass = this.all + peersPrior * peersUnknown;
    const together = (countOf(this.peers, hash) + peersPrior) / mass;
    return Math.max((together - this.share * reader) / (1 - this.share), unused * together, peersPrior / mass);
  }

  ratio(hash: Hash): number {
    const reader = this.ofReader(hash);
    return reader / this.ofOthers(hash, reader);
  }

  /** How likely the reader is to go from `from` to what `pair` says, over how likely the others are to be there. */
  afterwards(pair: Hash, from: Hash, to: Hash): number {
    const times = countOf(this.known.sketch, pair) / unitsPerAccess;
    const before = countOf(this.known.sketch, from) / unitsPerAccess;
    return Math.min(1, times / (before + orderPrior)) / this.ofOthers(to, this.ofReader(to));
  }

  recent(ring: Uint32Array, hash: Hash): number {
    let hits = 0;
    let filled = 0;
    for (const place of ring) {
      if (place !== 0) filled++;
      if (place === hash.place) hits++;
    }
    return filled === 0 ? 0 : hits / filled / this.ofOthers(hash, this.ofReader(hash));
  }

  /** Nats for somebody else, from a likelihood ratio that a little of "anybody" is mixed into. */
  surprise(ratio: number): number {
    const anybody = Math.max(1 / mostSurprise, this.cold);
    return -Math.log(ratio * (1 - anybody) + anybody);
  }
}

export function contentSurprise(
  known: Known,
  peers: Sketch,
  features: Features,
  before: Before | null,
): ContentSurprise {
  const comparison = new Comparison(known, peers);
  const item = Math.max(-mostForHabit, comparison.surprise(itemRatio(comparison, known, features, before)));
  const surroundings =
    weightOfFolder * bounded(folderSurprise(comparison, known, features, before)) +
    around.reduce((sum, [view, weight]) => {
      const hash = features[view];
      return hash === null ? sum : sum + weight * bounded(comparison.surprise(comparison.ratio(hash)));
    }, 0);
  return {
    evidence: item + surroundings,
    item,
    surroundings,
    neverOpened: countOf(known.sketch, features.item) === 0,
    newFolder: features.folder !== null && countOf(known.sketch, features.folder) === 0,
    usualOrder: features.pair !== null && countOf(known.sketch, features.pair) > 0,
  };
}

function itemRatio(comparison: Comparison, known: Known, { item, pair }: Features, before: Before | null): number {
  const parts: Part[] = [
    [shares.item, comparison.ratio(item)],
    [shares.recent, comparison.recent(known.recentItems, item)],
  ];
  if (pair !== null && before !== null) parts.push([shares.pair, comparison.afterwards(pair, before.item, item)]);
  return mixed(parts);
}

function folderSurprise(
  comparison: Comparison,
  known: Known,
  { folder, folderPair }: Features,
  before: Before | null,
): number {
  if (folder === null) return 0;
  const parts: Part[] = [
    [shares.folder, comparison.ratio(folder)],
    [shares.recentFolder, comparison.recent(known.recentFolders, folder)],
  ];
  if (folderPair !== null && before?.folder)
    parts.push([shares.folderPair, comparison.afterwards(folderPair, before.folder, folder)]);
  return comparison.surprise(mixed(parts));
}

type Part = readonly [share: number, ratio: number];

function mixed(parts: readonly Part[]): number {
  let total = 0;
  let shares = 0;
  for (const [share, ratio] of parts) {
    total += share * ratio;
    shares += share;
  }
  return total / shares;
}

function bounded(nats: number): number {
  return Math.max(-mostAround, Math.min(mostAround, nats));
}
