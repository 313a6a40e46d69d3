import { parityOf, sha256 } from "@fogbound/crypto";
import { type CapsuleId, hashOf, type InstanceId, parityShard, sameBytes } from "@fogbound/protocol";
import { type ObjectStore, smallObjectBytes } from "@fogbound/storage";
import type { Step } from "./advance.js";
import type { ReadBatch } from "./batch-content.js";
import { type BatchCopy, readBatchCopy, readCopyOf, statementHashOf } from "./batch-copy.js";
import { eraseSpares, withoutErased } from "./erase-spares.js";
import { erasureName } from "./erasures.js";
import type { LogReader } from "./log-reader.js";
import type { Manifests } from "./manifest-facts.js";
import { names } from "./names.js";
import { putDerived } from "./objects.js";
import type { EpochPlace } from "./retention.js";
import { Serial } from "./serial.js";
import { closedStripes, isSound, type OpenCopy, openCopies, stripedIn } from "./spares.js";

export interface StripeParts {
  readonly store: ObjectStore;
  readonly log: LogReader;
  readonly manifests: Manifests;
  /** Whether a copy is wanted still when there is parity of it. Default: none is. */
  readonly keeps?: (instance: InstanceId, epoch: number, batch: number) => boolean;
}

interface OpenStripe {
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  readonly epoch: number;
  /** Sequenced batches without parity, by number: the hash of the statement; null where it is to be read in the log. */
  readonly batches: Map<number, Uint8Array | null>;
  rules: Rules | null;
}

/** What the manifest in force says of stripes. */
interface Rules {
  readonly manifest: Uint8Array;
  readonly most: number;
  readonly parity: number;
}

/**
 * Turns whole copies of batches into parity: k of one epoch make a stripe, fewer when the epoch ends or the log is
 * pushed. Copies are dropped after all shards are durable, so that at every moment one or the other is there. What fails
 * leaves the copies, and is tried again with the next batch, the next epoch or the next start.
 */
export class Stripes {
  readonly #parts: StripeParts;
  readonly #open = new Map<string, OpenStripe>();
  readonly #serial = new Serial();

  constructor(parts: StripeParts) {
    this.#parts = parts;
  }

  /** What this process sequenced. Returns at once. */
  take(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === "batch") {
        const { statement, statementBytes } = step.content;
        const { instance, epoch } = statement;
        this.#add(statement, hashOf(statementBytes));
        this.#later(() => this.#closeFull(instance, epoch));
      }
      if (step.kind !== "head" || step.head.epoch === 1) continue;
      const { instance, epoch } = step.head;
      this.#later(() => this.#endEpochs(instance, epoch));
    }
  }

  /** Takes up what an earlier process left: copies under sound parity go, the others wait in their stripes. */
  recover(): void {
    if (!this.#parts.store.readOnly) this.#later(() => this.#recover());
  }

  /**
   * Closes every open stripe of a capsule, full or not.
   * @param released instances of which copies were kept that may be wanted no more
   */
  close(capsule: CapsuleId, released: Iterable<InstanceId> = []): Promise<void> {
    return this.#serial.run(async () => {
      for (const instance of released) await this.#gather(names.openOfInstance(instance));
      for (const stripe of [...this.#open.values()]) {
        if (stripe.capsule !== capsule) continue;
        await this.#dropCovered(stripe);
        await this.#closeAll(stripe.instance, stripe.epoch);
      }
    });
  }

  /**
   * Keeps once more a batch that was sequenced before, when nothing sound is kept of it: as a copy, and as parity again
   * when its stripe is whole. Another statement over the same records is passed over.
   */
  spareAgain(read: ReadBatch): Promise<void> {
    return this.#serial.run(() => this.#spareAgain(read));
  }

  /**
   * Does this harmonizer's part of an erasure: takes the bodies out of copies, and parity that would bring them back away.
   * What is left of those batches is kept anew once it is submitted. Done again, it changes nothing.
   */
  erase(note: Uint8Array): Promise<void> {
    return this.#serial.run(() => this.#erase(erasureName(note)));
  }

  /** Drops everything kept of an epoch; the caller has made sure that it may go. */
  drop({ instance, epoch }: EpochPlace): Promise<void> {
    return this.#serial.run(async () => {
      this.#open.delete(nameOf(instance, epoch));
      for (const prefix of [names.parities(instance, epoch), names.openOf(instance, epoch)])
        for await (const { key } of this.#parts.store.list(prefix)) await this.#parts.store.delete(key);
    });
  }

  /** Resolves when nothing of this is under way. */
  async drain(): Promise<void> {
    await this.#serial.run(async () => undefined);
  }

  #later(work: () => Promise<void>): void {
    this.#serial.run(work).catch(() => undefined);
  }

  #add({ capsule, instance, epoch, batch }: OpenCopy & { readonly capsule: CapsuleId }, hash: Uint8Array | null): void {
    const name = nameOf(instance, epoch);
    const stripe = this.#open.get(name) ?? { capsule, instance, epoch, batches: new Map(), rules: null };
    this.#open.set(name, stripe);
    stripe.batches.set(batch, hash ?? stripe.batches.get(batch) ?? null);
  }

  /** Copies as they lie in the store: those of another process, or of one before, are among them. */
  async #gather(prefix?: string): Promise<void> {
    const { store, log, keeps = () => false } = this.#parts;
    const isStriped = stripedIn(store);
    for await (const copy of openCopies(store, prefix)) {
      const { instance, epoch, batch } = copy;
      const capsule = log.state.chain(instance)?.capsule;
      if (capsule === undefined || log.places.batch(instance, epoch, batch) === undefined) continue;
      // One that a sink still wants lies beside its parity, and makes no second stripe.
      if (keeps(instance, epoch, batch) && (await isStriped(copy))) continue;
      this.#add({ ...copy, capsule }, null);
    }
  }

  async #spareAgain({ batch: object, statement }: ReadBatch): Promise<void> {
    const { store, log } = this.#parts;
    const { capsule, instance, epoch, batch } = statement;
    const hash = await statementHashOf(log, statement, {});
    if (hash === null || !sameBytes(hash, hashOf(object.statement))) return;
    if ((await readCopyOf(store, log, statement, hash, {}))?.isWhole || (await this.#isCovered(statement))) return;
    const { parity } = await this.#rules({ capsule, instance, epoch, batches: new Map(), rules: null });
    if (parity === 0) return;
    await store.replace(
      names.batchCopy(instance, epoch, batch, hash),
      withoutErased(object, statement, log.places.erasures),
    );
    this.#add(statement, hash);
    await this.#closeFull(instance, epoch);
  }

  async #isCovered({ instance, epoch, batch }: OpenCopy): Promise<boolean> {
    const { store } = this.#parts;
    for await (const closed of closedStripes(store, instance, epoch, batch)) {
      if (closed.first > batch) return false;
      if (closed.last >= batch && (await isSound(store, instance, epoch, closed))) return true;
    }
    return false;
  }

  async #erase(note: string): Promise<void> {
    const { store, log } = this.#parts;
    if ((await store.head(names.erasure(note))) !== null) return;
    for (const records of log.places.erasures.notes.get(note) ?? []) await eraseSpares(store, log, records);
    await putDerived(store, names.erasure(note), new TextEncoder().encode(note));
  }

  async #eraseAll(): Promise<void> {
    const done = new Set<string>();
    const { store, log } = this.#parts;
    if (log.places.erasures.notes.size === 0) return;
    for await (const { key } of store.list(names.erasures)) done.add(key.slice(names.erasures.length));
    for (const note of log.places.erasures.notes.keys()) if (!done.has(note)) await this.#erase(note);
  }

  async #recover(): Promise<void> {
    await this.#eraseAll();
    await this.#gather();
    // One that cannot be closed must not keep the others from it.
    for (const stripe of [...this.#open.values()]) await this.#takeUp(stripe).catch(() => undefined);
  }

  async #takeUp(stripe: OpenStripe): Promise<void> {
    const { instance, epoch } = stripe;
    await this.#dropCovered(stripe);
    const hasEnded = epoch < (this.#parts.log.state.chain(instance)?.epoch ?? 0);
    await (hasEnded ? this.#closeAll(instance, epoch) : this.#closeFull(instance, epoch));
  }

  async #dropCovered(stripe: OpenStripe): Promise<void> {
    const { store } = this.#parts;
    const { instance, epoch } = stripe;
    for await (const closed of closedStripes(store, instance, epoch, Math.min(...stripe.batches.keys()))) {
      const covered = [...stripe.batches.keys()].filter((batch) => closed.first <= batch && batch <= closed.last);
      if (covered.length === 0 || !(await isSound(store, instance, epoch, closed))) continue;
      await this.#dropCopies(stripe, covered);
    }
  }

  async #endEpochs(instance: InstanceId, running: number): Promise<void> {
    for (let epoch = 1; epoch < running; epoch++) {
      const isOpen = this.#open.has(nameOf(instance, epoch));
      if (isOpen || epoch === running - 1) await this.#closeAll(instance, epoch);
    }
  }

  async #closeFull(instance: InstanceId, epoch: number): Promise<void> {
    for (let gathered = false; ; ) {
      const stripe = this.#open.get(nameOf(instance, epoch));
      if (stripe === undefined) return;
      const { most } = await this.#rules(stripe);
      if (stripe.batches.size < most) return;
      const full = runsOf(stripe.batches.keys()).find(({ length }) => length >= most);
      if (full !== undefined) await this.#closeOne(stripe, full.slice(0, most));
      else if (gathered) return;
      else await this.#gather(names.openOf(instance, epoch));
      gathered ||= full === undefined;
    }
  }

  async #closeAll(instance: InstanceId, epoch: number): Promise<void> {
    await this.#gather(names.openOf(instance, epoch));
    for (;;) {
      const stripe = this.#open.get(nameOf(instance, epoch));
      if (stripe === undefined) return;
      const { most } = await this.#rules(stripe);
      const [run = []] = runsOf(stripe.batches.keys());
      await this.#closeOne(stripe, run.slice(0, most));
    }
  }

  async #closeOne(stripe: OpenStripe, run: readonly number[]): Promise<void> {
    const copies = await Promise.all(run.map((batch) => this.#copy(stripe, batch)));
    // One that rotted, that another process has turned into parity, or that is too long for a shard: it stays as it is.
    const lost = run.filter((_, at) => copies[at] === null);
    if (lost.length > 0) return this.#forget(stripe, lost);
    const whole = copies.filter((copy) => copy !== null);
    await this.#putParity(stripe, run[0] ?? 0, whole);
    if (await this.#wasErased(stripe, run, whole)) return this.#closeOne(stripe, run);
    await this.#dropCopies(stripe, run);
  }

  async #putParity(stripe: OpenStripe, first: number, copies: readonly Uint8Array[]): Promise<void> {
    const { capsule, instance, epoch } = stripe;
    const { parity } = await this.#rules(stripe);
    const lengths = copies.map(({ length }) => length);
    const last = first + copies.length - 1;
    for (const [index, shard] of parityShards(copies, parity).entries()) {
      const of = { suite: 1, capsule, instance, epoch, first, lengths, parity, index } as const;
      const bytes = parityShard.encode({ ...of, shard, digest: sha256(shard) });
      await putDerived(this.#parts.store, names.parity({ instance, epoch, first, last, parity, index }), bytes);
    }
  }

  /** A body that another process erased meanwhile would live on in this parity: then it goes. */
  async #wasErased(stripe: OpenStripe, run: readonly number[], copies: readonly Uint8Array[]): Promise<boolean> {
    const { store } = this.#parts;
    const { instance, epoch } = stripe;
    const now = await Promise.all(run.map((batch) => this.#found(stripe, batch)));
    if (now.every((found, at) => found === null || sameBytes(found.bytes, copies[at] ?? null))) return false;
    const [first = 0] = run;
    for await (const closed of closedStripes(store, instance, epoch, first))
      if (closed.first === first && closed.last === run.at(-1)) for (const key of closed.keys) await store.delete(key);
    return true;
  }

  async #copy(stripe: OpenStripe, batch: number): Promise<Uint8Array | null> {
    const found = await this.#found(stripe, batch);
    return found?.isWhole && found.bytes.length <= mostShardBytes ? found.bytes : null;
  }

  #found({ instance, epoch, batches }: OpenStripe, batch: number): Promise<BatchCopy | null> {
    const { store, log } = this.#parts;
    const hash = batches.get(batch) ?? null;
    const name = { instance, epoch, batch };
    return hash === null ? readBatchCopy(store, log, name, {}) : readCopyOf(store, log, name, hash, {});
  }

  /** Also those of a submission that lost: only one batch of a number is ever sequenced. */
  async #dropCopies(stripe: OpenStripe, batches: readonly number[]): Promise<void> {
    const { store, keeps = () => false } = this.#parts;
    const { instance, epoch } = stripe;
    for (const batch of batches) {
      if (keeps(instance, epoch, batch)) continue;
      for await (const { key } of store.list(names.batchCopies(instance, epoch, batch))) await store.delete(key);
    }
    this.#forget(stripe, batches);
  }

  async #rules(stripe: OpenStripe): Promise<Rules> {
    const { log, manifests } = this.#parts;
    const inForce = log.state.capsule(stripe.capsule);
    if (inForce === undefined) throw new TypeError(`Expected a capsule that was sequenced, got ${stripe.capsule}.`);
    const { version, hash: manifest } = inForce;
    if (stripe.rules !== null && sameBytes(stripe.rules.manifest, manifest)) return stripe.rules;
    const { batches, parity } = (await manifests.facts(stripe.capsule, version, manifest)).stripe;
    stripe.rules = { manifest, most: Math.max(1, batches), parity };
    return stripe.rules;
  }

  #forget(stripe: OpenStripe, batches: readonly number[]): void {
    for (const batch of batches) stripe.batches.delete(batch);
    if (stripe.batches.size === 0) this.#open.delete(nameOf(stripe.instance, stripe.epoch));
  }
}

/** What a shard's own object leaves beside its names and lengths. */
const mostShardBytes = smallObjectBytes - 4096;

function parityShards(batches: readonly Uint8Array[], parity: number): Uint8Array[] {
  if (parity === 0) return [];
  const size = Math.max(...batches.map(({ length }) => length));
  const shards = batches.map((bytes) => {
    const shard = new Uint8Array(size);
    shard.set(bytes);
    return shard;
  });
  return parityOf(shards, parity);
}

/** Numbers that follow one another without a gap. */
function runsOf(numbers: Iterable<number>): number[][] {
  const runs: number[][] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run?.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  return runs;
}

function nameOf(instance: InstanceId, epoch: number): string {
  return `${instance} ${epoch}`;
}
