import { FogboundError, Serial } from "@fogbound/errors";
import { chunksOf, equalBytes, readAll } from "./bytes.js";
import { smallObjectBytes, syncedAtOnce } from "./defaults.js";
import type { ObjectStore } from "./object-store.js";
import type { ObjectInfo, StoredObject, Waiting } from "./store-driver.js";
import { compareKeys } from "./store-key.js";

export interface SyncOptions extends Waiting {
  /** Only counts; nothing is written. Default false. */
  readonly dryRun?: boolean;
  /** Keys whose object may be replaced in the target, as it follows from others. Default: none. */
  readonly derived?: (key: string) => boolean;
  /** Bytes done and bytes in all; the second pass, which compares, counts as much as the first. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

export interface SyncReport {
  readonly objects: number;
  readonly bytes: number;
  /** Objects and bytes that were written, or in a dry run would be. */
  readonly copied: number;
  readonly copiedBytes: number;
  /** Derived objects that differed and were, or would be, replaced. */
  readonly replaced: number;
  /** Objects in the target that the source does not have; they are left alone. */
  readonly extra: number;
  /** Objects compared byte for byte at the end; 0 in a dry run. */
  readonly verified: number;
}

/**
 * Copies every object of one store into another and compares them all, byte for byte, at the end. What is there already
 * is not copied again, so a sync that broke off goes on where it was. The source must be at rest meanwhile.
 *
 * @throws FogboundError `OBJECT_EXISTS` when the target has other bytes under a key that is not derived: nothing that may
 * be evidence is written over. `CAPSULE_NOT_FOUND` when an object of the source is gone when it is read. The codes of
 * both stores.
 */
export async function syncStores(from: ObjectStore, to: ObjectStore, options: SyncOptions = {}): Promise<SyncReport> {
  const sync = new Sync(from, to, options);
  await sync.measure();
  if (options.dryRun === true) return sync.report();
  await sync.copy();
  await sync.compare();
  return sync.report();
}

class Sync {
  readonly #from: ObjectStore;
  readonly #to: ObjectStore;
  readonly #options: SyncOptions;
  readonly #waiting: Waiting;
  #done = 0;
  #objects = 0;
  #bytes = 0;
  #copied = 0;
  #copiedBytes = 0;
  #replaced = 0;
  #extra = 0;
  #verified = 0;

  constructor(from: ObjectStore, to: ObjectStore, options: SyncOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#waiting = options.signal === undefined ? {} : { signal: options.signal };
  }

  /** Before anything is written: an object that stands in the way is found first. */
  async measure(): Promise<void> {
    for await (const { source, target } of pairs(this.#from, this.#to, this.#waiting)) {
      if (source === null) {
        this.#extra++;
        continue;
      }
      this.#objects++;
      this.#bytes += source.size;
      if (target === null) {
        this.#copied++;
        this.#copiedBytes += source.size;
      } else if (source.size !== target.size) this.#mayReplace(source.key);
    }
  }

  async copy(): Promise<void> {
    const missing = async function* (sync: Sync): AsyncGenerator<ObjectInfo> {
      for await (const { source, target } of pairs(sync.#from, sync.#to, sync.#waiting)) {
        if (source === null) continue;
        if (target === null) yield source;
        else sync.#progress(source.size);
      }
    };
    await inParallel(missing(this), syncedAtOnce, (source) => this.#copyOne(source));
  }

  async compare(): Promise<void> {
    const all = this.#from.list("", this.#waiting);
    await inParallel(all, syncedAtOnce, async (source) => {
      if (!(await this.#isSame(source.key))) await this.#replace(source);
      this.#verified++;
      this.#progress(source.size);
    });
  }

  report(): SyncReport {
    return {
      objects: this.#objects,
      bytes: this.#bytes,
      copied: this.#copied,
      copiedBytes: this.#copiedBytes,
      replaced: this.#replaced,
      extra: this.#extra,
      verified: this.#verified,
    };
  }

  async #copyOne(source: ObjectInfo): Promise<void> {
    const object = await this.#read(source.key);
    if (object.size <= smallObjectBytes)
      await this.#to.create(source.key, await readAll(object, smallObjectBytes), this.#waiting);
    else await this.#to.upload(source.key, chunksOf(object), this.#waiting);
    this.#progress(source.size);
  }

  async #isSame(key: string): Promise<boolean> {
    const source = await this.#read(key);
    const target = await this.#to.get(key, this.#waiting);
    if (target !== null && target.size === source.size) return sameContent(source, target);
    await Promise.all([source.body.cancel(), target?.body.cancel()]);
    return false;
  }

  async #replace({ key }: ObjectInfo): Promise<void> {
    this.#mayReplace(key);
    await this.#to.replace(key, await readAll(await this.#read(key), smallObjectBytes), this.#waiting);
    if (!(await this.#isSame(key))) throw differs(key);
    this.#replaced++;
  }

  #mayReplace(key: string): void {
    if (this.#options.derived?.(key) !== true) throw differs(key);
    if (this.#options.dryRun === true) this.#replaced++;
  }

  async #read(key: string): Promise<StoredObject> {
    const object = await this.#from.get(key, this.#waiting);
    if (object !== null) return object;
    const message = `Expected ${JSON.stringify(key)} in the source, which listed it; it is gone. Sync while nobody writes there.`;
    throw new FogboundError("CAPSULE_NOT_FOUND", message);
  }

  #progress(bytes: number): void {
    this.#done += bytes;
    this.#options.onProgress?.(this.#done, 2 * this.#bytes);
  }
}

interface Pair {
  readonly source: ObjectInfo | null;
  readonly target: ObjectInfo | null;
}

/** The keys of both stores, in order, side by side. */
async function* pairs(from: ObjectStore, to: ObjectStore, waiting: Waiting): AsyncGenerator<Pair, void, undefined> {
  const sources = from.list("", waiting)[Symbol.asyncIterator]();
  const targets = to.list("", waiting)[Symbol.asyncIterator]();
  let source = await next(sources);
  let target = await next(targets);
  while (source !== null || target !== null) {
    const order = source === null ? 1 : target === null ? -1 : compareKeys(source.key, target.key);
    yield { source: order <= 0 ? source : null, target: order >= 0 ? target : null };
    const [moveSource, moveTarget] = [order <= 0, order >= 0];
    if (moveSource) source = await next(sources);
    if (moveTarget) target = await next(targets);
  }
}

async function next<T>(iterator: AsyncIterator<T>): Promise<T | null> {
  const { done, value } = await iterator.next();
  return done === true ? null : value;
}

/** Both bodies, of one length, in lockstep: nothing is held but a chunk of each. */
async function sameContent(left: StoredObject, right: StoredObject): Promise<boolean> {
  const others = chunksOf(right)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  try {
    for await (const piece of chunksOf(left)) {
      for (let at = 0; at < piece.length; ) {
        if (rest.length === 0) rest = (await next(others)) ?? new Uint8Array();
        if (rest.length === 0) return false;
        const length = Math.min(rest.length, piece.length - at);
        if (!equalBytes(piece.subarray(at, at + length), rest.subarray(0, length))) return false;
        rest = rest.subarray(length);
        at += length;
      }
    }
    return rest.length === 0 && (await next(others)) === null;
  } finally {
    await others.return?.();
  }
}

/** A few at once, in any order. The first failure ends it, after those under way. */
async function inParallel<T>(source: AsyncIterable<T>, atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  const serial = new Serial();
  let failed = false;
  const take = (): Promise<T | null> => serial.run(() => (failed ? null : next(iterator)));
  const worker = async (): Promise<void> => {
    try {
      for (let one = await take(); one !== null; one = await take()) await work(one);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  await iterator.return?.();
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}

function differs(key: string): FogboundError {
  const message = `Expected the target to have nothing, or the same bytes, under ${JSON.stringify(key)}; it has others. Nothing there was written over: give an empty target, or find out whose it is.`;
  return new FogboundError("OBJECT_EXISTS", message);
}
