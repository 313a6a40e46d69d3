import { onAbort } from "@fogbound/errors";
import type { Caller } from "./calls.js";
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
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const reader = object.body.getReader();
  const call = `Reading the body of ${JSON.stringify(object.key)}`;
  let seen = 0;
  let finish: () => void = () => undefined;
  const giveUp = (reason: unknown): void => {
    finish();
    reader.cancel(reason).catch(() => undefined);
  };
  const wrongLength = (): Error =>
    storeError(
      caller.driver,
      "STORE_UNREACHABLE",
      `${call}: expected ${length} bytes, got ${seen > length ? "more" : seen}`,
    );

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
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
          if (signal.aborted) return;
          seen += value?.length ?? 0;
          if (seen > length || (done && seen !== length)) throw wrongLength();
          if (!done) return controller.enqueue(value);
          finish();
          controller.close();
        } catch (error) {
          if (signal.aborted) return;
          giveUp(error);
          controller.error(toFogboundError(caller.driver, error, call, "STORE_UNREACHABLE"));
        }
      },
      cancel: giveUp,
    },
    { highWaterMark: 0 },
  );
}
