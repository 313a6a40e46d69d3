import { randomBytes } from "@fogbound/crypto";
import { onAbort } from "@fogbound/errors";
import {
  type AuthorityGroup,
  type CapsuleId,
  capsuleIdOf,
  type Genesis,
  genesis,
  type ItemDescription,
  type ManifestItem,
  mostItems,
  randomIdentifier,
  type Waiting,
} from "@fogbound/protocol";
import { type Bytes, type ObjectStore, toAsyncIterable } from "@fogbound/storage";
import { sealContent } from "./content.js";
import { checkDistinct, checkItemName } from "./item-name.js";
import { wrapperFor } from "./wraps.js";

export interface Item {
  /** A relative name, `/` between folders, any script. */
  readonly name: string;
  readonly content: Bytes;
  /** Default `application/octet-stream`. */
  readonly mediaType?: string;
}

/** A fresh genesis and the capsule id that is its hash. */
export function newGenesis(keys: Pick<Genesis, "root" | "read" | "recovery">): {
  readonly capsule: CapsuleId;
  readonly genesis: Uint8Array;
} {
  const { root, read, recovery } = keys;
  const bytes = genesis.encode({ suite: 1, root, read, recovery, salt: randomBytes(32) });
  return { capsule: capsuleIdOf(bytes), genesis: bytes };
}

/** What sealing the items leaves for the manifest to say. The lists are in the order of the items. */
export interface SealedItems {
  readonly items: readonly ManifestItem[];
  readonly descriptions: readonly ItemDescription[];
  readonly itemKeys: readonly (readonly Uint8Array[])[];
}

export interface SealItemsOptions extends Waiting {
  readonly capsule: CapsuleId;
  readonly authorities: AuthorityGroup;
  readonly keyVersion: number;
  /** Called with the plaintext bytes sealed so far, over all items. */
  readonly onBytes?: (bytes: number) => void;
}

/** How many items are read and sealed at once: one waits for the disk while another is encrypted. */
const itemsAtOnce = 4;

/**
 * Encrypts every item to a fresh key, stores it, and wraps the key for the authorities.
 * @throws TypeError for no items, more than 10,000, a name that could not be written to a disk, a name
 * given twice, or a media type that is none.
 */
export async function sealItems(
  store: ObjectStore,
  items: readonly Item[],
  options: SealItemsOptions,
): Promise<SealedItems> {
  checkItems(items);
  const wrapper = await wrapperFor(options.authorities, options.capsule, options.keyVersion);
  let bytes = 0;
  const count = (more: number): void => {
    bytes += more;
    options.onBytes?.(bytes);
  };
  const sealed = await inOrder(items, itemsAtOnce, options.signal, async (item, signal) => {
    const key = randomBytes(32);
    const place = {
      capsule: options.capsule,
      item: randomIdentifier("itm"),
      variant: 0,
      content: randomIdentifier("cnt"),
    };
    const { length, chunks, root } = await sealContent(store, place, key, counted(item.content, count), { signal });
    return {
      item: { id: place.item, variants: [{ content: place.content, chunks, root, wrap: wrapper.wrap(key) }] },
      description: { id: place.item, name: item.name, mediaType: item.mediaType ?? "application/octet-stream", length },
      keys: [key],
    };
  });
  return {
    items: sealed.map(({ item }) => item),
    descriptions: sealed.map(({ description }) => description),
    itemKeys: sealed.map(({ keys }) => keys),
  };
}

/** @throws TypeError, as `sealItems`; before anything is read or written. */
export function checkItems(items: readonly Item[]): void {
  if (items.length === 0) throw new TypeError("Expected at least one item to seal, got none.");
  if (items.length > mostItems)
    throw new TypeError(
      `Expected at most ${mostItems} items in one capsule, got ${items.length}. Seal several capsules.`,
    );
  for (const { name, mediaType } of items) {
    checkItemName(name);
    if (mediaType !== undefined) checkMediaType(mediaType);
  }
  checkDistinct(items.map(({ name }) => name));
}

// RFC 9110 section 8.3.1, and no more than the host part takes: it becomes a header's value.
function checkMediaType(mediaType: string): void {
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  if (mediaType.length <= 255 && new RegExp(`^${token}/${token}( *;[ -~]*)?$`).test(mediaType)) return;
  throw new TypeError(`Expected a media type such as "text/plain", got ${JSON.stringify(mediaType.slice(0, 80))}.`);
}

async function* counted(content: Bytes, count: (bytes: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of toAsyncIterable(content)) {
    yield piece;
    count(piece.length);
  }
}

/** Maps with a few at once. The first failure aborts the rest, or one source that never ends would keep it back. */
async function inOrder<From, To>(
  values: readonly From[],
  atOnce: number,
  signal: AbortSignal | undefined,
  map: (value: From, signal: AbortSignal) => Promise<To>,
): Promise<To[]> {
  const results: To[] = [];
  const stop = new AbortController();
  const release = signal && onAbort(signal, () => stop.abort(signal.reason));
  const rest = values.entries();
  const worker = async (): Promise<void> => {
    for (const [index, value] of rest) {
      stop.signal.throwIfAborted();
      results[index] = await map(value, stop.signal);
    }
  };
  const guarded = (): Promise<void> =>
    worker().catch((error: unknown) => {
      stop.abort(error);
    });
  try {
    if (signal?.aborted) stop.abort(signal.reason);
    await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, guarded));
    stop.signal.throwIfAborted();
  } finally {
    release?.();
  }
  return results;
}

/** The key under which a capsule's uses are counted; the same through all its versions, or counting would begin anew. */
export function newCountKey(): Uint8Array {
  return randomBytes(32);
}
