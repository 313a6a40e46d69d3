/** Where an object lies in an archive. */
export interface ArchivePlace {
  /** Of its first byte; a multiple of 512. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

export interface ArchiveObject extends ArchivePlace {
  /** ASCII, 1 to 256 characters. */
  readonly name: string;
}

/**
 * Objects in the order of their names, of each name only what differs from the one before it (front coding, as in a sorted
 * string table): how many characters both begin with, how many follow, those, and the place as two numbers.
 */
export interface FrontCoded {
  readonly bytes: Uint8Array;
  /** Where every sixteenth begins, from the first on: its name stands whole, so that a search may begin there. */
  readonly starts: Uint32Array;
  readonly size: number;
}

const block = 512;
const interval = 16;
/** Two lengths, a name, and two numbers of 53 bits. */
const mostBytes = 2 + 256 + 2 * 8;

export class FrontCodedWriter {
  #bytes: Uint8Array = new Uint8Array(8 * mostBytes);
  #at = 0;
  readonly #starts: number[] = [];
  #size = 0;
  last = "";

  /** @param object comes after the last one, or has its name: what comes twice is written once */
  add({ name, offset, size }: ArchiveObject): void {
    if (name === this.last) return;
    this.#makeRoom();
    const isWhole = this.#size++ % interval === 0;
    if (isWhole) this.#starts.push(this.#at);
    const shared = isWhole ? 0 : sharedLength(this.last, name);
    this.#byte(shared);
    this.#byte(name.length - shared - 1);
    for (let at = shared; at < name.length; at++) this.#byte(name.charCodeAt(at));
    this.#number(offset / block);
    this.#number(size);
    this.last = name;
  }

  finish(): FrontCoded {
    return { bytes: this.#bytes.slice(0, this.#at), starts: Uint32Array.from(this.#starts), size: this.#size };
  }

  #makeRoom(): void {
    if (this.#at + mostBytes <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  #byte(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  /** Seven bits a byte, the lowest first; all but the last have the eighth. */
  #number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest % 0x80) | 0x80);
    this.#byte(rest);
  }
}

export class FrontCodedReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #name = "";

  /** @param at where a name stands whole */
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  next(): ArchiveObject {
    const shared = this.#byte();
    const start = this.#at + 1;
    const end = start + this.#byte() + 1;
    this.#name = this.#name.slice(0, shared) + String.fromCharCode(...this.#bytes.subarray(start, end));
    this.#at = end;
    return { name: this.#name, offset: this.#number() * block, size: this.#number() };
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  #number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte % 0x80) * scale;
      if (byte < 0x80) return value;
    }
  }
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
