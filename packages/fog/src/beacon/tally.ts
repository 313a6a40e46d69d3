import type { Reading } from "./read-write.js";
import type { ShapeCipher } from "./shape-cipher.js";
import type { IssuedEpisode } from "./verdict.js";

/** Identifiers seen lately are not deciphered, nor counted, again. */
const mostRemembered = 65_536;

/** Of what names more, the rest is left out, and the report says so: some 5 MB of memory. */
const mostHits = 65_536;

/** For one episode and shape, so that a whole decoy leaves room for another behind it. */
const mostRows = 8_192;

/** What the identifiers of a fragment stand for. */
export class Tally {
  readonly #ciphers: readonly ShapeCipher[];
  readonly #issued: readonly Set<bigint>[] | null;
  readonly #seen = new Set<string>();
  readonly #candidates: number[];
  readonly #rows: readonly Map<bigint, Set<number>>[];
  #hits = 0;
  #isCutShort = false;

  constructor(ciphers: readonly ShapeCipher[], issued: readonly IssuedEpisode[] | null) {
    this.#ciphers = ciphers;
    this.#issued =
      issued === null
        ? null
        : ciphers.map(({ compiled }) => new Set(issued.map(({ episode }) => BigInt(episode) % compiled.episodes)));
    this.#candidates = ciphers.map(() => 0);
    this.#rows = ciphers.map(() => new Map());
  }

  /** Of each shape, how many different identifiers were looked at: never fewer than there were. */
  get candidates(): readonly number[] {
    return this.#candidates;
  }

  /** Of each shape, the rows found of each episode (modulo the shape's). */
  get rows(): readonly ReadonlyMap<bigint, ReadonlySet<number>>[] {
    return this.#rows;
  }

  get isCutShort(): boolean {
    return this.#isCutShort;
  }

  /** @param at the index of the shape it was read as */
  add(at: number, reading: Reading): void {
    const name = `${at} ${reading.value} ${reading.options.join()}`;
    if (this.#seen.has(name)) return;
    if (this.#seen.size === mostRemembered) this.#seen.clear();
    this.#seen.add(name);
    this.#candidates[at] = (this.#candidates[at] ?? 0) + 1;
    const mark = this.#ciphers[at]?.markOf(reading) ?? null;
    if (mark === null || this.#issued?.[at]?.has(mark.episode) === false) return;
    this.#keep(this.#rows[at], mark.episode, mark.row);
  }

  #keep(found: Map<bigint, Set<number>> | undefined, episode: bigint, row: number): void {
    const rows = found?.get(episode) ?? new Set();
    if (rows.has(row)) return;
    if (this.#hits === mostHits || rows.size === mostRows) {
      this.#isCutShort = true;
      return;
    }
    this.#hits++;
    found?.set(episode, rows.add(row));
  }
}
