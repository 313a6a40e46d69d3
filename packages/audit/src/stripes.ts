import { reconstruct, sha256 } from "@fogbound/crypto";
import {
  type BatchStatement,
  batch,
  batchStatement,
  type CapsuleId,
  headersRoot,
  instanceIdOf,
  layout,
  type ParityShard,
  parityShard,
  recordHeader,
  sameBytes,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import { logOf, waiting } from "./heads.js";

export type BatchPlace = Pick<BatchStatement, "instance" | "epoch" | "batch">;

/**
 * A lost batch, brought back from the other batches of its stripe and the stripe's parity; null when more are lost than
 * parity covers. What comes back is a guess until `accept` has held it against the sequenced statement: a shard that
 * somebody forged makes a wrong one, and then the others are tried without it.
 */
export async function restoreFromParity<T>(
  context: Context,
  lost: BatchPlace,
  accept: (bytes: Uint8Array) => T | null,
): Promise<T | null> {
  const objects = (await context.evidence.parity?.(lost.instance, lost.epoch, lost.batch)) ?? [];
  for (const stripe of stripesOf(objects, lost, context.evidence.capsule).slice(0, mostAttempts)) {
    const restored = await restoreIn(context, stripe, lost, accept);
    if (restored !== null) return restored;
  }
  return null;
}

/** A store that floods the auditor with forged shards costs him so many attempts, for each stripe and of stripes. */
const mostAttempts = 128;

/** Shards that say the same of their stripe belong together: a forged one must not spoil the others. */
export function stripesOf(
  objects: readonly Uint8Array[],
  { instance, epoch, batch: number }: BatchPlace,
  capsule: CapsuleId,
): ParityShard[][] {
  const stripes = new Map<string, ParityShard[]>();
  for (const shard of objects.flatMap((bytes) => ifItReads(() => parityShard.decode(bytes)) ?? [])) {
    const named = shard.capsule === capsule && shard.instance === instance && shard.epoch === epoch;
    const within = shard.first <= number && number < shard.first + shard.lengths.length;
    if (!named || !within) continue;
    const name = JSON.stringify([shard.first, shard.parity, ...shard.lengths]);
    const stripe = stripes.get(name) ?? [];
    stripes.set(name, stripe);
    stripe.push(shard);
  }
  return [...stripes.values()];
}

async function restoreIn<T>(
  context: Context,
  stripe: readonly ParityShard[],
  lost: BatchPlace,
  accept: (bytes: Uint8Array) => T | null,
): Promise<T | null> {
  const [any] = stripe;
  if (any === undefined) return null;
  const { first, lengths, parity } = any;
  const data = await Promise.all(
    lengths.map(async (length, at) => {
      const place = { ...lost, batch: first + at };
      const intact = place.batch === lost.batch ? null : await intactBatch(context, place, length);
      return intact;
    }),
  );
  const missing = data.filter((bytes) => bytes === null).length;
  const at = lost.batch - first;
  let attempts = 0;
  for (const checks of choices(stripe, missing)) {
    if (attempts++ === mostAttempts) return null;
    const places = Array.from(
      { length: parity },
      (_, index) => checks.find((one) => one.index === index)?.shard ?? null,
    );
    const accepted = accept(rebuilt(data, places, at, lengths[at] ?? 0));
    if (accepted !== null) return accepted;
  }
  return null;
}

/** Every choice of so many shards of different indexes. */
function* choices(
  shards: readonly ParityShard[],
  count: number,
  from: number = 0,
): Generator<readonly ParityShard[], void, undefined> {
  if (count === 0) return yield [];
  for (let at = from; at <= shards.length - count; at++) {
    const one = shards[at];
    if (one === undefined) return;
    for (const rest of choices(shards, count - 1, at + 1))
      if (!rest.some(({ index }) => index === one.index)) yield [one, ...rest];
  }
}

const windowBytes = 262_144;

/** One data shard from all that are there, window by window: a forged length must not cost the auditor his memory. */
function rebuilt(
  data: readonly (Uint8Array | null)[],
  checks: readonly (Uint8Array | null)[],
  at: number,
  length: number,
): Uint8Array {
  const restored = new Uint8Array(length);
  for (let from = 0; from < length; from += windowBytes) {
    const size = Math.min(windowBytes, length - from);
    const shards = [...data, ...checks].map((shard) => (shard === null ? null : windowOf(shard, from, size)));
    restored.set(reconstruct(shards, data.length)[at] ?? new Uint8Array(0), from);
  }
  return restored;
}

/** Beyond its end, a shard is zeros. */
function windowOf(shard: Uint8Array, from: number, size: number): Uint8Array {
  const part = shard.subarray(Math.min(from, shard.length), Math.min(from + size, shard.length));
  if (part.length === size) return part;
  const window = new Uint8Array(size);
  window.set(part);
  return window;
}

/** Another batch of the stripe, as long as the stripe says: from its store, or the harmonizer's copy of it. */
async function intactBatch(context: Context, place: BatchPlace, length: number): Promise<Uint8Array | null> {
  const { instance, epoch, batch: number } = place;
  const { capsule } = context.evidence;
  const stored =
    (await logOf(context, instance)?.read(layout.batch(instance, epoch, number), waiting(context))) ?? null;
  if (stored?.length === length && (await isWholeBatch(stored, place, capsule))) return stored;
  const copy = await context.evidence.batchCopy(instance, epoch, number);
  return copy?.length === length && (await isWholeBatch(copy, place, capsule)) ? copy : null;
}

/** Whether it is whole by its own word: signed by its instance for this place, every body hashed by its header. */
export async function isWholeBatch(
  bytes: Uint8Array,
  { instance, epoch, batch: number }: BatchPlace,
  capsule: CapsuleId,
): Promise<boolean> {
  const object = ifItReads(() => batch.decode(bytes));
  const signer = object === null ? null : (ifItReads(() => batchStatement.read(object.statement))?.signer ?? null);
  if (object === null || signer === null || instanceIdOf(signer, capsule) !== instance) return false;
  const statement = await ifItHolds(() => batchStatement.verify(object.statement, signer));
  const placed =
    statement?.capsule === capsule &&
    statement.instance === instance &&
    statement.epoch === epoch &&
    statement.batch === number;
  if (!placed || object.bodies.length !== object.headers.length) return false;
  const whole = object.headers.every((header, at) => {
    const body = object.bodies[at] ?? null;
    return body === null || sameBytes(sha256(body), ifItReads(() => recordHeader.decode(header))?.body ?? null);
  });
  return whole && sameBytes(statement.root, headersRoot(object.headers));
}
