import { onAbort, waitFor } from "@fogbound/errors";

/** Rejects with the signal's reason the moment it aborts, even when `work` does not listen. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted();
  return waitFor(work(), signal);
}

export interface SharedSignal {
  /** undefined when it never aborts. */
  readonly signal: AbortSignal | undefined;
  /** Lets go of the signals it listens to. */
  release(): void;
}

/** Aborts when all of them have: shared work goes on as long as anybody waits for it. One without a signal waits for ever. */
export function abortedByAll(signals: readonly (AbortSignal | undefined)[]): SharedSignal {
  const listened = signals.filter((one) => one !== undefined);
  if (listened.length < signals.length) return { signal: undefined, release: () => undefined };
  const controller = new AbortController();
  const check = (): void => {
    if (listened.every((one) => one.aborted)) controller.abort(listened.at(-1)?.reason);
  };
  const releases = listened.map((one) => onAbort(one, check));
  check();
  return {
    signal: controller.signal,
    release: () => {
      for (const release of releases) release();
    },
  };
}
