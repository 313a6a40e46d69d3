import { onAbort, waitFor } from "@fogbound/errors";
import type { Caller } from "./calls.js";
import type { GivenSignal } from "./retry.js";
import type { StoredObject } from "./store-driver.js";
import { storeError, toFogboundError } from "./store-error.js";

/**
 * The body of an object, held to the `length` that was announced. Errors of the driver become FogboundErrors; a body
 * that ends early or runs on is `STORE_UNREACHABLE`, never a shorter object; an abort errors it with the signal's reason.
 */
export function wholeBody(
  caller: Caller,
  object: StoredObject,
  length: number,
  signal: GivenSignal,
): ReadableStream<Uint8Array> {
  const reader = object.body.getReader();
  let seen = 0;
  let finish: () => void = () => undefined;
  const giveUp = (reason: unknown): void => {
    finish();
    reader.cancel(reason).catch(() => undefined);
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
          const { done, value } = await reader.read();
          if (signal?.aborted) return;
          seen += value?.length ?? 0;
          requireLength(caller, object.key, { length, seen, done });
          if (!done) return controller.enqueue(value);
          finish();
          controller.close();
        } catch (error) {
          if (signal?.aborted) return;
          giveUp(error);
          controller.error(unreachable(caller, object.key, error));
        }
      },
      cancel: giveUp,
    },
    { highWaterMark: 0 },
  );
}

/**
 * Hands over the chunks of an object's body as they come, held to its length as `wholeBody` holds it, without a stream
 * of their own. What `take` throws passes through, and the body is given up.
 */
export async function readWhole(
  caller: Caller,
  object: StoredObject,
  length: number,
  signal: GivenSignal,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const reader = object.body.getReader();
  try {
    for (let seen = 0; ; ) {
      const { done, value } = await nextOf(caller, object.key, reader, signal);
      seen += value?.length ?? 0;
      requireLength(caller, object.key, { length, seen, done });
      if (done) return;
      take(value);
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined);
    throw error;
  }
}

async function nextOf(
  caller: Caller,
  key: string,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: GivenSignal,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await waitFor(reader.read(), signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw unreachable(caller, key, error);
  }
}

interface Seen {
  readonly length: number;
  readonly seen: number;
  readonly done: boolean;
}

function requireLength(caller: Caller, key: string, { length, seen, done }: Seen): void {
  if (seen < length ? !done : seen === length) return;
  const what = `${reading(key)}: expected ${length} bytes, got ${seen > length ? "more" : seen}`;
  throw storeError(caller.driver, "STORE_UNREACHABLE", what);
}

function unreachable(caller: Caller, key: string, error: unknown): Error {
  return toFogboundError(caller.driver, error, reading(key), "STORE_UNREACHABLE");
}

function reading(key: string): string {
  return `Reading the body of ${JSON.stringify(key)}`;
}
