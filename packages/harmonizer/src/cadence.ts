/** Calls `work` once, at the earliest moment asked for, without keeping the process alive for it; repeats until it succeeds. */
export class Cadence {
  readonly #work: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #due = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  within(milliseconds: number): void {
    const due = performance.now() + milliseconds;
    if (this.#stopped || due >= this.#due) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#run(milliseconds), milliseconds);
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #run(milliseconds: number): void {
    this.#timer = null;
    this.#due = Number.POSITIVE_INFINITY;
    this.#work().catch(() => this.within(Math.max(milliseconds, 1000)));
  }
}
