import {
  type ArchiveObject,
  type ArchivePlace,
  type FrontCoded,
  FrontCodedWriter,
  isAfter,
  readFrontCoded,
} from "./front-coding.js";

type Objects = Generator<ArchiveObject, void, undefined>;

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
  *under(prefix: string): Objects {
    for (const object of this.#from(prefix)) {
      if (!object.name.startsWith(prefix)) return;
      yield object;
    }
  }

  *#from(name: string): Objects {
    const { starts } = this.#objects;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAfter(this.#objects, starts[middle] ?? 0, name)) high = middle;
      else low = middle + 1;
    }
    for (const object of readFrontCoded(this.#objects, starts[low - 1] ?? 0)) if (object.name >= name) yield object;
  }
}

/** Takes objects in any order, and makes their index. */
export class ArchiveIndexer {
  readonly #sortedAtOnce: number;
  readonly #runs: FrontCoded[] = [];
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
    this.#runs.push(this.#run.finish());
    const [one, ...more] = this.#runs;
    const objects = one !== undefined && more.length === 0 ? one : mergedRuns(this.#runs);
    return objects.size === this.size ? new ArchiveIndex(objects) : null;
  }

  /** What was written in order, as an export is, goes on in one run. */
  #sort(): void {
    const sorted = this.#pending.sort((one, other) => (one.name < other.name ? -1 : 1));
    this.#pending = [];
    if (sorted[0] !== undefined && sorted[0].name <= this.#run.last) {
      this.#runs.push(this.#run.finish());
      this.#run = new FrontCodedWriter();
    }
    for (const object of sorted) this.#run.add(object);
  }
}

/** Every object passes as many mergers as there are doublings, whatever order somebody put them into. */
function mergedRuns(runs: readonly FrontCoded[]): FrontCoded {
  const writer = new FrontCodedWriter();
  const streams = runs.map((run) => readFrontCoded(run, 0));
  for (;;) {
    const [one, other] = streams.splice(0, 2);
    if (other !== undefined && one !== undefined) streams.push(merged(one, other));
    else {
      for (const object of one ?? []) writer.add(object);
      return writer.finish();
    }
  }
}

function* merged(left: Objects, right: Objects): Objects {
  let [one, other] = [left.next(), right.next()];
  while (!one.done && !other.done)
    if (one.value.name < other.value.name) {
      yield one.value;
      one = left.next();
    } else {
      yield other.value;
      other = right.next();
    }
  for (; !one.done; one = left.next()) yield one.value;
  for (; !other.done; other = right.next()) yield other.value;
}
