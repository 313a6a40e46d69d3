import { toHex } from "@fogbound/crypto";
import type { Settled } from "./access.js";
import { Slots } from "./slots.js";

/** What is kept of an access that was given out: what a late journal entry, or another delivery, is compared with. */
export interface Given extends Omit<Settled, "isUnfinished" | "entry"> {
  readonly leaf: number;
}

/** What many accesses have in common. */
interface Common extends Pick<Given, "place" | "instance" | "isDenied" | "isRefused"> {
  readonly name: string;
  uses: number;
}

const hashLength = 32;
const hashesOfEach = 4;
const fewestSlots = 1024;

/**
 * The accesses that were given out last, as many as the window holds. As objects they were most of what an audit keeps,
 * and their garbage made the process twice as large: so each is 152 bytes of a few long arrays that are written round and
 * round. Only those that the host recorded not once, or of which it is not known what they were served under, lie as objects.
 */
export class GivenOut {
  readonly #window: number;
  /** Of each slot the hashes of the request, of the host's header, of the answers, and of the header's receipt. */
  #hashes: Uint8Array = new Uint8Array(0);
  #leaves: Float64Array = new Float64Array(0);
  /** NaN where it is not known. */
  #lengths: Float64Array = new Float64Array(0);
  readonly #commons: (Common | null)[] = [];
  readonly #commonsByName: Map<string, Common> = new Map();
  /** By the request's hash. */
  readonly #slots: Slots = new Slots((slot) => this.#hash(hashesOfEach * slot));
  readonly #others: Map<string, Given> = new Map();
  /** Where the next one goes: over the oldest, once there are as many as the window holds. */
  #next = 0;

  constructor(window: number) {
    this.#window = window;
  }

  get size(): number {
    return this.#commons.length;
  }

  /** @param id hash of the request, in hex; of one that is not here */
  keep(id: string, given: Given): void {
    const slot = this.#next;
    if (slot < this.size) this.#drop(slot);
    else this.#grow(slot + 1);
    this.#next = (slot + 1) % this.#window;
    this.#commons[slot] = null;
    writeHex(id, this.#hashes, hashesOfEach * slot * hashLength);
    const [header, ...more] = given.headers;
    const [receipt = null] = given.receipts;
    if (header === undefined || receipt === null || more.length > 0 || given.shown === null) {
      this.#others.set(id, given);
      return;
    }
    writeHex(header, this.#hashes, (hashesOfEach * slot + 1) * hashLength);
    writeHex(given.shown, this.#hashes, (hashesOfEach * slot + 2) * hashLength);
    writeHex(receipt, this.#hashes, (hashesOfEach * slot + 3) * hashLength);
    this.#leaves[slot] = given.leaf;
    this.#lengths[slot] = given.length ?? Number.NaN;
    this.#commons[slot] = this.#use(given);
    this.#slots.add(slot);
  }

  find(id: string): Given | null {
    const slot = this.#slots.find(writeHex(id, new Uint8Array(hashLength), 0));
    const common = slot === null ? undefined : this.#commons[slot];
    if (slot === null || !common) return this.#others.get(id) ?? null;
    const { place, instance, isDenied, isRefused } = common;
    const [header = "", shown = "", receipt = ""] = [1, 2, 3].map((at) => toHex(this.#hash(hashesOfEach * slot + at)));
    const leaf = this.#leaves[slot] ?? 0;
    const known = this.#lengths[slot] ?? Number.NaN;
    const length = Number.isNaN(known) ? null : known;
    return { headers: [header], receipts: [receipt], place, instance, isDenied, isRefused, shown, length, leaf };
  }

  #drop(slot: number): void {
    const common = this.#commons[slot] ?? null;
    if (common === null) {
      this.#others.delete(toHex(this.#hash(hashesOfEach * slot)));
      return;
    }
    this.#slots.remove(slot);
    common.uses--;
    if (common.uses === 0) this.#commonsByName.delete(common.name);
  }

  #grow(count: number): void {
    if (count <= this.#leaves.length) return;
    const capacity = Math.min(this.#window, Math.max(fewestSlots, 2 * this.#leaves.length));
    const hashes = new Uint8Array(hashesOfEach * capacity * hashLength);
    const leaves = new Float64Array(capacity);
    const lengths = new Float64Array(capacity);
    hashes.set(this.#hashes);
    leaves.set(this.#leaves);
    lengths.set(this.#lengths);
    this.#hashes = hashes;
    this.#leaves = leaves;
    this.#lengths = lengths;
  }

  #use({ place, instance, isDenied, isRefused }: Given): Common {
    const name = `${isDenied} ${isRefused} ${instance} ${place}`;
    const common = this.#commonsByName.get(name) ?? { name, place, instance, isDenied, isRefused, uses: 0 };
    this.#commonsByName.set(name, common);
    common.uses++;
    return common;
  }

  #hash(index: number): Uint8Array {
    return this.#hashes.subarray(index * hashLength, (index + 1) * hashLength);
  }
}

/** Writes a hash that is text. @returns where it was written */
function writeHex(text: string, bytes: Uint8Array, start: number): Uint8Array {
  for (let at = 0; at < hashLength; at++) bytes[start + at] = (digitAt(text, 2 * at) << 4) | digitAt(text, 2 * at + 1);
  return bytes.subarray(start, start + hashLength);
}

function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
