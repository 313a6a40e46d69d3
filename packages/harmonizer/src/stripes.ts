import { sha256 } from "@fogbound/crypto";
import { Serial } from "@fogbound/errors";
import { type CapsuleId, type InstanceId, parityShard, sameBytes } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { Step } from "./advance.js";
import type { ReadBatch } from "./batch-content.js";
import { eraseSpares } from "./erase-spares.js";
import { erasureMark, erasureName } from "./erasures.js";
import type { SequencedBundle } from "./history.js";
import type { LogReader } from "./log-reader.js";
import type { Manifests } from "./manifest-facts.js";
import { names } from "./names.js";
import { putDerived } from "./objects.js";
import { type Keeps, OpenBundles } from "./open-bundles.js";
import { type BatchName, type CopiedBundle, type OpenCopies, placeOf } from "./open-copies.js";
import { mostShardBytes, parityShards, runsOf } from "./parity-shards.js";
import type { EpochPlace } from "./retention.js";
import { closedStripes, isSound } from "./spares.js";

export interface StripeParts {
  readonly store: ObjectStore;
  readonly log: LogReader;
  readonly manifests: Manifests;
  readonly copies: OpenCopies;
  /** Default: none is. */
  readonly keeps?: Keeps;
  /** Reads what other processes sequenced since. */
  readonly refresh: () => Promise<void>;
}

interface OpenStripe {
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  readonly epoch: number;
  /** Numbers of sequenced batches without parity. */
  readonly batches: Set<number>;
  /** Past the first of them: those under parity, lost, or too long for a shard, which are not tried again. */
  readonly gone: Set<number>;
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
 * pushed. A bundle's copies are dropped after all shards over all of them are durable, so that at every moment one or
 * the other is there. What fails leaves the copies, and is tried again with the next batch, the next epoch or the next
 * start.
 */
export class Stripes {
  readonly #parts: StripeParts;
  readonly #open = new Map<string, OpenStripe>();
  readonly #bundles: OpenBundles;
  readonly #serial = new Serial();

  constructor(parts: StripeParts) {
    this.#parts = parts;
    this.#bundles = new OpenBundles(parts.copies, parts.keeps);
  }

  /** What this process sequenced. Returns at once. */
  take({ bundle: { number }, root }: SequencedBundle, steps: readonly Step[]): void {
    const taken = steps.filter((step) => step.kind === "batch");
    const batches = taken.map(({ content: { statement, statementBytes } }) => {
      const { capsule, instance, epoch, batch } = statement;
      return { capsule, instance, epoch, batch, statement: statementBytes };
    });
    if (batches.length > 0) {
      const whole = taken.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
      this.#parts.copies.keep(number, whole);
      this.#take({ number, root, batches });
    }
    for (const { instance, epoch } of batches)
      if (this.#mayBeFull(instance, epoch)) this.#later(() => this.#closeFull(instance, epoch));
    for (const step of steps) {
      if (step.kind !== "head" || step.head.epoch === 1) continue;
      const { instance, epoch } = step.head;
      this.#later(() => this.#endEpochs(instance, epoch));
    }
  }

  /** Takes up what an earlier process left: copies under sound parity go, the others wait in their stripes. */
  recover(): void {
    if (!this.#parts.store.readOnly) this.#later(() => this.#recover());
  }

  /** Closes every open stripe of a capsule, full or not, and lets go of copies that nobody keeps any more. */
  close(capsule: CapsuleId): Promise<void> {
    return this.#serial.run(async () => {
      for (const stripe of [...this.#open.values()])
        if (stripe.capsule === capsule) await this.#closeAll(stripe.instance, stripe.epoch);
      await this.#bundles.release();
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
      const { store } = this.#parts;
      this.#open.delete(nameOf(instance, epoch));
      for await (const { key } of store.list(names.parities(instance, epoch))) await store.delete(key);
      await this.#dropCopies(instance, epoch);
    });
  }

  /** Resolves when nothing of this is under way. */
  async drain(): Promise<void> {
    await this.#serial.run(async () => undefined);
  }

  #later(work: () => Promise<void>): void {
    this.#serial.run(work).catch(() => undefined);
  }

  /** False when the manifest in force is known to want more batches: then there is nothing to wait in line for. */
  #mayBeFull(instance: InstanceId, epoch: number): boolean {
    const stripe = this.#open.get(nameOf(instance, epoch));
    const inForce = stripe && this.#parts.log.state.capsule(stripe.capsule);
    if (!stripe?.rules || !inForce || !sameBytes(stripe.rules.manifest, inForce.hash)) return true;
    return stripe.batches.size >= stripe.rules.most;
  }

  #take(bundle: CopiedBundle): void {
    this.#bundles.take(bundle);
    for (const batch of bundle.batches) this.#add(batch.capsule, batch);
  }

  #add(capsule: CapsuleId, { instance, epoch, batch }: BatchName): void {
    const name = nameOf(instance, epoch);
    const stripe = this.#open.get(name) ?? newStripe(capsule, instance, epoch);
    this.#open.set(name, stripe);
    stripe.batches.add(batch);
    stripe.gone.delete(batch);
  }

  async #dropCopies(instance: InstanceId, epoch: number): Promise<void> {
    const { log, copies } = this.#parts;
    const open = await copies.numbers();
    for (let batch = 1; batch <= log.places.batches(instance, epoch); batch++) {
      const name = { instance, epoch, batch };
      const number = this.#bundleOf(name) ?? -1;
      if (!open.has(number)) continue;
      await copies.leaveOut(name);
      await this.#bundles.cover([{ number, name }]);
    }
  }

  async #spareAgain(read: ReadBatch): Promise<void> {
    const { copies } = this.#parts;
    const { capsule, instance, epoch } = read.statement;
    const bundle = await copies.bundleOf(read.statement);
    if (bundle === null) return;
    const sequenced = bundle.batches[placeOf(bundle, read.statement)];
    if (!sameBytes(read.batch.statement, sequenced?.statement ?? null)) return;
    if ((await copies.ofBatch(read.statement))?.isWhole || (await this.#isCovered(read.statement))) return;
    const { parity } = await this.#rules(newStripe(capsule, instance, epoch));
    if (parity === 0) return;
    await copies.restore(bundle, read);
    this.#bundles.takeOne(bundle, read.statement);
    this.#add(capsule, read.statement);
    await this.#closeFull(instance, epoch);
  }

  async #isCovered({ instance, epoch, batch }: BatchName): Promise<boolean> {
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
    for (const records of log.places.erasures.notes.get(note) ?? []) await eraseSpares(this.#parts, records);
    await putDerived(store, names.erasure(note), erasureMark(note));
  }

  async #eraseAll(): Promise<void> {
    const done = new Set<string>();
    const { store, log } = this.#parts;
    if (log.places.erasures.notes.size === 0) return;
    for await (const { key } of store.list(names.erasures)) done.add(key.slice(names.erasures.length));
    for (const note of log.places.erasures.notes.keys()) if (!done.has(note)) await this.#erase(note);
  }

  async #recover(): Promise<void> {
    const { log, copies } = this.#parts;
    await this.#eraseAll();
    // One that cannot be read must not keep the others from it.
    for await (const { number, key } of copies.list())
      if (number < log.position.next) await this.#takeUpBundle(number, key).catch(() => undefined);
    for (const stripe of [...this.#open.values()]) await this.#takeUp(stripe).catch(() => undefined);
  }

  async #takeUpBundle(number: number, key: string): Promise<void> {
    const { store, copies } = this.#parts;
    const bundle = await copies.bundle(number);
    const isLost = key !== names.copies(number, bundle.root) || bundle.batches.length === 0;
    if (isLost) await store.delete(key);
    else if (!this.#bundles.has(number)) this.#take(bundle);
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
    if (stripe.batches.size === 0) return;
    for await (const closed of closedStripes(store, instance, epoch, Math.min(...stripe.batches))) {
      const covered = [...stripe.batches].filter((batch) => closed.first <= batch && batch <= closed.last);
      if (covered.length === 0 || !(await isSound(store, instance, epoch, closed))) continue;
      await this.#cover(stripe, covered);
    }
  }

  async #endEpochs(instance: InstanceId, running: number): Promise<void> {
    for (let epoch = 1; epoch < running; epoch++) {
      const isOpen = this.#open.has(nameOf(instance, epoch));
      if (isOpen || epoch === running - 1) await this.#closeAll(instance, epoch);
    }
  }

  async #closeFull(instance: InstanceId, epoch: number): Promise<void> {
    for (let filled = false; ; ) {
      const stripe = this.#open.get(nameOf(instance, epoch));
      if (stripe === undefined) return;
      const { most } = await this.#rules(stripe);
      if (stripe.batches.size < most) return;
      const full = runsOf(stripe.batches).find(({ length }) => length >= most);
      if (full !== undefined) await this.#closeOne(stripe, full.slice(0, most));
      else if (filled) return;
      else this.#fill(stripe);
      filled ||= full === undefined;
    }
  }

  /** Adds the batches between its own that another process sequenced. */
  #fill({ capsule, instance, epoch, batches, gone }: OpenStripe): void {
    const last = Math.max(...batches);
    for (let batch = Math.min(...batches); batch < last; batch++) {
      const name = { instance, epoch, batch };
      if (!gone.has(batch) && this.#mayBeOpen(name)) this.#add(capsule, name);
    }
  }

  async #closeAll(instance: InstanceId, epoch: number): Promise<void> {
    await this.#gather(instance, epoch);
    for (;;) {
      const stripe = this.#open.get(nameOf(instance, epoch));
      if (stripe === undefined) return;
      const { most } = await this.#rules(stripe);
      const [run = []] = runsOf(stripe.batches);
      await this.#closeOne(stripe, run.slice(0, most));
    }
  }

  /** Adds what other processes sequenced in this epoch and left open. */
  async #gather(instance: InstanceId, epoch: number): Promise<void> {
    const { log, copies } = this.#parts;
    const capsule = log.state.chain(instance)?.capsule;
    const open = await copies.numbers();
    let isForeign = false;
    for (let batch = 1; batch <= log.places.batches(instance, epoch); batch++) {
      const name = { instance, epoch, batch };
      const number = this.#bundleOf(name) ?? -1;
      if (capsule === undefined || !open.has(number) || !this.#mayBeOpen(name)) continue;
      isForeign ||= !this.#bundles.has(number);
      this.#add(capsule, name);
    }
    const stripe = this.#open.get(nameOf(instance, epoch));
    if (isForeign && stripe !== undefined) await this.#dropCovered(stripe);
  }

  #bundleOf({ instance, epoch, batch }: BatchName): number | undefined {
    return this.#parts.log.places.batch(instance, epoch, batch);
  }

  #mayBeOpen(name: BatchName): boolean {
    const number = this.#bundleOf(name);
    return number !== undefined && this.#bundles.mayHold(number, name);
  }

  async #closeOne(stripe: OpenStripe, run: readonly number[]): Promise<void> {
    const found = await Promise.all(run.map((batch) => this.#copy(stripe, batch)));
    // One that rotted, that another process has turned into parity, or that is too long for a shard: it stays as it is.
    const lost = run.filter((_, at) => found[at] === null);
    if (lost.length > 0) {
      this.#forget(stripe, lost);
      return this.#dropCovered(stripe);
    }
    const whole = found.filter((copy) => copy !== null);
    await this.#putParity(stripe, run[0] ?? 0, whole);
    if (await this.#wasErased(stripe, run, whole)) return this.#closeOne(stripe, run);
    await this.#cover(stripe, run);
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

  /**
   * A body that another process erased meanwhile would live on in this parity: then it goes. Whoever erases sequences the
   * note, and takes parity away after that: what is not in the log by now, its process deletes.
   */
  async #wasErased(stripe: OpenStripe, run: readonly number[], whole: readonly Uint8Array[]): Promise<boolean> {
    const { store, copies, refresh } = this.#parts;
    await refresh();
    if (whole.every((bytes) => copies.withoutErased(stripe, bytes) === bytes)) return false;
    const [first = 0] = run;
    for await (const closed of closedStripes(store, stripe.instance, stripe.epoch, first))
      if (closed.first === first && closed.last === run.at(-1)) for (const key of closed.keys) await store.delete(key);
    return true;
  }

  async #copy({ instance, epoch }: OpenStripe, batch: number): Promise<Uint8Array | null> {
    const name = { instance, epoch, batch };
    const number = this.#bundleOf(name);
    if (number === undefined) return null;
    const { copies } = this.#parts;
    const found = await copies.read(await this.#bundles.bundle(number), name);
    if (found === null || !found.isWhole || found.bytes.length > mostShardBytes) return null;
    return copies.withoutErased(name, found.bytes);
  }

  /** Takes batches under parity off their stripe and off their bundles. */
  async #cover(stripe: OpenStripe, batches: readonly number[]): Promise<void> {
    const { instance, epoch } = stripe;
    this.#forget(stripe, batches);
    const covered = batches.map((batch) => {
      const name = { instance, epoch, batch };
      return { number: this.#bundleOf(name) ?? -1, name };
    });
    await this.#bundles.cover(covered);
  }

  async #rules(stripe: OpenStripe): Promise<Rules> {
    const { log, manifests } = this.#parts;
    const inForce = log.state.capsule(stripe.capsule);
    if (inForce === undefined) throw new TypeError(`Expected a capsule that was sequenced, got ${stripe.capsule}.`);
    const { version, hash: manifest } = inForce;
    if (stripe.rules !== null && sameBytes(stripe.rules.manifest, manifest)) return stripe.rules;
    const { batches, parity } = (await manifests.terms(stripe.capsule, version, manifest)).stripe;
    stripe.rules = { manifest, most: Math.max(1, batches), parity };
    return stripe.rules;
  }

  #forget(stripe: OpenStripe, batches: readonly number[]): void {
    for (const batch of batches) {
      stripe.batches.delete(batch);
      stripe.gone.add(batch);
    }
    const first = Math.min(...stripe.batches);
    for (const batch of stripe.gone) if (batch < first) stripe.gone.delete(batch);
    if (stripe.batches.size === 0) this.#open.delete(nameOf(stripe.instance, stripe.epoch));
  }
}

function newStripe(capsule: CapsuleId, instance: InstanceId, epoch: number): OpenStripe {
  return { capsule, instance, epoch, batches: new Set(), gone: new Set(), rules: null };
}

function nameOf(instance: InstanceId, epoch: number): string {
  return `${instance} ${epoch}`;
}
