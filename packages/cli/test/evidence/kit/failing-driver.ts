import type { StoreDriver } from "@fogbound/storage";

/**
 * - `before`: an error that explains nothing, and nothing was done.
 * - `refused`: an error that says so, and nothing was done.
 * - `after`: an error, and all of it was done.
 * - `hang`: no answer, until `release`; then an error, and nothing was done.
 */
export const failures = ["before", "refused", "after", "hang"] as const;
export type Failure = (typeof failures)[number];

class Failed extends Error {
  readonly refused: boolean;

  constructor(failure: Failure) {
    super(`failed by plan: ${failure}`);
    this.refused = failure === "refused";
  }
}

/** In front of a store; one of its next calls fails. */
export class FailingDriver {
  readonly driver: StoreDriver;
  calls = 0;
  #plan: { readonly failure: Failure; readonly call: number } | null = null;
  #release: () => void = () => undefined;
  #onHang: () => void = () => undefined;

  constructor(real: StoreDriver) {
    const methods = new Set(["create", "upload", "replace", "get", "head", "list", "delete"]);
    this.driver = new Proxy(real, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target);
        if (typeof method !== "function") return method;
        if (name === "errorCode")
          return (error: unknown) =>
            error instanceof Failed ? (error.refused ? "STORE_REFUSED" : null) : target.errorCode(error);
        if (!methods.has(String(name))) return method.bind(target);
        return (...given: unknown[]) => this.#call(async () => method.apply(target, given));
      },
    });
  }

  /** The call of this number from now on fails, once. */
  plan(failure: Failure, call: number, onHang: () => void): void {
    this.calls = 0;
    this.#plan = { failure, call };
    this.#onHang = onHang;
  }

  /** The store is well again, and what hung has failed. */
  heal(): void {
    this.#plan = null;
    this.#release();
  }

  async #call(work: () => Promise<unknown>): Promise<unknown> {
    this.calls++;
    if (this.#plan?.call !== this.calls) return work();
    const { failure } = this.#plan;
    this.#plan = null;
    if (failure === "after") await work();
    if (failure === "hang") {
      const released = new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      this.#onHang();
      await released;
    }
    throw new Failed(failure);
  }
}
