import { memoryDriver, type StoreDriver } from "@fogbound/storage";

/** A real store in memory, in front of which a test can cut the wire: for what is sent, and for what comes back. */
export class FaultyDriver implements StoreDriver {
  readonly name = "faulty";
  readonly capabilities: StoreDriver["capabilities"];
  /** Objects whose creation is refused before it happens. */
  refuse: (key: string) => boolean = () => false;
  /** Objects that are created, and whose writer hears only that the connection broke. */
  lose: (key: string) => boolean = () => false;
  /** Objects that cannot be read just now. */
  hide: (key: string) => boolean = () => false;
  /** Objects that have gone when they are read, though a listing had them. */
  lack: (key: string) => boolean = () => false;
  readonly #inner: StoreDriver = memoryDriver();

  constructor() {
    this.capabilities = this.#inner.capabilities;
  }

  async create(...[key, ...more]: Parameters<StoreDriver["create"]>): ReturnType<StoreDriver["create"]> {
    if (this.refuse(key)) throw new Refused();
    const created = await this.#inner.create(key, ...more);
    if (this.lose(key)) throw new Error("connection reset");
    return created;
  }

  async get(...[key, ...more]: Parameters<StoreDriver["get"]>): ReturnType<StoreDriver["get"]> {
    if (this.hide(key)) throw new Error("connection reset");
    if (this.lack(key)) return null;
    return this.#inner.get(key, ...more);
  }

  upload(...given: Parameters<StoreDriver["upload"]>): ReturnType<StoreDriver["upload"]> {
    return this.#inner.upload(...given);
  }

  replace(...given: Parameters<StoreDriver["replace"]>): ReturnType<StoreDriver["replace"]> {
    return this.#inner.replace(...given);
  }

  head(...given: Parameters<StoreDriver["head"]>): ReturnType<StoreDriver["head"]> {
    return this.#inner.head(...given);
  }

  list(...given: Parameters<StoreDriver["list"]>): ReturnType<StoreDriver["list"]> {
    return this.#inner.list(...given);
  }

  delete(...given: Parameters<StoreDriver["delete"]>): ReturnType<StoreDriver["delete"]> {
    return this.#inner.delete(...given);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  errorCode(error: unknown): ReturnType<StoreDriver["errorCode"]> {
    return error instanceof Refused ? "STORE_FULL" : this.#inner.errorCode(error);
  }
}

class Refused extends Error {}
