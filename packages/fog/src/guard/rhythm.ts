/**
 * When what was only learnt is saved: with every so many accesses, or with the first that comes so long after another one
 * that counted. Every access counts, whatever the guard thinks of it and whether or not anything was learnt. A host sees
 * which answers took as long as a save takes, and would learn from a rhythm of what is learnt who gets fog.
 */
export class Rhythm {
  readonly #accesses: number;
  readonly #milliseconds: number;
  #counted = 0;
  #since = 0;

  constructor(accesses: number, milliseconds: number) {
    this.#accesses = accesses;
    this.#milliseconds = milliseconds;
  }

  /** Counts an access. @returns whether a save goes with it; then counting begins anew. */
  beat(time: number): boolean {
    if (this.#counted === 0) this.#since = time;
    this.#counted++;
    // A clock that was set back counts like one that went on: nothing may wait until it has caught up.
    const isDue = this.#counted >= this.#accesses || Math.abs(time - this.#since) >= this.#milliseconds;
    if (isDue) this.#counted = 0;
    return isDue;
  }
}
