import { toHex, utf8 } from "@fogbound/crypto";
import { type ErasedRecords, erased, hashOf, type InstanceId } from "@fogbound/protocol";

/** What owners erased, as the log says: whole epochs lose their wraps, which a harmonizer has none of; records their bodies. */
export class Erasures {
  readonly #numbers = new Map<string, Set<number>>();
  readonly #notes = new Map<string, readonly ErasedRecords[]>();

  /** A sequenced note: its signature was checked when it came. */
  take(note: Uint8Array): void {
    const { records } = erased.read(note).value;
    this.#notes.set(erasureName(note), records);
    for (const { instance, epoch, numbers } of records) {
      const name = `${instance} ${epoch}`;
      const known = this.#numbers.get(name) ?? new Set();
      this.#numbers.set(name, known);
      for (const number of numbers ?? []) known.add(number);
    }
  }

  isErased(instance: InstanceId, epoch: number, number: number): boolean {
    return this.#numbers.get(`${instance} ${epoch}`)?.has(number) === true;
  }

  /** Whether anything of this epoch was. */
  concern(instance: InstanceId, epoch: number): boolean {
    return (this.#numbers.get(`${instance} ${epoch}`)?.size ?? 0) > 0;
  }

  /** Every note there is, by `erasureName`. */
  get notes(): ReadonlyMap<string, readonly ErasedRecords[]> {
    return this.#notes;
  }
}

/** What lies under the name of an erasure that is done. */
export function erasureMark(note: string): Uint8Array {
  return utf8(note);
}

export function erasureName(note: Uint8Array): string {
  return toHex(hashOf(note));
}
