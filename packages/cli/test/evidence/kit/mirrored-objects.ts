import type { Snapshot } from "./snapshot.js";
import { StoredObjects } from "./stored-objects.js";

/** The objects of one vault by a vendor's own client, under their keys. */
export interface RawObjects {
  /** Every key, with something that is another one whenever its object is written. */
  list(): Promise<ReadonlyMap<string, string>>;
  read(key: string): Promise<Buffer>;
  write(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}

const atOnce = 16;

/** The objects of a vault in a store that is elsewhere: all of them held here, and brought there by `flush`. */
export class MirroredObjects extends StoredObjects {
  readonly #raw: RawObjects;
  readonly #held = new Map<string, Buffer>();
  readonly #changed = new Set<string>();
  #tags: ReadonlyMap<string, string> = new Map();

  private constructor(raw: RawObjects) {
    super();
    this.#raw = raw;
  }

  static async of(raw: RawObjects): Promise<MirroredObjects> {
    const objects = new MirroredObjects(raw);
    await objects.refresh();
    return objects;
  }

  override keys(prefix: string = ""): string[] {
    return [...this.#held.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  override read(key: string): Buffer {
    const bytes = this.#held.get(key);
    if (bytes === undefined) throw new TypeError(`Expected an object under ${key}.`);
    return Buffer.from(bytes);
  }

  override write(key: string, bytes: Uint8Array): void {
    this.#held.set(key, Buffer.from(bytes));
    this.#changed.add(key);
  }

  protected override drop(key: string): void {
    if (!this.#held.delete(key)) throw new TypeError(`Expected an object under ${key}.`);
    this.#changed.add(key);
  }

  override async flush(): Promise<void> {
    await each([...this.#changed], async (key) => {
      const bytes = this.#held.get(key);
      await (bytes === undefined ? this.#raw.remove(key) : this.#raw.write(key, bytes));
    });
    this.#changed.clear();
    this.#tags = await this.#raw.list();
  }

  override async refresh(): Promise<void> {
    if (this.#changed.size > 0) throw new TypeError("Expected that all changes had been brought into the store.");
    const tags = await this.#raw.list();
    for (const key of [...this.#held.keys()]) if (!tags.has(key)) this.#held.delete(key);
    const stale = [...tags].filter(([key, tag]) => !this.#held.has(key) || this.#tags.get(key) !== tag);
    await each(stale, async ([key]) => void this.#held.set(key, await this.#raw.read(key)));
    this.#tags = tags;
  }
}

/** Of every object as it was. Names are those of the files that a disk has for them. */
export class ObjectSnapshot implements Snapshot {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly #objects: StoredObjects;
  readonly #before: ReadonlyMap<string, Buffer>;

  constructor(objects: StoredObjects) {
    this.#objects = objects;
    this.#before = objects.all();
    this.files = new Map([...this.#before].map(([key, bytes]) => [`objects/${key}.object`, bytes]));
  }

  get names(): readonly string[] {
    return [...this.files.keys()];
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#objects.write(name.slice("objects/".length, -".object".length), bytes);
    await this.#objects.flush();
  }

  async putBack(): Promise<void> {
    await this.#objects.refresh();
    this.#objects.become(this.#before);
    await this.#objects.flush();
  }
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
