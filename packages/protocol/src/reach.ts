import { FogboundError, onAbort } from "@fogbound/errors";
import type { Waiting } from "./parties.js";

/**
 * Does something after so many milliseconds, unless the function it returns is called before. Injected, so that tests
 * need not wait; the work never rejects.
 */
export type Later = (milliseconds: number, work: () => Promise<void>) => () => void;

/** By the runtime's timers, which do not keep a process alive. */
export const byTimer: Later = (milliseconds, work) => {
  const timer: { unref?(): unknown } | number = setTimeout(() => void work(), milliseconds);
  if (typeof timer === "object") timer.unref?.();
  return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
};

/** Whether the harmonizer could not be asked, or could not ask its own store: another try may succeed. */
export function isHarmonizerAway(error: unknown): boolean {
  return (
    FogboundError.isInstance(error) && (error.code === "HARMONIZER_UNREACHABLE" || error.code === "STORE_UNREACHABLE")
  );
}

export interface Patience {
  readonly later: Later;
  readonly milliseconds: number;
  /** What a call that takes longer is rejected with. */
  readonly tooLong: () => FogboundError;
}

/** Waits for another party no longer than patience and signal let: one that hangs is one that is away. */
export async function withPatience<T>(
  { later, milliseconds, tooLong }: Patience,
  { signal }: Waiting,
  work: (waiting: Waiting & { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let giveUp: (reason: unknown) => void = () => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = (reason) => {
      controller.abort(reason);
      reject(controller.signal.reason);
    };
  });
  const stopFollowing = signal && onAbort(signal, () => giveUp(signal.reason));
  const cancel = later(milliseconds, async () => giveUp(tooLong()));
  try {
    return await Promise.race([work({ signal: controller.signal }), givenUp]);
  } finally {
    cancel();
    stopFollowing?.();
  }
}

/** Milliseconds before the next try: doubles from a second to a minute. */
export function backoff(tries: number): number {
  return Math.min(1000 * 2 ** Math.min(tries, 16), 60_000);
}
