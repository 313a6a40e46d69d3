import { waitFor } from "@fogbound/errors";
import { retryDelayMilliseconds } from "./defaults.js";

/** What a call waits under; undefined when its caller gave no signal, so that nothing need listen to one. */
export type GivenSignal = AbortSignal | undefined;

/**
 * For a driver, which wants a signal. Where the caller gave none, all calls share one that nobody can abort: it takes no
 * listeners, as it would gather those of all calls, and making one for each costs more than a small call's own work.
 */
export function driverSignal(signal: GivenSignal): AbortSignal {
  return signal ?? neverAborted;
}

const neverAborted: AbortSignal = Object.defineProperty(new AbortController().signal, "addEventListener", {
  value: () => undefined,
});

/** Rejects with the signal's reason the moment it aborts, even when `work` does not listen to it. */
export async function abortable<T>(work: () => Promise<T>, signal: GivenSignal): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  return waitFor(work(), signal);
}

/**
 * Calls `attempt` until it resolves, at most 1 + `maxRetries` times. Only for calls that may safely be repeated.
 * Rejects with the last error, or with the signal's reason.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  isRetryable: (error: unknown) => boolean,
  maxRetries: number,
  signal: GivenSignal,
): Promise<T> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await abortable(attempt, signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (repeat >= maxRetries || !isRetryable(error)) throw error;
    }
    await pause(repeat, signal);
  }
}

/** Waits before repeat number `repeat` (from 0): 0 to 100 ms, doubled each time. */
export async function pause(repeat: number, signal: GivenSignal): Promise<void> {
  const milliseconds = Math.random() * retryDelayMilliseconds * 2 ** repeat;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const elapsed = (resolve: () => void): void => {
    timer = setTimeout(resolve, milliseconds);
  };
  try {
    await abortable(() => new Promise<void>(elapsed), signal);
  } finally {
    clearTimeout(timer);
  }
}
