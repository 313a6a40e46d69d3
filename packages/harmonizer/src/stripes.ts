import { parityOf, sha256 } from "@fogbound/crypto";
import { type CapsuleId, type InstanceId, parityShard } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { Step } from "./advance.js";
import { readBatchCopy } from "./batch-copy.js";
import type { LogReader } from "./log-reader.js";
import type { Manifests } from "./manifest-facts.js";
import { names } from "./names.js";
import { putDerived } from "./objects.js";
import { Serial } from "./serial.js";
import { closedStripes, openCopies } from "./spares.js";

export interface StripeParts {
  readonly store: ObjectStore;
  readonly log: LogReader;
  readonly manifests: Manifests;
}

interface OpenStripe {
  readonly capsule: CapsuleId;
  readonly instance: InstanceId;
  readonly epoch: number;
  /** Numbers of sequenced batches without parity, in order. */
  batches: number[];
}

/**
 * Turns whole copies of batches into parity: k of one epoch make a stripe, fewer when the epoch ends or the log is
 * pushed. Copies are dropped after all shards are durable, so that at every moment one or the other is there. What fails
 * leaves the copies, and is tried again with the next batch or the next start.
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
        const { capsule, instance, epoch, batch } = step.content.statement;
        this.#add({ capsule, instance, epoch }, batch);
        this.#later(() => this.#closeFull(instance, epoch));
      }
      if (step.kind !== "head" || step.head.epoch === 1) continue;
      const { instance, epoch } = step.head;
      this.#later(() => this.#closeAll(instance, epoch - 1));
    }
  }

  /** Takes up what an earlier process left: copies under finished parity go, the others wait in their stripes. */
  recover(): void {
    if (!this.#parts.store.readOnly) this.#later(() => this.#recover());
  }

  /** Closes every open stripe of a capsule, full or not. */
  close(capsule: CapsuleId): Promise<void> {
    return this.#serial.run(async () => {
      for (const stripe of [...this.#open.values()])
        if (stripe.capsule === capsule) await this.#closeAll(stripe.instance, stripe.epoch);
    });
  }

  /** Resolves when nothing of this is under way. */
  async drain(): Promise<void> {
    await this.#serial.run(async () => undefined);
  }

  #later(work: () => Promise<void>): void {
    this.#serial.run(work).catch(() => undefined);
  }

  #add({ capsule, instance, epoch }: Omit<OpenStripe, "batches">, batch: number): void {
    const name = nameOf(instance, epoch);
    const stripe = this.#open.get(name) ?? { capsule, instance, epoch, batches: [] };
    this.#open.set(name, stripe);
    if (!stripe.batches.includes(batch)) stripe.batches = [...stripe.batches, batch].sort((one, other) => one - other);
  }

  async #recover(): Promise<void> {
    const { store, log } = this.#parts;
    for await (const { instance, epoch, batch } of openCopies(store)) {
      const capsule = log.state.chain(instance)?.capsule;
      if (capsule === undefined || log.places.batch(instance, epoch, batch) === undefined) continue;
      this.#add({ capsule, instance, epoch }, batch);
    }
    for (const { instance, epoch } of [...this.#open.values()]) {
      await this.#dropCovered(instance, epoch);
      const ended = epoch < (log.state.chain(instance)?.epoch ?? 0);
      await (ended ? this.#closeAll(instance, epoch) : this.#closeFull(instance, epoch));
    }
  }

  async #dropCovered(instance: InstanceId, epoch: number): Promise<void> {
    const stripe = this.#open.get(nameOf(instance, epoch));
    if (stripe === undefined) return;
    for await (const { first, last, whole } of closedStripes(this.#parts.store, instance, epoch)) {
      const covered = stripe.batches.filter((batch) => whole && first <= batch && batch <= last);
      for (const batch of covered) await this.#dropCopies(instance, epoch, batch);
      this.#forget(stripe, covered);
    }
  }

  async #closeFull(instance: InstanceId, epoch: number): Promise<void> {
    for (;;) {
      const stripe = this.#open.get(nameOf(instance, epoch));
      if (stripe === undefined) return;
      const { batches: most } = await this.#rules(stripe.capsule);
      const run = consecutive(stripe.batches);
      if (run.length < most) return;
      await this.#closeOne(stripe, run.slice(0, most));
    }
  }

  async #closeAll(instance: InstanceId, epoch: number): Promise<void> {
    for (;;) {
      const stripe = this.#open.get(nameOf(instance, epoch));
      if (stripe === undefined) return;
      const { batches: most } = await this.#rules(stripe.capsule);
      await this.#closeOne(stripe, consecutive(stripe.batches).slice(0, most));
    }
  }

  async #closeOne(stripe: OpenStripe, batches: readonly number[]): Promise<void> {
    const { store } = this.#parts;
    const { parity } = await this.#rules(stripe.capsule);
    const { instance, epoch } = stripe;
    const [first, last] = [batches[0], batches.at(-1)];
    const copies = await Promise.all(batches.map((batch) => this.#copy({ instance, epoch, batch })));
    const whole = copies.filter((copy) => copy !== null);
    // A copy that rotted or went before its parity was made: the others stay as they are, each its own spare.
    if (first === undefined || last === undefined || whole.length < batches.length)
      return this.#forget(stripe, batches);
    const lengths = whole.map(({ length }) => length);
    for (const [index, shard] of parityShards(whole, parity).entries()) {
      const of = { suite: 1, capsule: stripe.capsule, instance, epoch, first, lengths, parity, index } as const;
      const bytes = parityShard.encode({ ...of, shard, digest: sha256(shard) });
      await putDerived(store, names.parity({ instance, epoch, first, last, parity, index }), bytes);
    }
    for (const batch of batches) await this.#dropCopies(instance, epoch, batch);
    this.#forget(stripe, batches);
  }

  async #copy(batch: { instance: InstanceId; epoch: number; batch: number }): Promise<Uint8Array | null> {
    const { store, log } = this.#parts;
    const found = await readBatchCopy(store, log, batch, {});
    return found?.isWhole ? found.bytes : null;
  }

  /** Also those of a submission that lost: only one batch of a number is ever sequenced. */
  async #dropCopies(instance: InstanceId, epoch: number, batch: number): Promise<void> {
    const { store } = this.#parts;
    for await (const { key } of store.list(names.batchCopies(instance, epoch, batch))) await store.delete(key);
  }

  async #rules(capsule: CapsuleId): Promise<{ readonly batches: number; readonly parity: number }> {
    const { log, manifests } = this.#parts;
    const inForce = log.state.capsule(capsule);
    if (inForce === undefined) throw new TypeError(`Expected a capsule that was sequenced, got ${capsule}.`);
    const { stripe } = await manifests.facts(capsule, inForce.version, inForce.hash);
    return { batches: Math.max(1, stripe.batches), parity: stripe.parity };
  }

  #forget(stripe: OpenStripe, batches: readonly number[]): void {
    stripe.batches = stripe.batches.filter((batch) => !batches.includes(batch));
    if (stripe.batches.length === 0) this.#open.delete(nameOf(stripe.instance, stripe.epoch));
  }
}

function parityShards(batches: readonly Uint8Array[], parity: number): Uint8Array[] {
  const size = Math.max(...batches.map(({ length }) => length));
  const shards = batches.map((bytes) => {
    const shard = new Uint8Array(size);
    shard.set(bytes);
    return shard;
  });
  return parity === 0 ? [] : parityOf(shards, parity);
}

/** The first batches that follow one another without a gap. */
function consecutive(batches: readonly number[]): readonly number[] {
  const end = batches.findIndex((batch, at) => batch !== (batches[0] ?? 0) + at);
  return end < 0 ? batches : batches.slice(0, end);
}

function nameOf(instance: InstanceId, epoch: number): string {
  return `${instance} ${epoch}`;
}
