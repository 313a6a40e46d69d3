import type { InstanceId } from "@fogbound/protocol";
import { Slots } from "./slots.js";

const hashLength = 32;
/** The number's lower half, the instance, and the number's upper half, 4 bytes each. */
const keyLength = 12;
const fewestSlots = 1024;

/**
 * The headers that were sequenced last, of all chains together: by them it is told which record somebody means. As entries
 * of a map they took 800 bytes each; here it is 60, in arrays that are written round and round.
 */
export class RecentHeaders {
  readonly #most: number;
  readonly #instances: Map<InstanceId, number> = new Map();
  #keys: Uint8Array = new Uint8Array(0);
  #hashes: Uint8Array = new Uint8Array(0);
  readonly #slots: Slots = new Slots((slot) => this.#keys.subarray(keyLength * slot, keyLength * (slot + 1)));
  #kept = 0;

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Of one that comes twice, the last counts. */
  keep(instance: InstanceId, number: number, hash: Uint8Array): void {
    const place = this.#instances.get(instance) ?? this.#instances.size;
    this.#instances.set(instance, place);
    const key = keyOf(place, number);
    const slot = this.#slots.find(key) ?? this.#take(key);
    this.#hashes.set(hash, hashLength * slot);
  }

  /** null for one that is not kept any more. */
  find(instance: InstanceId, number: number): Uint8Array | null {
    const place = this.#instances.get(instance);
    const slot = place === undefined ? null : this.#slots.find(keyOf(place, number));
    return slot === null ? null : this.#hashes.slice(hashLength * slot, hashLength * (slot + 1));
  }

  #take(key: Uint8Array): number {
    const slot = this.#kept % this.#most;
    if (this.#kept >= this.#most) this.#slots.remove(slot);
    else this.#makeRoom(slot);
    this.#kept++;
    this.#keys.set(key, keyLength * slot);
    this.#slots.add(slot);
    return slot;
  }

  #makeRoom(slot: number): void {
    if (keyLength * slot < this.#keys.length) return;
    const capacity = Math.min(this.#most, Math.max(fewestSlots, 2 * slot));
    this.#keys = longer(this.#keys, keyLength * capacity);
    this.#hashes = longer(this.#hashes, hashLength * capacity);
  }
}

function keyOf(place: number, number: number): Uint8Array {
  const key = new DataView(new ArrayBuffer(keyLength));
  key.setUint32(0, number % 2 ** 32);
  key.setUint32(4, place);
  key.setUint32(8, Math.floor(number / 2 ** 32));
  return new Uint8Array(key.buffer);
}

function longer(bytes: Uint8Array, length: number): Uint8Array {
  const more = new Uint8Array(length);
  more.set(bytes);
  return more;
}
