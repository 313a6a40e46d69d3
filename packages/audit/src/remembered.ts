import type { Access, Settled } from "./access.js";
import { type Given, GivenOut } from "./given-out.js";
import type { OpenedRecord } from "./records.js";

/**
 * The accesses that were given out, as far as more of them may come. A stream may go on for hours, while as many others
 * begin and end as the window holds: so those that go on are remembered apart, and not pushed out by those that ended.
 */
export class Remembered {
  readonly #ended: GivenOut;
  /** Of these not everything had come, or a delivery came after everything. */
  readonly #goingOn: GivenOut;

  /** @param window how many of each kind are remembered: the last ones */
  constructor(window: number) {
    this.#ended = new GivenOut(window);
    this.#goingOn = new GivenOut(window);
  }

  keep({ id, leaf }: Access, { isUnfinished, entry, ...settled }: Settled): void {
    const kept = isUnfinished ? this.#goingOn : this.#ended;
    kept.keep(id, { ...settled, leaf });
  }

  /** The access that a record belongs to; null when none is remembered. */
  find({ id, kind }: OpenedRecord): Given | null {
    const goingOn = this.#goingOn.find(id);
    if (goingOn !== null) return goingOn;
    const ended = this.#ended.find(id);
    if (ended !== null && kind === "delivered") this.#goingOn.keep(id, ended);
    return ended;
  }
}
