import {
  type ArchiveObject,
  type ArchivePlace,
  type FrontCoded,
  FrontCodedReader,
  FrontCodedWriter,
} from "./front-coding.js";

/** Objects sorted at once, as such. */
const sortedAtOnce = 4096;

/**
 * The objects of an archive, of whose names only what differs is kept (`front-coding.ts`). The names are all there: nothing
 * that an archive holds can pass for something else in it.
 */
export class ArchiveIndex {
  readonly #objects: FrontCoded;

  constructor(objects: FrontCoded) {
    this.#objects = objects;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** null for a name that is not there. */
  get(name: string): ArchivePlace | null {
    const [found] = this.#from(name);
    return found?.name === name ? found : null;
  }

  /** Those whose names begin so, in the order of their names (by UTF-16 code units). */
  *under(prefix: string): Generator<ArchiveObject, void, undefined> {
    for (const object of this.#from(prefix)) {
      if (!object.name.startsWith(prefix)) return;
      yield object;
    }
  }

  *#from(name: string): Generator<ArchiveObject, void, undefined> {
    const { bytes, starts } = this.#objects;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { name: found } = new FrontCodedReader(bytes, starts[middle] ?? 0).next();
      if (found <= name) low = middle + 1;
      else high = middle;
    }
    const reader = new FrontCodedReader(bytes, starts[low - 1] ?? 0);
    while (!reader.isDone) {
      const object = reader.next();
      if (object.name >= name) yield object;
    }
  }
}

/** Takes objects in any order, and makes their index. */
export class ArchiveIndexer {
  readonly #sortedAtOnce: number;
  readonly #runs: ArchiveIndex[] = [];
  #pending: ArchiveObject[] = [];
  #run: FrontCodedWriter = new FrontCodedWriter();
  size = 0;

  constructor(atOnce: number = sortedAtOnce) {
    this.#sortedAtOnce = atOnce;
  }

  /** @param object its name is ASCII, of 1 to 256 characters */
  add(object: ArchiveObject): void {
    this.size++;
    this.#pending.push(object);
    if (this.#pending.length >= this.#sortedAtOnce) this.#sort();
  }

  /** null when a name was added twice. */
  finish(): ArchiveIndex | null {
    this.#sort();
    this.#runs.push(new ArchiveIndex(this.#run.finish()));
    // The two that have waited longest are about as long as each other: every object is copied as often as there are
    // doublings, whatever order somebody put them into.
    for (;;) {
      const [one, other] = this.#runs.splice(0, 2);
      if (one === undefined || other === undefined) return one?.size === this.size ? one : null;
      this.#runs.push(merged(one, other));
    }
  }

  /** What was written in order, as an export is, goes on in one run. */
  #sort(): void {
    const sorted = this.#pending.sort((one, other) => (one.name < other.name ? -1 : 1));
    this.#pending = [];
    if (sorted[0] !== undefined && sorted[0].name <= this.#run.last) {
      this.#runs.push(new ArchiveIndex(this.#run.finish()));
      this.#run = new FrontCodedWriter();
    }
    for (const object of sorted) this.#run.add(object);
  }
}

function merged(one: ArchiveIndex, other: ArchiveIndex): ArchiveIndex {
  const writer = new FrontCodedWriter();
  const right = other.under("");
  let waiting = right.next();
  for (const left of one.under("")) {
    for (; !waiting.done && waiting.value.name < left.name; waiting = right.next()) writer.add(waiting.value);
    writer.add(left);
  }
  for (; !waiting.done; waiting = right.next()) writer.add(waiting.value);
  return new ArchiveIndex(writer.finish());
}
