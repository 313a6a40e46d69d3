/** Of each signal, what is to happen when it aborts, in the order it came. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `work` when the signal aborts, unless the function it returns is called before. One listener stands for all who
 * wait: a signal goes with dozens of calls at once, and Node takes more than ten listeners for a leak.
 * `work` must not throw, and is never called for a signal that has aborted already.
 */
export function onAbort(signal: AbortSignal, work: () => void): () => void {
  const works = waiting.get(signal) ?? new Set();
  // Wrapped, so that the same work may wait twice.
  const own = (): void => work();
  if (works.size === 0) signal.addEventListener("abort", callAll);
  waiting.set(signal, works.add(own));
  return () => {
    works.delete(own);
    if (works.size === 0) signal.removeEventListener("abort", callAll);
  };
}

function callAll(this: AbortSignal): void {
  this.removeEventListener("abort", callAll);
  const works = waiting.get(this) ?? [];
  // A set is walked as it is: who is let go of meanwhile is not called.
  for (const work of works) work();
  waiting.delete(this);
}
