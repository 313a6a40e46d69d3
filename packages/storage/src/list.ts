import { type Caller, checkedInfo, read } from "./calls.js";
import { reservedPrefix } from "./defaults.js";
import type { GivenSignal } from "./retry.js";
import type { ObjectInfo, StoreDriver } from "./store-driver.js";
import { storeError } from "./store-error.js";
import { compareKeys } from "./store-key.js";

export interface Listing<Info extends ObjectInfo> {
  /** The store's own prefix. */
  readonly inner: string;
  /** What keys start with after it. */
  readonly prefix: string;
  /** A full key, or "". */
  readonly after: string;
  /** Asks the driver for what comes after `last`, a full key or "". */
  readonly fetch: (prefix: string, last: string) => Promise<readonly Info[]>;
  /** Wraps the fetching of each page; `last` is the key it continues from, or "". */
  readonly page: (last: string, work: () => Promise<readonly Info[]>) => Promise<readonly Info[]>;
}

/** Pages until an empty one. Objects under the reserved prefix are left out. */
export async function* listObjects<Info extends ObjectInfo>(
  caller: Caller,
  listing: Listing<Info>,
  signal: GivenSignal,
): AsyncGenerator<Info, void, undefined> {
  const prefix = listing.inner + listing.prefix;
  const reserved = listing.inner + reservedPrefix;
  const call = `Listing ${JSON.stringify(listing.prefix)}`;
  let last = listing.after;
  for (;;) {
    const page = await listing.page(last, () => read(caller, call, signal, () => listing.fetch(prefix, last)));
    if (page.length === 0) return;
    for (const info of page) {
      assertInOrder(caller.driver, call, prefix, last, info.key);
      last = info.key;
      checkedInfo(caller, call, info);
      if (!info.key.startsWith(reserved)) yield info;
      signal?.throwIfAborted();
    }
  }
}

/** A store that lists out of order would make a listing that continues after a key skip objects, in silence. */
export function assertInOrder(driver: StoreDriver, call: string, prefix: string, last: string, key: string): void {
  if (key.startsWith(prefix) && compareKeys(key, last) > 0) return;
  const place = `${JSON.stringify(key)} after ${JSON.stringify(last)}`;
  throw storeError(driver, "STORE_UNSUITABLE", `${call} gave ${place}, which is not in key order`);
}
