import { type InstanceId, isIdentifier, layout } from "@fogbound/protocol";
import type { Chain } from "./chains.js";
import { addKind, type Context, epochName, type Kinds, type RecordKind } from "./context.js";
import { mostFindingsOfOneCode } from "./findings.js";
import type { Sequence } from "./sequence.js";

/** A record whose body nothing that was handed in has. */
export interface LostRecord {
  readonly number: number;
  readonly kind: RecordKind | null;
  /** Whether other bytes lie in its place: nobody's right excuses that. */
  readonly changed: boolean;
}

/** A batch that its store lacks, whole or in part. */
export interface LostBatch {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batch: number;
  /** Those that nothing brought back. */
  readonly records: readonly LostRecord[];
  /** Whether the whole object is gone. */
  readonly gone: boolean;
  /** Of its bundle. */
  readonly time: number;
  report(lost: readonly number[]): void;
}

interface LostEpoch {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batches: LostBatch[];
  gone: number;
  lastTime: number;
  /** Batches not kept in `batches`: with records that are lost, and brought back whole. */
  lostBeyond: number;
  restoredBeyond: number;
}

/** A head that its store lacks. */
export interface LostHead {
  readonly instance: InstanceId;
  readonly epoch: number;
  report(): void;
}

/** A wrap that is gone, or is not what its head names. */
export interface LostWrap {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly name: string;
  readonly gone: boolean;
}

/** An epoch of which no wrap opens with the keys given. */
export interface UnreadableEpoch {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly names: readonly string[];
}

/**
 * What is lost, until the end tells whether it is missing: an owner may have erased it, or the manifest's rule let it be
 * dropped. Memory grows with epochs, not with records.
 */
export class Losses {
  readonly #epochs: Map<string, LostEpoch> = new Map();
  readonly #heads: LostHead[] = [];
  readonly #wraps: LostWrap[] = [];
  readonly #unreadable: UnreadableEpoch[] = [];
  readonly #dropped = new Set<string>();
  readonly #erased = new Set<string>();
  erased = 0;
  dropped = 0;

  addBatch(lost: LostBatch): void {
    const known = this.#epoch(lost.instance, lost.epoch);
    if (lost.gone) known.gone++;
    known.lastTime = Math.max(known.lastTime, lost.time);
    if (known.batches.length < mostFindingsOfOneCode) known.batches.push(lost);
    else if (lost.records.length > 0) known.lostBeyond++;
    else known.restoredBeyond++;
  }

  addHead(lost: LostHead): void {
    this.#heads.push(lost);
    this.#epoch(lost.instance, lost.epoch);
  }

  addWrap(lost: LostWrap): void {
    if (this.#wraps.length < 10 * mostFindingsOfOneCode) this.#wraps.push(lost);
    this.#epoch(lost.instance, lost.epoch);
  }

  addUnreadable(epoch: UnreadableEpoch): void {
    this.#unreadable.push(epoch);
  }

  /** After everything else was judged: what is excused here counts as read from then on. */
  judge(context: Context, sequence: Sequence): void {
    for (const [name, lost] of this.#epochs) {
      const unread = context.unread.epochs.get(name);
      if (isDropped(context, sequence, lost)) {
        this.#dropped.add(name);
        this.dropped += excuse(context, lost.instance, unread ?? new Map());
      } else if (context.notes.isEpochErased(lost.instance, lost.epoch)) reportChanged(lost);
      else this.#judgeBatches(context, lost);
    }
    this.#judgeErased(context);
    this.#judgeParts(context);
  }

  /** Whether an epoch was erased by right or dropped by rule; known after `judge`. */
  isGone(instance: InstanceId, epoch: number): boolean {
    const name = epochName(instance, epoch);
    return this.#dropped.has(name) || this.#erased.has(name);
  }

  #epoch(instance: InstanceId, epoch: number): LostEpoch {
    const name = epochName(instance, epoch);
    const none = { gone: 0, lastTime: 0, lostBeyond: 0, restoredBeyond: 0 };
    const known = this.#epochs.get(name) ?? { instance, epoch, batches: [], ...none };
    this.#epochs.set(name, known);
    return known;
  }

  #judgeErased(context: Context): void {
    for (const [name, unread] of context.unread.epochs) {
      const [instance, epoch] = name.split(" ");
      if (this.#dropped.has(name) || !isIdentifier("ins", instance)) continue;
      if (!context.notes.isEpochErased(instance, Number(epoch))) continue;
      this.#erased.add(name);
      this.erased += excuse(context, instance, unread);
    }
  }

  /** An erased epoch loses its wraps and keeps its head; one that was dropped keeps neither. */
  #judgeParts(context: Context): void {
    const isErased = ({ instance, epoch }: LostWrap | UnreadableEpoch): boolean =>
      this.isGone(instance, epoch) || context.notes.isEpochErased(instance, epoch);
    for (const head of this.#heads) if (!this.#dropped.has(epochName(head.instance, head.epoch))) head.report();
    for (const wrap of this.#wraps) if (!(wrap.gone && isErased(wrap))) judgeWrap(context, wrap);
    for (const epoch of this.#unreadable) if (!isErased(epoch)) judgeUnreadable(context, epoch);
  }

  #judgeBatches(context: Context, lost: LostEpoch): void {
    const { instance, epoch, batches, lostBeyond, restoredBeyond } = lost;
    // Bundles are read side by side: the order in which losses were found says nothing.
    for (const { records, report } of batches.sort((one, other) => one.batch - other.batch)) {
      const isErased = ({ number, changed }: LostRecord): boolean =>
        !changed && context.notes.isRecordErased(instance, epoch, number);
      const erased = records.filter(isErased);
      const kinds: Kinds = new Map();
      for (const { kind } of erased) addKind(kinds, kind);
      this.erased += excuse(context, instance, kinds);
      if (records.length === 0 || erased.length < records.length)
        report(records.filter((one) => !isErased(one)).map(({ number }) => number));
    }
    const say = (count: number, severity: "broken" | "repaired", what: string): void => {
      const sentence = `${count} more batches of epoch ${epoch} of ${instance} ${what} and not listed.`;
      if (count > 0) context.findings.add("BATCH_MISSING", severity, sentence, [layout.head(instance, epoch)]);
    };
    say(lostBeyond, "broken", "are lost");
    say(restoredBeyond, "repaired", "were lost, are restored from the harmonizer");
  }
}

/** What was erased by right or dropped by rule need not be read for the rest to be proved. @returns how many they are */
function excuse({ unread, unseen, manifests }: Context, instance: InstanceId, kinds: Kinds): number {
  let count = 0;
  for (const [kind, one] of kinds) {
    addKind(unseen.excused, kind, one);
    count += one;
  }
  if (manifests.journals.has(instance)) unread.journalRecords -= count;
  else unread.hostRecords -= count;
  return count;
}

const millisecondsPerDay = 86_400_000;

/**
 * By rule an epoch goes as a whole, when it has ended, was acknowledged, and not before the longest retention that any
 * manifest since asked for.
 */
function isDropped(context: Context, sequence: Sequence, lost: LostEpoch): boolean {
  const chain = sequence.chains.get(lost.instance);
  const whole = lost.gone === (chain?.epochs.get(lost.epoch) ?? 0);
  return whole && isExpired(context, sequence, lost) && isReceived(context, chain, lost.epoch);
}

function isReceived({ notes }: Context, chain: Chain | undefined, epoch: number): boolean {
  const begun = chain?.begun.get(epoch);
  if (chain === undefined || begun === undefined) return false;
  const last = (chain.begun.get(epoch + 1)?.first ?? chain.position.number + 1) - 1;
  return last < begun.first || notes.isReceived(chain.instance, last);
}

/** @param epoch with the time of its last bundle, as far as that is known */
export function isExpired(
  context: Context,
  { chains, anchor, version }: Sequence,
  { instance, epoch, lastTime }: Pick<LostEpoch, "instance" | "epoch" | "lastTime">,
): boolean {
  const chain = chains.get(instance);
  const begun = chain?.begun.get(epoch);
  const end = chain === undefined ? null : endOf(chain, epoch, chains);
  if (chain === undefined || begun === undefined || end === null || anchor === null) return false;
  const days = retainDays(context, begun.version, version);
  return Math.max(end, lastTime) + days * millisecondsPerDay < anchor.time;
}

/** When the next epoch began, or the instance that took its place; null while it may be running. */
export function endOf(chain: Chain, epoch: number, chains: Sequence["chains"]): number | null {
  const next = chain.begun.get(epoch + 1);
  if (next !== undefined) return next.time;
  if (epoch < chain.position.epoch) return null;
  const successors = [...chains.values()].filter(({ previous }) => previous?.instance === chain.instance);
  const times = successors.flatMap(({ begun }) => begun.get(1)?.time ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

/** The longest that a manifest from one version to another asks for; for ever when one of them was not shown. */
function retainDays({ manifests }: Context, from: number, to: number): number {
  const days = new Map<number, number>();
  for (const { value } of manifests.byHash.values())
    days.set(value.version, Math.max(days.get(value.version) ?? 0, value.retainDays ?? Number.POSITIVE_INFINITY));
  let longest = 0;
  for (let version = from; version <= to; version++)
    longest = Math.max(longest, days.get(version) ?? Number.POSITIVE_INFINITY);
  return from > to ? Number.POSITIVE_INFINITY : longest;
}

/** Erasing takes a body away, or the key to it; it puts no other in its place. */
function reportChanged({ batches }: LostEpoch): void {
  for (const { records, report } of batches) {
    const changed = records.filter((one) => one.changed).map(({ number }) => number);
    if (changed.length > 0) report(changed);
  }
}

function judgeWrap({ findings }: Context, { instance, epoch, name, gone }: LostWrap): void {
  const what = gone ? "is missing" : "is not the one its head names";
  const sentence = `A wrap of epoch ${epoch} of ${instance} ${what}: its recipient cannot read the epoch.`;
  findings.add("WRAP_ALTERED", "incomplete", sentence, [name]);
}

function judgeUnreadable({ findings }: Context, { instance, epoch, names }: UnreadableEpoch): void {
  const sentence = `No wrap of epoch ${epoch} of ${instance} opens with the keys given: its records stay unread.`;
  findings.add("EPOCH_UNREADABLE", "incomplete", sentence, names);
}
