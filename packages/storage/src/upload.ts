import { type Bytes, toAsyncIterable } from "./bytes.js";
import { type Caller, checkedInfo, once, read } from "./calls.js";
import { abortable, driverSignal, type GivenSignal } from "./retry.js";
import type { ObjectInfo } from "./store-driver.js";
import { isOpenOutcome, storeError, toFogboundError } from "./store-error.js";

/** The caller's content, watched: how much of it went out, whether all of it did, and what it threw. */
class WatchedContent {
  bytes = 0;
  complete = false;
  failure: { readonly error: unknown } | null = null;
  readonly #content: AsyncIterable<Uint8Array>;
  readonly #signal: GivenSignal;

  constructor(content: AsyncIterable<Uint8Array>, signal: GivenSignal) {
    this.#content = content;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const iterator = this.#content[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const next = await abortable(() => iterator.next(), this.#signal);
        ended = next.done === true;
        if (next.done === true) break;
        if (!(next.value instanceof Uint8Array)) throw new TypeError("Expected chunks of Uint8Array as content.");
        this.bytes += next.value.length;
        yield next.value;
      }
    } catch (error) {
      this.failure = { error };
      throw error;
    } finally {
      if (!ended) iterator.return?.()?.catch(() => undefined);
    }
    this.complete = true;
  }
}

/**
 * Uploads once. An open outcome is settled by looking: the key is one nobody else can choose and nothing is visible
 * until all of it is, so an object of the right size there is this one.
 */
export async function uploadSettled(
  caller: Caller,
  key: string,
  content: Bytes,
  signal: GivenSignal,
): Promise<ObjectInfo> {
  const call = `Uploading ${JSON.stringify(key)}`;
  const watched = new WatchedContent(toAsyncIterable(content), signal);
  try {
    const info = await once(signal, () => caller.driver.upload(key, watched, driverSignal(signal)));
    return assertSize(caller, call, watched.bytes, checkedInfo(caller, call, info));
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (watched.failure !== null) throw watched.failure.error;
    if (!watched.complete || !isOpenOutcome(caller.driver, error))
      throw toFogboundError(caller.driver, error, call, "STORE_UNREACHABLE");
    return await lookFor(caller, key, watched.bytes, signal, call, error);
  }
}

async function lookFor(
  caller: Caller,
  key: string,
  size: number,
  signal: GivenSignal,
  call: string,
  cause: unknown,
): Promise<ObjectInfo> {
  let found: ObjectInfo | null;
  try {
    found = await read(caller, call, signal, () => caller.driver.head(key, driverSignal(signal)));
  } catch {
    signal?.throwIfAborted();
    throw storeError(caller.driver, "OUTCOME_UNKNOWN", call, cause);
  }
  if (found !== null) return assertSize(caller, call, size, found);
  throw toFogboundError(caller.driver, cause, call, "STORE_UNREACHABLE");
}

function assertSize(caller: Caller, call: string, expected: number, info: ObjectInfo): ObjectInfo {
  if (info.size === expected) return info;
  const difference = `${call}: expected ${expected} bytes to lie there, got ${info.size}`;
  throw storeError(caller.driver, "STORE_UNSUITABLE", difference);
}
