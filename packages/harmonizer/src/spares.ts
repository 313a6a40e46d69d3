import { type InstanceId, isIdentifier, padded, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { names } from "./names.js";
import { readObject } from "./objects.js";

export interface OpenCopy {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batch: number;
}

/** The whole copies that lie there, by name alone; those of batches that were never sequenced are among them. */
export async function* openCopies(store: ObjectStore): AsyncGenerator<OpenCopy, void, undefined> {
  for await (const { key } of store.list(names.open)) {
    const [, instance, epoch, batch] =
      /^([^/]+)\/(\d{8})\/(\d{8})-[0-9a-f]{64}$/.exec(key.slice(names.open.length)) ?? [];
    if (isIdentifier("ins", instance)) yield { instance, epoch: Number(epoch), batch: Number(batch) };
  }
}

export interface ClosedStripe {
  readonly first: number;
  readonly last: number;
  /** Whether every shard it was given is there. */
  readonly whole: boolean;
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
  let current: { first: number; last: number; parity: number; keys: string[] } | null = null;
  for await (const { key } of store.list(prefix, { ...waiting, after })) {
    const found = /^(\d{8})-(\d{8})\/\d{3}-of-(\d{3})$/.exec(key.slice(prefix.length));
    if (found === null) continue;
    const [first = 0, last = 0, parity = 0] = found.slice(1).map(Number);
    if (current !== null && (current.first !== first || current.last !== last || current.parity !== parity)) {
      yield { ...current, whole: current.keys.length === current.parity };
      current = null;
    }
    current ??= { first, last, parity, keys: [] };
    current.keys.push(key);
  }
  if (current !== null) yield { ...current, whole: current.keys.length === current.parity };
}

/** The most batches a manifest may put into a stripe. */
const mostBatches = 128;

/** The shards of every stripe that holds this batch, as they lie there. */
export async function readParity(
  store: ObjectStore,
  { instance, epoch, batch }: OpenCopy,
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
