import { concatenate } from "./bytes.js";
import type { FoundObject, ObjectInfo, StoreDriver, StoreErrorCode } from "./store-driver.js";
import { compareKeys } from "./store-key.js";

export interface MemoryDriverOptions {
  /** Bytes of all objects together before `STORE_FULL`. Default: no limit. */
  readonly capacity?: number;
  /** Whether `retainUntil` is kept to. Default: false, and the store refuses it. */
  readonly enforcedRetention?: boolean;
  /** The store's clock. Default: the system's. */
  readonly now?: () => Date;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly modified: Date;
  readonly retainUntil: Date | null;
}

class MemoryError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A store in this process's memory, with the semantics of a real one. Bytes are copied in and out. For tests and demos. */
export function memoryDriver(options: MemoryDriverOptions = {}): StoreDriver {
  return new MemoryDriver(options);
}

class MemoryDriver implements StoreDriver {
  readonly name = "memory";
  readonly capabilities: StoreDriver["capabilities"];
  readonly #entries = new Map<string, Entry>();
  readonly #capacity: number;
  readonly #now: () => Date;
  #sortedKeys: readonly string[] | null = [];
  #used = 0;

  constructor(options: MemoryDriverOptions) {
    const enforcedRetention = options.enforcedRetention ?? false;
    this.capabilities = { largeCreateOnly: true, enforcedRetention, conditionalDelete: false };
    this.#capacity = options.capacity ?? Number.POSITIVE_INFINITY;
    this.#now = options.now ?? (() => new Date());
  }

  async create(key: string, bytes: Uint8Array, retainUntil: Date | null, signal: AbortSignal): Promise<ObjectInfo> {
    signal.throwIfAborted();
    if (this.#entries.has(key)) throw new MemoryError("OBJECT_EXISTS", "the key is taken");
    return this.#put(key, new Uint8Array(bytes), retainUntil);
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of content) {
      signal.throwIfAborted();
      chunks.push(new Uint8Array(chunk));
      length += chunk.length;
    }
    return this.create(key, concatenate(chunks, length), null, signal);
  }

  async replace(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    signal.throwIfAborted();
    this.#refuseRetained(key);
    return this.#put(key, new Uint8Array(bytes), null);
  }

  async get(
    key: string,
    range: { offset: number; length: number } | null,
    signal: AbortSignal,
  ): Promise<FoundObject | null> {
    signal.throwIfAborted();
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    const bytes = range === null ? entry.bytes : entry.bytes.subarray(range.offset, range.offset + range.length);
    return { ...info(key, entry), body: bodyOf(new Uint8Array(bytes)) };
  }

  async head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    signal.throwIfAborted();
    const entry = this.#entries.get(key);
    return entry === undefined ? null : info(key, entry);
  }

  async list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    signal.throwIfAborted();
    this.#sortedKeys ??= [...this.#entries.keys()].sort(compareKeys);
    const page: ObjectInfo[] = [];
    const start =
      compareKeys(after, prefix) >= 0 ? firstAfter(this.#sortedKeys, after) : firstFrom(this.#sortedKeys, prefix);
    for (const key of this.#sortedKeys.slice(start, start + limit)) {
      const entry = this.#entries.get(key);
      if (entry === undefined || !key.startsWith(prefix)) break;
      page.push(info(key, entry));
    }
    return page;
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#refuseRetained(key);
    this.#used -= this.#entries.get(key)?.bytes.length ?? 0;
    if (this.#entries.delete(key)) this.#sortedKeys = null;
  }

  async close(): Promise<void> {}

  errorCode(error: unknown): StoreErrorCode | null {
    return error instanceof MemoryError ? error.code : null;
  }

  #put(key: string, bytes: Uint8Array, retainUntil: Date | null): ObjectInfo {
    const before = this.#entries.get(key);
    const used = this.#used + bytes.length - (before?.bytes.length ?? 0);
    if (used > this.#capacity) throw new MemoryError("STORE_FULL", `more than ${this.#capacity} bytes`);
    const entry: Entry = { bytes, modified: this.#now(), retainUntil };
    this.#entries.set(key, entry);
    this.#used = used;
    if (before === undefined) this.#sortedKeys = null;
    return info(key, entry);
  }

  #refuseRetained(key: string): void {
    const until = this.#entries.get(key)?.retainUntil ?? null;
    if (until !== null && until > this.#now())
      throw new MemoryError("STORE_REFUSED", `retained until ${until.toISOString()}`);
  }
}

function info(key: string, entry: Entry): ObjectInfo {
  return { key, size: entry.bytes.length, modified: new Date(entry.modified) };
}

function firstAfter(keys: readonly string[], after: string): number {
  return search(keys, (key) => compareKeys(key, after) > 0);
}

function firstFrom(keys: readonly string[], from: string): number {
  return search(keys, (key) => compareKeys(key, from) >= 0);
}

/** The first index whose key is `beyond`, by halving: true for all that come after the first. */
function search(keys: readonly string[], beyond: (key: string) => boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (beyond(keys[middle] ?? "")) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
