import { type InstanceId, isIdentifier, layout } from "@fogbound/protocol";
import { type Context, epochName } from "./context.js";
import { mostFindingsOfOneCode } from "./findings.js";
import type { Sequence } from "./sequence.js";

/** A batch of which bodies are lost: nothing that was handed in has them. */
export interface LostBatch {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batch: number;
  /** Numbers of the records without a body. */
  readonly numbers: readonly number[];
  /** Whether the whole object is gone, and with it every body. */
  readonly gone: boolean;
  readonly version: number;
  /** Of its bundle. */
  readonly time: number;
  report(lost: readonly number[]): void;
}

interface LostEpoch {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batches: LostBatch[];
  /** All of them, those not kept in `batches` too. */
  count: number;
  gone: number;
  lastTime: number;
  lowestVersion: number;
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
  readonly #wraps: LostWrap[] = [];
  readonly #unreadable: UnreadableEpoch[] = [];
  readonly #gone = new Set<string>();
  erased = 0;
  dropped = 0;

  addBatch(lost: LostBatch): void {
    const name = epochName(lost.instance, lost.epoch);
    const known = this.#epochs.get(name) ?? {
      instance: lost.instance,
      epoch: lost.epoch,
      batches: [],
      count: 0,
      gone: 0,
      lastTime: 0,
      lowestVersion: lost.version,
    };
    this.#epochs.set(name, known);
    known.count++;
    if (lost.gone) known.gone++;
    known.lastTime = Math.max(known.lastTime, lost.time);
    if (known.batches.length < mostFindingsOfOneCode) known.batches.push(lost);
  }

  addWrap(lost: LostWrap): void {
    if (this.#wraps.length < 10 * mostFindingsOfOneCode) this.#wraps.push(lost);
  }

  addUnreadable(epoch: UnreadableEpoch): void {
    this.#unreadable.push(epoch);
  }

  /** After everything else was judged: what is excused here counts as read from then on. */
  judge(context: Context, sequence: Sequence): void {
    const gone = this.#gone;
    for (const [name, lost] of this.#epochs) {
      const rule = this.#isDropped(context, sequence, lost);
      if (rule) this.dropped += this.#excuse(context, lost.instance, context.unread.epochs.get(name) ?? 0);
      if (rule || context.notes.isEpochErased(lost.instance, lost.epoch)) gone.add(name);
      else this.#judgeBatches(context, lost);
    }
    for (const [name, count] of context.unread.epochs) {
      const [instance, epoch] = name.split(" ");
      if (!isIdentifier("ins", instance) || !context.notes.isEpochErased(instance, Number(epoch))) continue;
      gone.add(name);
      this.erased += this.#excuse(context, instance, count);
    }
    this.#judgeSecrets(context, gone);
  }

  /** Whether an epoch was erased by right or dropped by rule; known after `judge`. */
  isGone(instance: InstanceId, epoch: number): boolean {
    return this.#gone.has(epochName(instance, epoch));
  }

  #judgeSecrets(context: Context, gone: ReadonlySet<string>): void {
    const isGone = ({ instance, epoch }: LostWrap | UnreadableEpoch): boolean =>
      gone.has(epochName(instance, epoch)) || context.notes.isEpochErased(instance, epoch);
    for (const wrap of this.#wraps) if (!(wrap.gone && isGone(wrap))) judgeWrap(context, wrap);
    for (const epoch of this.#unreadable) if (!isGone(epoch)) judgeUnreadable(context, epoch);
  }

  #judgeBatches(context: Context, { instance, epoch, batches, count }: LostEpoch): void {
    for (const lost of batches) {
      const missing = lost.numbers.filter((number) => !context.notes.isRecordErased(instance, epoch, number));
      this.erased += this.#excuse(context, instance, lost.numbers.length - missing.length);
      if (missing.length > 0) lost.report(missing);
    }
    if (count === batches.length) return;
    const sentence = `${count - batches.length} more batches of epoch ${epoch} of ${instance} are lost and not listed.`;
    context.findings.add("BATCH_MISSING", "broken", sentence, [layout.head(instance, epoch)]);
  }

  /** What was erased by right or dropped by rule need not be read for the rest to be proved. */
  #excuse({ unread, manifests }: Context, instance: InstanceId, count: number): number {
    if (manifests.journals.has(instance)) unread.journalRecords -= count;
    else unread.hostRecords -= count;
    return count;
  }

  /** By rule an epoch goes as a whole, when it has ended, and not before the longest retention that any manifest since asked for. */
  #isDropped({ manifests }: Context, { chains, anchor, version }: Sequence, lost: LostEpoch): boolean {
    const chain = chains.get(lost.instance);
    const whole = lost.gone === lost.count && lost.count === (chain?.epochs.get(lost.epoch) ?? 0);
    if (chain === undefined || anchor === null || !whole) return false;
    const since = [...manifests.byHash.values()].filter(
      ({ value }) => value.version >= lost.lowestVersion && value.version <= version,
    );
    const days = since.map(({ value }) => value.retainDays ?? Number.POSITIVE_INFINITY);
    return days.length > 0 && lost.lastTime + Math.max(...days) * millisecondsPerDay < anchor.time;
  }
}

const millisecondsPerDay = 86_400_000;

function judgeWrap({ findings }: Context, { instance, epoch, name, gone }: LostWrap): void {
  const what = gone ? "is missing" : "is not the one its head names";
  const sentence = `A wrap of epoch ${epoch} of ${instance} ${what}: its recipient cannot read the epoch.`;
  findings.add("WRAP_ALTERED", "incomplete", sentence, [name]);
}

function judgeUnreadable({ findings }: Context, { instance, epoch, names }: UnreadableEpoch): void {
  const sentence = `No wrap of epoch ${epoch} of ${instance} opens with the keys given: its records stay unread.`;
  findings.add("EPOCH_UNREADABLE", "incomplete", sentence, names);
}
