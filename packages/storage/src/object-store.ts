import { FogboundError } from "@fogbound/errors";
import { assertDriver } from "./assert-driver.js";
import type { ByteRange, Bytes } from "./bytes.js";
import { type Caller, checkedInfo, read, write } from "./calls.js";
import { listPageSize, maxRetries, smallObjectBytes } from "./defaults.js";
import { listObjects } from "./list.js";
import { probe, probeMiss, randomProbeKey, type WriteRefusal } from "./probe.js";
import { readObject } from "./read-object.js";
import { driverSignal, type GivenSignal } from "./retry.js";
import { createSettled } from "./settle.js";
import { inSpan } from "./spans.js";
import type { Capabilities, HiddenObject, ObjectInfo, StoreDriver, StoredObject, Waiting } from "./store-driver.js";
import { storeError } from "./store-error.js";
import { assertKey, assertPrefix, storePrefix } from "./store-key.js";
import { uploadSettled } from "./upload.js";

export interface OpenOptions extends Waiting {
  /** Everything lies under it; a "/" is added. Two stores on one driver with two prefixes see nothing of each other. Default: "". */
  readonly prefix?: string;
  /** Repeats of a call whose outcome is open, with growing, random delays. Default: 4. */
  readonly maxRetries?: number;
  /** Writes nothing, not even the probe: every write rejects with `STORE_REFUSED`. Default: false. */
  readonly readOnly?: boolean;
}

interface Opened extends Caller {
  readonly prefix: string;
  /** Of each part of the driver that takes no writes. */
  readonly refusals: ReadonlyMap<StoreDriver, FogboundError>;
}

/**
 * What users hold: one contract over any object store. Keys are checked, open outcomes settled and errors made one
 * type here, once for all drivers.
 *
 * **Failure is never absence.** `null` is a miss the store has proved; a refused connection, a 403, a 500 and a timeout
 * reject. Every method rejects with a `TypeError` for a key that is none and after `close`, with the signal's own
 * reason when it aborts, and with a FogboundError otherwise: `STORE_UNREACHABLE`, `STORE_REFUSED`, and for writes
 * `STORE_FULL` and `OUTCOME_UNKNOWN`. A write that was aborted may have been carried out, whole.
 */
export class ObjectStore {
  readonly capabilities: Capabilities;
  /**
   * True when writing was refused, by the `readOnly` option or by the store when it was probed: `create`, `upload`,
   * `replace` and `delete` then reject with that code, always. (A store that was full still deletes.) In one that is made of
   * several they do for the keys of those that refused; it is true when all of them did.
   */
  readonly readOnly: boolean;
  readonly #opened: Opened;
  #closed = false;

  private constructor(opened: Opened) {
    this.#opened = opened;
    this.capabilities = opened.driver.capabilities;
    this.readOnly = partsOf(opened.driver).every((part) => opened.refusals.has(part));
  }

  /**
   * Proves create-only with a throw-away key under ".fogbound/probe/". A store that refuses the probe but can be read
   * opens `readOnly`, or that part of it, where it is made of several. The driver is closed when opening fails.
   *
   * @throws FogboundError `STORE_UNSUITABLE`, naming the condition the store ignored; `STORE_UNREACHABLE`;
   *   `STORE_REFUSED` when it cannot even be read. TypeError or RangeError for a driver or options that are none.
   */
  static async open(driver: StoreDriver, options: OpenOptions = {}): Promise<ObjectStore> {
    assertDriver(driver);
    const prefix = storePrefix(options.prefix ?? "");
    const caller: Caller = { driver, maxRetries: checkedRetries(options.maxRetries ?? maxRetries) };
    const signal = driverSignal(options.signal);
    const about = { driver: driver.name, key: prefix };
    try {
      const readOnly = options.readOnly ?? false;
      const refusals = await inSpan("open", about, () => prove(caller, readOnly ? lookOnly : probe, prefix, signal));
      return new ObjectStore({ ...caller, prefix, refusals });
    } catch (error) {
      await driver.close().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Creates an object of at most 8 MiB, whole or not at all, durable when it resolves. Of any number of writers one
   * wins. An open outcome is settled by reading back: *these bytes* under the key count as this writer's success, so
   * two writers of identical bytes may both be told that they won. Put something unique into what you create.
   *
   * @throws FogboundError `OBJECT_EXISTS`, and whoever wrote it was somebody else; `OUTCOME_UNKNOWN`;
   *   `STORE_UNSUPPORTED` for `retainUntil` without `capabilities.enforcedRetention`. RangeError beyond 8 MiB.
   */
  async create(
    key: string,
    bytes: Uint8Array,
    options: Waiting & { readonly retainUntil?: Date } = {},
  ): Promise<ObjectInfo> {
    const small = smallCopy(bytes);
    const { retainUntil = null, signal } = options;
    return this.#call("create", key, small.length, async (fullKey) => {
      this.#assertWritable("create", key);
      if (retainUntil !== null && !this.capabilities.enforcedRetention) throw this.#noRetention(key);
      const { size, modified } = await createSettled(this.#opened, fullKey, small, retainUntil, signal);
      return { key, size, modified };
    });
  }

  /**
   * Any size in bounded memory, under a key nobody else can choose. Nothing is visible until all of it is. Never
   * repeated, as `content` is read once; an error of `content` passes through and leaves nothing.
   *
   * @throws FogboundError `OBJECT_EXISTS` with `capabilities.largeCreateOnly`; without it what lay there may be replaced.
   */
  async upload(key: string, content: Bytes, options: Waiting = {}): Promise<ObjectInfo> {
    return this.#call("upload", key, undefined, async (fullKey) => {
      this.#assertWritable("upload", key);
      return { ...(await uploadSettled(this.#opened, fullKey, content, options.signal)), key };
    });
  }

  /** Writes at most 8 MiB, unconditionally. For derived copies only: nothing that is trusted is ever replaced. @throws RangeError beyond 8 MiB. */
  async replace(key: string, bytes: Uint8Array, options: Waiting = {}): Promise<ObjectInfo> {
    const small = smallCopy(bytes);
    const { signal } = options;
    return this.#call("replace", key, small.length, async (fullKey) => {
      this.#assertWritable("replace", key);
      const { driver } = this.#opened;
      const call = `Replacing ${JSON.stringify(key)}`;
      const info = await write(this.#opened, call, signal, () => driver.replace(fullKey, small, driverSignal(signal)));
      return { ...checkedInfo(this.#opened, call, info), key };
    });
  }

  /**
   * The object, or null when the store has proved a miss. The body errors with `STORE_UNREACHABLE` rather than ends
   * early, and with the signal's reason when it aborts.
   *
   * @throws RangeError for a range that is not whole, begins before 0, has no length, or begins at or after the end.
   */
  async get(key: string, options: Waiting & { readonly range?: ByteRange } = {}): Promise<StoredObject | null> {
    const { range = null, signal } = options;
    return this.#call("get", key, undefined, (fullKey) => readObject(this.#opened, fullKey, key, range, signal));
  }

  /** What is known of the object, or null when the store has proved a miss. */
  async head(key: string, options: Waiting = {}): Promise<ObjectInfo | null> {
    const { signal } = options;
    const call = `Looking for ${JSON.stringify(key)}`;
    return this.#call("head", key, undefined, async (fullKey) => {
      const info = await read(this.#opened, call, signal, () =>
        this.#opened.driver.head(fullKey, driverSignal(signal)),
      );
      return info === null ? null : { ...checkedInfo(this.#opened, call, info), key };
    });
  }

  /**
   * Every object whose key starts with `prefix`, a plain string, in the order of the keys' UTF-8 bytes; those after
   * `after` only, if given. Rejects rather than ends early. What is written meanwhile may or may not be in it.
   */
  async *list(
    prefix: string,
    options: Waiting & { readonly after?: string } = {},
  ): AsyncGenerator<ObjectInfo, void, undefined> {
    const { driver } = this.#opened;
    const { signal } = options;
    yield* this.#list(prefix, options.after ?? "", signal, (inner, last) =>
      driver.list(inner, last, listPageSize, driverSignal(signal)),
    );
  }

  /**
   * Of the objects whose key starts with `prefix`, those over which the store holds something later, in key order: a
   * delete marker, or other versions. Whoever looks without versions sees that; `get`, `head` and `list` see the object.
   * None in a store that keeps no versions.
   */
  async *hidden(prefix: string, options: Waiting = {}): AsyncGenerator<HiddenObject, void, undefined> {
    const { driver } = this.#opened;
    const { signal } = options;
    yield* this.#list(
      prefix,
      "",
      signal,
      async (inner, last) => driver.hidden?.(inner, last, driverSignal(signal)) ?? [],
    );
  }

  /** Resolves also when there was nothing. @throws FogboundError `STORE_REFUSED` for an object under retention. */
  async delete(key: string, options: Waiting = {}): Promise<void> {
    const { signal } = options;
    return this.#call("delete", key, undefined, async (fullKey) => {
      if (this.#refusalOf(key)?.code !== "STORE_FULL") this.#assertWritable("delete", key);
      const { driver } = this.#opened;
      const call = `Deleting ${JSON.stringify(key)}`;
      return write(this.#opened, call, signal, () => driver.delete(fullKey, driverSignal(signal)));
    });
  }

  /** Closes the driver too. Every later call but `close` rejects with a TypeError. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#opened.driver.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async *#list<Info extends ObjectInfo>(
    prefix: string,
    after: string,
    signal: GivenSignal,
    fetch: (inner: string, last: string) => Promise<readonly Info[]>,
  ): AsyncGenerator<Info, void, undefined> {
    assertPrefix(prefix);
    assertPrefix(after);
    const inner = this.#opened.prefix;
    const page = (last: string, work: () => Promise<readonly Info[]>): Promise<readonly Info[]> => {
      this.#assertOpen();
      const key = last === "" ? prefix : last.slice(inner.length);
      return inSpan("list", { driver: this.#opened.driver.name, key }, work);
    };
    const listing = { inner, prefix, after: after === "" ? "" : inner + after, fetch, page };
    for await (const info of listObjects(this.#opened, listing, signal))
      yield { ...info, key: info.key.slice(inner.length) };
  }

  async #call<T>(
    operation: string,
    key: string,
    size: number | undefined,
    work: (fullKey: string) => Promise<T>,
  ): Promise<T> {
    this.#assertOpen();
    assertKey(key);
    const fullKey = this.#opened.prefix + key;
    if (fullKey !== key) assertKey(fullKey);
    const about = { driver: this.#opened.driver.name, key, ...(size === undefined ? {} : { size }) };
    return inSpan(operation, about, () => work(fullKey));
  }

  #assertOpen(): void {
    if (this.#closed) throw new TypeError("Expected an open ObjectStore, got one that was closed.");
  }

  #refusalOf(key: string): WriteRefusal {
    const { driver, prefix, refusals } = this.#opened;
    return refusals.get(driver.partOf?.(prefix + key) ?? driver) ?? null;
  }

  #assertWritable(operation: string, key: string): void {
    const refusal = this.#refusalOf(key);
    if (refusal === null) return;
    const message = `Expected a store that can be written to for ${operation} of ${JSON.stringify(key)}, got one that was opened read-only. ${refusal.message}`;
    throw new FogboundError(refusal.code, message, { cause: refusal });
  }

  #noRetention(key: string): FogboundError {
    const call = `Creating ${JSON.stringify(key)} under retention, which it does not enforce`;
    return storeError(this.#opened.driver, "STORE_UNSUPPORTED", call);
  }
}

function partsOf(driver: StoreDriver): readonly StoreDriver[] {
  return driver.parts ?? [driver];
}

/** Every part of the driver, side by side; none is left under way when one fails. @returns the refusals of those that refuse */
async function prove(
  caller: Caller,
  look: typeof probe,
  prefix: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<StoreDriver, FogboundError>> {
  const parts = partsOf(caller.driver);
  const proofs = await Promise.allSettled(parts.map((driver) => look({ ...caller, driver }, prefix, signal)));
  const refusals = new Map<StoreDriver, FogboundError>();
  for (const [at, part] of parts.entries()) {
    const proof = proofs[at];
    if (proof?.status === "rejected") throw proof.reason;
    if (proof !== undefined && proof.value !== null) refusals.set(part, proof.value);
  }
  return refusals;
}

async function lookOnly(caller: Caller, prefix: string, signal: AbortSignal): Promise<WriteRefusal> {
  await probeMiss(caller, randomProbeKey(prefix), signal);
  return new FogboundError("STORE_REFUSED", "The option readOnly was set when it was opened.");
}

function checkedRetries(count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`Expected maxRetries to be a whole number from 0, got ${String(count)}.`);
}

/** A copy, so that what is repeated and compared is what was given, whatever the caller does to it meanwhile. */
function smallCopy(bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("Expected the bytes as a Uint8Array.");
  if (bytes.length <= smallObjectBytes) return new Uint8Array(bytes);
  throw new RangeError(`Expected at most ${smallObjectBytes} bytes, got ${bytes.length}. Use upload.`);
}
