import { assertDriver } from "./assert-driver.js";
import type { ByteRange } from "./bytes.js";
import { type ChunkSource, sourceOf } from "./chunk-source.js";
import { assertInOrder } from "./list.js";
import type {
  Capabilities,
  FoundObject,
  HiddenObject,
  ObjectInfo,
  StoreDriver,
  StoreErrorCode,
} from "./store-driver.js";
import { compareKeys } from "./store-key.js";

export interface Route {
  /** What its keys begin with, such as "harmonizer/": each ends in "/", and a segment "*" stands for any one. */
  readonly prefixes: readonly string[];
  readonly driver: StoreDriver;
}

/**
 * Several stores as one: a key lies in the store of the first route that has a beginning of it, else in `rest`. What
 * another of them holds under that key is not seen, so each may also be a whole copy. The capabilities are those that
 * all of them have; opening proves each, and closing closes each.
 *
 * The stores' clocks and failures are their own: nothing is atomic over two of them, as nothing is over two keys of one.
 *
 * @throws TypeError for a prefix that does not end in "/".
 */
export function routedDriver(routes: readonly Route[], rest: StoreDriver): StoreDriver {
  for (const prefix of routes.flatMap(({ prefixes }) => prefixes))
    if (!/[^/]\/$/.test(prefix))
      throw new TypeError(`Expected a prefix that ends in "/", got ${JSON.stringify(prefix)}.`);
  for (const driver of [rest, ...routes.map((route) => route.driver)]) assertDriver(driver);
  return new RoutedDriver(routes, rest);
}

/** A driver's objects after `last`, as far as one page goes. */
type Fetch<Info> = (driver: StoreDriver, last: string) => Promise<readonly Info[]>;

class RoutedDriver implements StoreDriver {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly parts: readonly StoreDriver[];
  readonly #routes: readonly Route[];
  readonly #rest: StoreDriver;
  /** Whose an error is: each vendor's are for its own driver to explain. */
  readonly #origins: WeakMap<object, StoreDriver> = new WeakMap();

  constructor(routes: readonly Route[], rest: StoreDriver) {
    this.#routes = routes;
    this.#rest = rest;
    this.parts = [...new Set([rest, ...routes.map(({ driver }) => driver)])];
    this.name = [...new Set(this.parts.map(({ name }) => name))].join(" + ");
    const all = (has: keyof Capabilities): boolean => this.parts.every(({ capabilities }) => capabilities[has]);
    this.capabilities = {
      largeCreateOnly: all("largeCreateOnly"),
      enforcedRetention: all("enforcedRetention"),
      conditionalDelete: all("conditionalDelete"),
    };
  }

  create(key: string, bytes: Uint8Array, retainUntil: Date | null, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#at(key, (driver) => driver.create(key, bytes, retainUntil, signal));
  }

  upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#at(key, (driver) => driver.upload(key, content, signal));
  }

  replace(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<ObjectInfo> {
    return this.#at(key, (driver) => driver.replace(key, bytes, signal));
  }

  get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null> {
    return this.#at(key, async (driver) => {
      const object = await driver.get(key, range, signal);
      return object === null ? null : { ...object, body: this.#known(driver, object.body) };
    });
  }

  head(key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
    return this.#at(key, (driver) => driver.head(key, signal));
  }

  async list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
    const page = await this.#merged(prefix, after, (driver, last) => driver.list(prefix, last, limit, signal));
    return page.slice(0, limit);
  }

  hidden(prefix: string, after: string, signal: AbortSignal): Promise<readonly HiddenObject[]> {
    return this.#merged(prefix, after, async (driver, last) => driver.hidden?.(prefix, last, signal) ?? []);
  }

  delete(key: string, signal: AbortSignal): Promise<void> {
    return this.#at(key, (driver) => driver.delete(key, signal));
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled(this.parts.map((part) => part.close()));
    for (const one of closed) if (one.status === "rejected") throw one.reason;
  }

  errorCode(error: unknown): StoreErrorCode | null {
    const origin = typeof error === "object" && error !== null ? this.#origins.get(error) : undefined;
    return origin?.errorCode(error) ?? null;
  }

  partOf(key: string): StoreDriver {
    return this.#routes.find(({ prefixes }) => prefixes.some((one) => meets(one, key) === "all"))?.driver ?? this.#rest;
  }

  /** Every driver in which a key that begins so may lie; with a single one, all of them lie there. */
  #driversUnder(prefix: string): readonly StoreDriver[] {
    const found: StoreDriver[] = [];
    for (const { prefixes, driver } of this.#routes) {
      const met = prefixes.map((one) => meets(one, prefix));
      if (met.some((one) => one !== "none")) found.push(driver);
      if (met.includes("all")) return [...new Set(found)];
    }
    return [...new Set([...found, this.#rest])];
  }

  /** One page of all drivers together. None of them has anything more up to where the shortest of theirs ends. */
  async #merged<Info extends ObjectInfo>(prefix: string, after: string, fetch: Fetch<Info>): Promise<readonly Info[]> {
    const [first = this.#rest, ...others] = this.#driversUnder(prefix);
    if (others.length === 0) return this.#in(first, () => fetch(first, after));
    const pages = await Promise.all([first, ...others].map((driver) => this.#ownPage(driver, prefix, after, fetch)));
    const [end = null] = pages.flatMap((page) => page.end ?? []).sort(compareKeys);
    const known = pages.flatMap(({ own }) => own).filter(({ key }) => end === null || compareKeys(key, end) <= 0);
    return known.sort((one, other) => compareKeys(one.key, other.key));
  }

  /** A page of which something is the driver's own: in a copy of everything most is not. `end` is null after the last. */
  async #ownPage<Info extends ObjectInfo>(
    driver: StoreDriver,
    prefix: string,
    after: string,
    fetch: Fetch<Info>,
  ): Promise<{ readonly own: readonly Info[]; readonly end: string | null }> {
    for (let last = after; ; ) {
      const page = await this.#in(driver, () => fetch(driver, last));
      if (page.length === 0) return { own: [], end: null };
      for (const { key } of page) {
        assertInOrder(driver, `Listing ${JSON.stringify(prefix)}`, prefix, last, key);
        last = key;
      }
      const own = page.filter(({ key }) => this.partOf(key) === driver);
      if (own.length > 0) return { own, end: last };
    }
  }

  #at<T>(key: string, work: (driver: StoreDriver) => Promise<T>): Promise<T> {
    const driver = this.partOf(key);
    return this.#in(driver, () => work(driver));
  }

  async #in<T>(driver: StoreDriver, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#from(driver, error);
    }
  }

  #from(driver: StoreDriver, error: unknown): unknown {
    if (typeof error === "object" && error !== null) this.#origins.set(error, driver);
    return error;
  }

  /** The same bytes; what breaks them off is known to be this driver's. */
  #known(driver: StoreDriver, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const source = sourceOf(body);
    const known: ChunkSource = { next: () => this.#in(driver, () => source.next()) };
    if (source.return !== undefined)
      known.return = (reason) => this.#in(driver, async () => source.return?.(reason) ?? ended);
    return { [Symbol.asyncIterator]: () => known };
  }
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Whether all, some or none of the keys that begin with `start` begin with the route's prefix. */
function meets(prefix: string, start: string): "all" | "some" | "none" {
  const given = start.split("/");
  const last = given.pop() ?? "";
  for (const [at, wanted] of prefix.slice(0, -1).split("/").entries()) {
    const segment = given[at];
    if (segment === undefined) return wanted === "*" || wanted.startsWith(last) ? "some" : "none";
    if (wanted !== "*" && wanted !== segment) return "none";
  }
  return "all";
}
