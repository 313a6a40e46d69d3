import { onAbort } from "./on-abort.js";

/**
 * A signal of one's own that aborts with another's, and by itself, until it is released. Not by `AbortSignal.any`: that
 * leaves something behind in the other signal each time, which may live as long as the process.
 */
export class OwnAbort {
  readonly #controller = new AbortController();
  readonly release: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    if (signal.aborted) this.abort(signal.reason);
    else this.release = onAbort(signal, () => this.abort(signal.reason));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }
}
