import { onAbort } from "./on-abort.js";

/**
 * Waits for work no longer than the signal lets: rejects with its reason the moment it aborts, though the work never ends.
 * The work itself goes on, for whoever else waits for it.
 */
export async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // Whoever left is not there any more to hear that it failed.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let release: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    release = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    release();
  }
}
