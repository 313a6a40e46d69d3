import { type InstanceId, padded, parityShard, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { names } from "./names.js";
import { hasCode, readObject } from "./objects.js";
import type { BatchName } from "./open-copies.js";

export interface ClosedStripe {
  readonly first: number;
  readonly last: number;
  /** Shards it was given; whether they are all there, the keys tell. */
  readonly parity: number;
  readonly keys: readonly string[];
}

/** The stripes of an epoch, by name alone, from the first that may hold batch `from`. */
export async function* closedStripes(
  store: ObjectStore,
  instance: InstanceId,
  epoch: number,
  from: number = 1,
  waiting: Waiting = {},
): AsyncGenerator<ClosedStripe, void, undefined> {
  const prefix = names.parities(instance, epoch);
  const after = `${prefix}${padded(Math.max(0, from - mostBatches))}`;
  let covers = "";
  // Of two stripes over the same batches with other numbers of shards, the names come mixed.
  let stripes = new Map<number, ClosedStripe & { readonly keys: string[] }>();
  for await (const { key } of store.list(prefix, { ...waiting, after })) {
    const found = /^(\d{8}-\d{8})\/\d{3}-of-(\d{3})$/.exec(key.slice(prefix.length));
    if (found === null) continue;
    const [, range = "", shards] = found;
    if (range !== covers) {
      yield* stripes.values();
      stripes = new Map();
    }
    covers = range;
    const [first = 0, last = 0] = range.split("-").map(Number);
    const parity = Number(shards);
    const stripe = stripes.get(parity) ?? { first, last, parity, keys: [] };
    stripes.set(parity, stripe);
    stripe.keys.push(key);
  }
  yield* stripes.values();
}

/** The most batches a manifest may put into a stripe. */
const mostBatches = 128;

/** Whether every shard is there and is what its name says: one that rotted since it was written covers nothing. */
export async function isSound(
  store: ObjectStore,
  instance: InstanceId,
  epoch: number,
  { first, last, parity, keys }: ClosedStripe,
): Promise<boolean> {
  const indexes = new Set<number>();
  for (const key of keys) {
    const shard = ifItReads(await readObject(store, key));
    const named = shard?.instance === instance && shard.epoch === epoch && shard.parity === parity;
    if (named && shard.first === first && shard.first + shard.lengths.length - 1 === last) indexes.add(shard.index);
  }
  return indexes.size === parity;
}

function ifItReads(bytes: Uint8Array | null): ReturnType<typeof parityShard.decode> | null {
  try {
    return bytes === null ? null : parityShard.decode(bytes);
  } catch (error) {
    if (hasCode(error, "FORMAT_INVALID") || hasCode(error, "FORMAT_TOO_NEW")) return null;
    throw error;
  }
}

/** The shards of every stripe that holds this batch, as they lie there. */
export async function readParity(
  store: ObjectStore,
  { instance, epoch, batch }: BatchName,
  waiting: Waiting,
): Promise<readonly Uint8Array[]> {
  const shards: Uint8Array[] = [];
  for await (const { first, last, keys } of closedStripes(store, instance, epoch, batch, waiting)) {
    if (first > batch) break;
    if (last < batch) continue;
    for (const key of keys) {
      const bytes = await readObject(store, key, waiting);
      if (bytes !== null) shards.push(bytes);
    }
  }
  return shards;
}
