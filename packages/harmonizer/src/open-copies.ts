import { FogboundError } from "@fogbound/errors";
import {
  batchStatement,
  type CapsuleId,
  copies as copiesFormat,
  type InstanceId,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, smallObjectBytes } from "@fogbound/storage";
import { type ReadBatch, readBatch, verifyBatch, withoutErased } from "./batch-content.js";
import { CopyMemory } from "./copy-memory.js";
import type { LogReader } from "./log-reader.js";
import { names } from "./names.js";
import { hasCode, putOnce, readObject } from "./objects.js";

export interface BatchName {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batch: number;
}

interface CopiedBatch extends BatchName {
  readonly capsule: CapsuleId;
  /** Signed, as the bundle holds it. */
  readonly statement: Uint8Array;
}

/** A sequenced bundle, as far as its copies go: its batches, in order. */
export interface CopiedBundle {
  readonly number: number;
  readonly root: Uint8Array;
  readonly batches: readonly CopiedBatch[];
}

export interface BatchCopy {
  readonly bytes: Uint8Array;
  /** False for one that is damaged. */
  readonly isWhole: boolean;
}

/** Bytes of the batches of one bundle at most, each with `copyOverhead`: all of them go into one small object. */
export const mostCopiedBytes: number = smallObjectBytes - 64;
/** What the object of copies takes for one batch beside its bytes. */
export const copyOverhead = 5;

const memoryBytes = 32 * 1024 * 1024;

/** The whole batches beside the sequence, one object for each bundle that has any, until they are under parity. */
export class OpenCopies {
  readonly #store: ObjectStore;
  readonly #log: LogReader;
  readonly #memory = new CopyMemory(memoryBytes);

  constructor(store: ObjectStore, log: LogReader) {
    this.#store = store;
    this.#log = log;
  }

  /** Before the bundle is created, so that whatever is sequenced is spared. */
  async put(bundle: number, root: Uint8Array, batches: readonly Uint8Array[]): Promise<void> {
    if (batches.length === 0) return;
    await putOnce(this.#store, names.copies(bundle, root), copiesFormat.encode({ suite: 1, batches }));
  }

  /** Keeps in memory what this process has checked and sequenced. */
  keep(bundle: number, batches: readonly Uint8Array[]): void {
    this.#memory.set(bundle, batches, true);
  }

  async bundle(number: number, waiting: Waiting = {}): Promise<CopiedBundle> {
    const { bundle, root } = await this.#log.history.readKnown(number, waiting);
    const batches = bundle.entries.flatMap((entry) => {
      if (entry.kind !== "batch") return [];
      const { capsule, instance, epoch, batch } = batchStatement.read(entry.statement).value;
      return [{ capsule, instance, epoch, batch, statement: entry.statement }];
    });
    return { number, root, batches };
  }

  /** null for a batch that was never sequenced. */
  async bundleOf({ instance, epoch, batch }: BatchName, waiting: Waiting = {}): Promise<CopiedBundle | null> {
    const number = this.#log.places.batch(instance, epoch, batch);
    return number === undefined ? null : this.bundle(number, waiting);
  }

  /** From memory or the store; null when no copy is kept, or none can be found in what lies there. */
  async read(bundle: CopiedBundle, name: BatchName): Promise<BatchCopy | null> {
    const kept = this.#memory.get(bundle.number) ?? { batches: await this.#readAll(bundle), isChecked: false };
    if (!kept.isChecked && kept.batches !== null) this.#memory.set(bundle.number, kept.batches, false);
    const bytes = kept.batches?.[placeOf(bundle, name)] ?? null;
    if (bytes === null) return null;
    if (!kept.isChecked) return this.#judge(bundle, name, bytes);
    return { bytes, isWhole: true };
  }

  /** A whole batch less what was erased since it was read; the very same bytes when nothing was. */
  withoutErased({ instance, epoch }: Omit<BatchName, "batch">, bytes: Uint8Array): Uint8Array {
    const { erasures } = this.#log.places;
    return erasures.concern(instance, epoch) ? withoutErased(readBatch(bytes), erasures) : bytes;
  }

  /**
   * The copy of a sequenced batch as it lies in the store; null when it was never sequenced, when none is kept, or when
   * none can be found in what lies there. Whoever asks holds it against the log anyway.
   */
  async ofBatch(name: BatchName, waiting: Waiting = {}): Promise<BatchCopy | null> {
    const bundle = await this.bundleOf(name, waiting);
    const batches = bundle === null ? null : await this.#readAll(bundle, waiting);
    const bytes = bundle === null ? null : (batches?.[placeOf(bundle, name)] ?? null);
    return bundle === null || bytes === null ? null : this.#judge(bundle, name, bytes);
  }

  /** Puts a batch beside the other copies of its bundle, less what was erased; what is damaged there goes. */
  async restore(bundle: CopiedBundle, batch: ReadBatch): Promise<void> {
    const at = placeOf(bundle, batch.statement);
    const batches = (await this.#readAll(bundle)) ?? bundle.batches.map(() => null);
    await this.#replace(
      bundle,
      batches.map((one, index) => (index === at ? batch.bytes : one)),
    );
  }

  /** Takes the bodies that the log says were erased out of every copy of the bundle, and of those that lost its number. */
  async erase(name: BatchName): Promise<void> {
    const bundle = await this.bundleOf(name);
    if (bundle === null) return;
    const batches = await this.#readAll(bundle);
    if (batches !== null) await this.#replace(bundle, batches);
    // One that does not read may hold the body all the same, and is good for nothing.
    else await this.drop(bundle);
    for await (const { number, key } of this.list())
      if (number < this.#log.position.next && (await this.isLost(number, key))) await this.#store.delete(key);
  }

  /** Leaves one batch out, and the object when it was the last. */
  async leaveOut(name: BatchName): Promise<void> {
    const bundle = await this.bundleOf(name);
    if (bundle === null) return;
    const at = placeOf(bundle, name);
    const left = (await this.#readAll(bundle))?.map((one, index) => (index === at ? null : one)) ?? [];
    await (left.every((one) => one === null) ? this.drop(bundle) : this.#replace(bundle, left));
  }

  /** Of the bundles that have copies. */
  async numbers(): Promise<ReadonlySet<number>> {
    const numbers = new Set<number>();
    for await (const { number } of this.list()) numbers.add(number);
    return numbers;
  }

  /** Whether these are the copies of a bundle that did not get its number. */
  async isLost(number: number, key: string): Promise<boolean> {
    const { root } = await this.#log.history.readKnown(number);
    return key !== names.copies(number, root);
  }

  async drop({ number, root }: Pick<CopiedBundle, "number" | "root">): Promise<void> {
    this.#memory.delete(number);
    await this.#store.delete(names.copies(number, root));
  }

  /** By name alone: those of bundles that lost their number are among them. */
  async *list(): AsyncGenerator<{ readonly number: number; readonly key: string }, void, undefined> {
    for await (const { key } of this.#store.list(names.open)) {
      const [, number] = /^(\d{12})-[0-9a-f]{64}$/.exec(key.slice(names.open.length)) ?? [];
      if (number !== undefined) yield { number: Number(number), key };
    }
  }

  /** One of which nothing is known to be whole is taken along only as far as it reads: it may hold an erased body. */
  async #replace(bundle: CopiedBundle, batches: readonly (Uint8Array | null)[]): Promise<void> {
    const { erasures } = this.#log.places;
    const left = batches.map((bytes) => {
      const read = bytes === null ? null : ifItReads(() => readBatch(bytes));
      return read === null ? null : withoutErased(read, erasures);
    });
    this.#memory.delete(bundle.number);
    const object = copiesFormat.encode({ suite: 1, batches: left });
    await this.#store.replace(names.copies(bundle.number, bundle.root), object);
  }

  async #readAll(
    { number, root, batches }: CopiedBundle,
    waiting: Waiting = {},
  ): Promise<readonly (Uint8Array | null)[] | null> {
    const bytes = await readObject(this.#store, names.copies(number, root), waiting);
    const read = bytes === null ? null : ifItReads(() => copiesFormat.decode(bytes).batches);
    return read?.length === batches.length ? read : null;
  }

  async #judge(bundle: CopiedBundle, name: BatchName, bytes: Uint8Array): Promise<BatchCopy> {
    const read = ifItReads(() => readBatch(bytes));
    const sequenced = bundle.batches[placeOf(bundle, name)];
    const isNamed = read !== null && sameBytes(read.batch.statement, sequenced?.statement ?? null);
    return { bytes, isWhole: isNamed && (await this.#holds(read)) };
  }

  async #holds(read: ReadBatch): Promise<boolean> {
    try {
      await verifyBatch(read, this.#log.places.erasures);
      return true;
    } catch (error) {
      if (isDamage(error)) return false;
      throw error;
    }
  }
}

/** "instance epoch batch", for maps. */
export function nameOf({ instance, epoch, batch }: BatchName): string {
  return `${instance} ${epoch} ${batch}`;
}

export function placeOf({ batches }: CopiedBundle, name: BatchName): number {
  const { instance, epoch, batch } = name;
  const at = batches.findIndex((one) => one.batch === batch && one.epoch === epoch && one.instance === instance);
  if (at < 0) throw FogboundError.verificationFailed();
  return at;
}

function ifItReads<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  return hasCode(error, "VERIFICATION_FAILED") || hasCode(error, "FORMAT_INVALID") || hasCode(error, "FORMAT_TOO_NEW");
}
