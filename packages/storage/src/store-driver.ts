import type { ErrorCode } from "@fogbound/errors";
import type { ByteRange } from "./bytes.js";

/** Taken by everything that waits. An aborted signal rejects with its own `reason`, at once. */
export interface Waiting {
  readonly signal?: AbortSignal;
}

export interface ObjectInfo {
  readonly key: string;
  /** Bytes of the whole object, also when only a range of it was asked for. */
  readonly size: number;
  /** By the store's clock, with the store's resolution. Nothing that is trusted rests on it. */
  readonly modified: Date;
}

export interface StoredObject extends ObjectInfo {
  /** Read it to its end or cancel it. It errors rather than ends early. */
  readonly body: ReadableStream<Uint8Array>;
  /**
   * The whole of it in place of `body`: for small objects, and cheaper than a stream. Read once, the one or the other.
   *
   * @param most - Bytes; 8 MiB when left out.
   * @throws FogboundError `FORMAT_INVALID` as soon as more came, and every error of the body. TypeError when somebody has
   *   read it.
   */
  bytes(most?: number): Promise<Uint8Array>;
}

/** What a driver answers a get with. */
export interface FoundObject extends ObjectInfo {
  /**
   * Iterated once; a stream, or anything that costs less. It rejects rather than ends early. Its iterator's `return` gives
   * back what the body holds, also before the first chunk and while one is awaited: a generator does neither.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * An object over which its store holds something later, and which is read all the same: the store keeps versions, and
 * what was put over the object has not taken its place.
 */
export interface HiddenObject extends ObjectInfo {
  /** A delete marker is among what lies over it: to a client that does not look for versions, the key is or was empty. */
  readonly deleted: boolean;
  /** Later versions with other bytes. To such a client the newest of them is the object. */
  readonly refilled: number;
  /** Until when the store lets nobody delete the object itself; null when it says of no date. */
  readonly retainUntil: Date | null;
}

/** What a store can do beyond small create-only put, which every store must do and which is proved at open. */
export interface Capabilities {
  /** `upload` too is create-only: an existing object makes it reject with `OBJECT_EXISTS`, untouched. */
  readonly largeCreateOnly: boolean;
  /** `retainUntil` is enforced by the store against everybody, its administrator included. */
  readonly enforcedRetention: boolean;
  /** The store can delete on a condition. */
  readonly conditionalDelete: boolean;
}

export type StoreErrorCode = Extract<ErrorCode, `STORE_${string}` | "OBJECT_EXISTS">;

/**
 * What adapters implement, and only `ObjectStore` calls. Keys are valid, options complete, the signal present.
 *
 * A driver throws its vendor's own errors and never retries: a client that repeats a create by itself sees its own
 * first success as somebody else's object. Every error it can throw is mapped by `errorCode`.
 */
export interface StoreDriver {
  /** Short and fixed, for messages and spans: "memory", "local-disk". */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** The drivers of a driver that is made of several: opening proves each of them. Default: itself. */
  readonly parts?: readonly StoreDriver[];
  /** Which of its `parts` a key lies in. It is there when they are. */
  partOf?(key: string): StoreDriver;
  /**
   * Whole or not at all; durable when it resolves. Of any number of writers one resolves, and every other rejects with
   * what maps to `OBJECT_EXISTS`. `retainUntil` is null unless `capabilities.enforcedRetention`.
   */
  create(key: string, bytes: Uint8Array, retainUntil: Date | null, signal: AbortSignal): Promise<ObjectInfo>;
  /** In bounded memory. Nothing is visible until all of it is; what was sent is removed when `content` or the store fails. */
  upload(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ObjectInfo>;
  /** Unconditional and whole: a reader sees the bytes before or the bytes after. */
  replace(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<ObjectInfo>;
  /**
   * null only when the store has proved a miss. A range beyond the end is cut to the end; what happens to one that
   * starts there is the driver's own business, `ObjectStore` makes a `RangeError` of it. The signal also ends the body.
   */
  get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<FoundObject | null>;
  /** null only when the store has proved a miss. */
  head(key: string, signal: AbortSignal): Promise<ObjectInfo | null>;
  /**
   * Up to `limit` objects whose key starts with `prefix` and comes after `after` (`""`: from the first), in the order
   * of the keys' UTF-8 bytes. A short page is no end: only an empty one says that there are no more.
   */
  list(prefix: string, after: string, limit: number, signal: AbortSignal): Promise<readonly ObjectInfo[]>;
  /**
   * Some of the hidden objects whose key starts with `prefix` and comes after `after`, in key order; none only where there
   * are no more. Left out where nothing can lie over an object.
   */
  hidden?(prefix: string, after: string, signal: AbortSignal): Promise<readonly HiddenObject[]>;
  /** Deleting what is not there resolves. */
  delete(key: string, signal: AbortSignal): Promise<void>;
  /** Gives back what the driver holds open. */
  close(): Promise<void>;
  /** What an error that this driver threw means. null is "unknown": never absence, and settled by reading back. */
  errorCode(error: unknown): StoreErrorCode | null;
}
