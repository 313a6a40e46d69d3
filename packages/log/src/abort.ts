/** Rejects with the signal's reason the moment it aborts, even when `work` does not listen. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

export interface SharedSignal {
  readonly signal: AbortSignal;
  /** Lets go of the signals it listens to. */
  release(): void;
}

/** Aborts when all of them have: shared work goes on as long as anybody waits for it. One without a signal waits for ever. */
export function abortedByAll(signals: readonly (AbortSignal | undefined)[]): SharedSignal {
  const controller = new AbortController();
  const listened = signals.filter((one) => one !== undefined);
  const check = (): void => {
    if (listened.length === signals.length && listened.every((one) => one.aborted))
      controller.abort(listened.at(-1)?.reason);
  };
  for (const one of listened) one.addEventListener("abort", check);
  check();
  return {
    signal: controller.signal,
    release: () => {
      for (const one of listened) one.removeEventListener("abort", check);
    },
  };
}
