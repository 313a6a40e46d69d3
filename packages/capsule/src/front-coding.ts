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
  /** As long as their objects are, 64 KiB at most: one long array would have to be copied whenever it is full. */
  readonly pages: readonly Uint8Array[];
  /** Page times 64 KiB, and the place in it, where a name stands whole, so that a search may begin there. */
  readonly starts: Uint32Array;
  readonly size: number;
}

const block = 512;
const pageBytes = 65_536;
/** In a page the first name stands whole, and then one of so many. */
const interval = 16;
/** Two lengths, a name, and two numbers of 53 bits. */
const mostBytes = 2 + 256 + 2 * 8;

export class FrontCodedWriter {
  readonly #pages: Uint8Array[] = [];
  readonly #starts: number[] = [];
  #page: Uint8Array = new Uint8Array(pageBytes);
  #at = 0;
  #sinceWhole = 0;
  #size = 0;
  last = "";

  /** @param object comes after the last one, or has its name: what comes twice is written once */
  add({ name, offset, size }: ArchiveObject): void {
    if (name === this.last) return;
    if (this.#at + mostBytes > pageBytes) this.#turn();
    const shared = this.#shared(name);
    this.#byte(shared);
    this.#byte(name.length - shared - 1);
    for (let at = shared; at < name.length; at++) this.#byte(name.charCodeAt(at));
    this.#number(offset / block);
    this.#number(size);
    this.#size++;
    this.last = name;
  }

  finish(): FrontCoded {
    this.#pages.push(this.#page.slice(0, this.#at));
    return { pages: this.#pages, starts: Uint32Array.from(this.#starts), size: this.#size };
  }

  #turn(): void {
    this.#pages.push(this.#page.subarray(0, this.#at));
    this.#page = new Uint8Array(pageBytes);
    this.#at = 0;
  }

  #shared(name: string): number {
    if (this.#at === 0 || this.#sinceWhole === interval) {
      this.#starts.push(this.#pages.length * pageBytes + this.#at);
      this.#sinceWhole = 0;
    }
    return this.#sinceWhole++ === 0 ? 0 : sharedLength(this.last, name);
  }

  #byte(value: number): void {
    this.#page[this.#at++] = value;
  }

  /** Seven bits a byte, the lowest first; all but the last have the eighth. */
  #number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest % 0x80) | 0x80);
    this.#byte(rest);
  }
}

/** From one of the starts on, all that follow. */
export function* readFrontCoded({ pages }: FrontCoded, start: number): Generator<ArchiveObject, void, undefined> {
  let inPage = start % pageBytes;
  for (let number = Math.floor(start / pageBytes); number < pages.length; number++) {
    const reader = new PageReader(pages[number] ?? new Uint8Array(), inPage);
    while (!reader.isDone) yield reader.next();
    inPage = 0;
  }
}

/** Whether the name that stands whole at a start comes after another one. */
export function isAfter({ pages }: FrontCoded, start: number, name: string): boolean {
  const page = pages[Math.floor(start / pageBytes)] ?? new Uint8Array();
  const first = (start % pageBytes) + 2;
  const end = first + (page[first - 1] ?? 0) + 1;
  for (let at = first; at < end; at++) {
    const difference = (page[at] ?? 0) - (name.charCodeAt(at - first) || 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

class PageReader {
  readonly #page: Uint8Array;
  #at: number;
  #name = "";

  constructor(page: Uint8Array, at: number) {
    this.#page = page;
    this.#at = at;
  }

  get isDone(): boolean {
    return this.#at >= this.#page.length;
  }

  next(): ArchiveObject {
    const shared = this.#byte();
    const start = this.#at + 1;
    const end = start + this.#byte() + 1;
    this.#name = this.#name.slice(0, shared) + String.fromCharCode(...this.#page.subarray(start, end));
    this.#at = end;
    return { name: this.#name, offset: this.#number() * block, size: this.#number() };
  }

  #byte(): number {
    return this.#page[this.#at++] ?? 0;
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
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
}
