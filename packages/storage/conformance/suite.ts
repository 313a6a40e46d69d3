import { afterEach, beforeEach } from "vitest";
import { type ObjectInfo, ObjectStore, readAll, type StoreDriver, type StoreErrorCode } from "../src/index.js";

/** A driver over an empty place of its own. `stop` removes the place; the driver was closed before. */
export interface StoreUnderTest {
  readonly driver: StoreDriver;
  stop(): Promise<void>;
}

export interface BrokenStore extends StoreUnderTest {
  /** What `errorCode` must say of every error; null where the driver cannot know. */
  readonly code: StoreErrorCode | null;
}

export interface StoreSuite {
  readonly name: string;
  /**
   * Hostile keys that this server, and not the driver, has no address for. Each must fail, in every call that names it:
   * that is tested too. Default: none, and an adapter that can escape what its vendor cannot take has none.
   */
  readonly unaddressable?: readonly string[];
  /** What an `ObjectStore` over it is opened with; keys that become too long behind it are left out. Default: none. */
  readonly prefix?: string;
  /** Called before every test. */
  start(): Promise<StoreUnderTest>;
  /**
   * Stores in which every call must fail: nothing listens there, the credentials are wrong, the server answers 500,
   * the directory is gone. At least one, named by what is wrong.
   */
  readonly failures: Readonly<Record<string, () => Promise<BrokenStore>>>;
}

export interface OpenStore {
  readonly driver: StoreDriver;
  readonly store: ObjectStore;
}

/** Opens a fresh store around each test of the file that calls it. */
export function freshStores(suite: StoreSuite): () => OpenStore {
  let current: (StoreUnderTest & OpenStore) | null = null;
  beforeEach(async () => {
    const started = await suite.start();
    const options = suite.prefix === undefined ? {} : { prefix: suite.prefix };
    current = { ...started, stop: () => started.stop(), store: await ObjectStore.open(started.driver, options) };
  });
  afterEach(async () => {
    const ended = current;
    current = null;
    await ended?.store.close();
    await ended?.stop();
  });
  return () => {
    if (current === null) throw new TypeError("Expected to be called inside a test.");
    return current;
  };
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes that no two places of one object share for long, so that a chunk out of place is seen. */
export function patternBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed + 1) >>> 0;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** The whole content under a key; null for a proved miss. */
export async function contentOf(store: ObjectStore, key: string): Promise<Uint8Array | null> {
  const object = await store.get(key);
  return object === null ? null : readAll(object, 256 * 1024 * 1024);
}

export async function keysOf(listing: AsyncIterable<ObjectInfo>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listing) keys.push(key);
  return keys;
}

/** Equality of large arrays without a matcher that walks and prints them. */
export function sameBytes(left: Uint8Array | null, right: Uint8Array): boolean {
  return left !== null && left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** Runs `work` for every item, `width` at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
