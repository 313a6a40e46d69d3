import { onAbort, waitFor } from "@fogbound/errors";
import type { Caller } from "./calls.js";
import { type ChunkSource, sourceOf } from "./chunk-source.js";
import type { GivenSignal } from "./retry.js";
import type { FoundObject } from "./store-driver.js";
import { storeError, toFogboundError } from "./store-error.js";

/**
 * The body of an object, held to the `length` that was announced. Errors of the driver become FogboundErrors; a body
 * that ends early or runs on is `STORE_UNREACHABLE`, never a shorter object; an abort rejects with the signal's reason.
 */
export class WholeBody implements AsyncIterableIterator<Uint8Array> {
  readonly #caller: Caller;
  readonly #key: string;
  readonly #length: number;
  readonly #signal: GivenSignal;
  readonly #source: ChunkSource;
  #seen = 0;
  #ended = false;

  constructor(caller: Caller, { key, body }: FoundObject, length: number, signal: GivenSignal) {
    this.#caller = caller;
    this.#key = key;
    this.#length = length;
    this.#signal = signal;
    this.#source = sourceOf(body);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#ended) return { done: true, value: undefined };
    try {
      const { done, value } = await waitFor(this.#source.next(), this.#signal);
      this.#seen += done === true ? 0 : value.length;
      this.#requireLength(done === true);
      if (done !== true) return { done: false, value };
      this.#ended = true;
      return { done: true, value: undefined };
    } catch (error) {
      this.giveUp(error);
      if (this.#signal?.aborted) throw this.#signal.reason;
      throw toFogboundError(this.#caller.driver, error, reading(this.#key), "STORE_UNREACHABLE");
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.giveUp();
    return { done: true, value: undefined };
  }

  /** Gives back what the body holds, without waiting for it. */
  giveUp(reason?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.return?.(reason).catch(() => undefined);
  }

  #requireLength(ended: boolean): void {
    const seen = this.#seen;
    const length = this.#length;
    if (seen < length ? !ended : seen === length) return;
    const what = `${reading(this.#key)}: expected ${length} bytes, got ${seen > length ? "more" : seen}`;
    throw storeError(this.#caller.driver, "STORE_UNREACHABLE", what);
  }
}

/** The same as a stream, which errors the moment the signal aborts, though nobody reads. */
export function streamOf(body: WholeBody, signal: GivenSignal): ReadableStream<Uint8Array> {
  let finish: () => void = () => undefined;
  const giveUp = (reason: unknown): void => {
    finish();
    body.giveUp(reason);
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (signal === undefined) return;
        const fail = (): void => {
          controller.error(signal.reason);
          giveUp(signal.reason);
        };
        finish = onAbort(signal, fail);
        if (signal.aborted) fail();
      },
      async pull(controller) {
        try {
          const { done, value } = await body.next();
          if (signal?.aborted) return;
          if (done !== true) return controller.enqueue(value);
          finish();
          controller.close();
        } catch (error) {
          finish();
          if (!signal?.aborted) controller.error(error);
        }
      },
      cancel: giveUp,
    },
    { highWaterMark: 0 },
  );
}

function reading(key: string): string {
  return `Reading the body of ${JSON.stringify(key)}`;
}
