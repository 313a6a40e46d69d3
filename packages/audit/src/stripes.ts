import { reconstruct, sha256 } from "@fogbound/crypto";
import {
  type BatchStatement,
  batch,
  batchStatement,
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

/**
 * A lost batch, brought back from the other batches of its stripe and the stripe's parity; null when more are lost than
 * parity covers. What comes back is a guess until it is held against the sequenced statement: the caller must.
 */
export async function restoreFromParity(
  context: Context,
  lost: Pick<BatchStatement, "instance" | "epoch" | "batch">,
): Promise<Uint8Array | null> {
  const objects = (await context.evidence.parity?.(lost.instance, lost.epoch, lost.batch)) ?? [];
  const shards = objects.flatMap((bytes) => ifItReads(() => parityShard.decode(bytes)) ?? []);
  for (const stripe of stripesOf(shards, lost, context)) {
    const restored = await restoreIn(context, stripe, lost);
    if (restored !== null) return restored;
  }
  return null;
}

/** Shards that say the same of their stripe belong together: a forged one must not spoil the others. */
function stripesOf(
  shards: readonly ParityShard[],
  { instance, epoch, batch: number }: Pick<BatchStatement, "instance" | "epoch" | "batch">,
  { evidence }: Context,
): ParityShard[][] {
  const stripes = new Map<string, ParityShard[]>();
  for (const shard of shards) {
    const named = shard.capsule === evidence.capsule && shard.instance === instance && shard.epoch === epoch;
    const within = shard.first <= number && number < shard.first + shard.lengths.length;
    if (!named || !within) continue;
    const name = JSON.stringify([shard.first, shard.parity, ...shard.lengths]);
    const stripe = stripes.get(name) ?? [];
    stripes.set(name, stripe);
    stripe.push(shard);
  }
  return [...stripes.values()];
}

async function restoreIn(
  context: Context,
  stripe: readonly ParityShard[],
  lost: Pick<BatchStatement, "instance" | "epoch" | "batch">,
): Promise<Uint8Array | null> {
  const [any] = stripe;
  if (any === undefined) return null;
  const { first, lengths, parity } = any;
  const size = Math.max(...lengths);
  const data = await Promise.all(
    lengths.map(async (length, at) => {
      const intact = await intactBatch(context, { ...lost, batch: first + at });
      return intact === null || intact.length !== length ? null : padded(intact, size);
    }),
  );
  const checks = Array.from({ length: parity }, (_, at) => stripe.find(({ index }) => index === at)?.shard ?? null);
  const all = [...data, ...checks];
  if (all.filter((shard) => shard !== null).length < lengths.length) return null;
  const at = lost.batch - first;
  return reconstruct(all, lengths.length)[at]?.slice(0, lengths[at]) ?? null;
}

/** A batch as it lies in its store, if it is whole by its own word: signed by its instance, every body hashed by its header. */
async function intactBatch(
  context: Context,
  { instance, epoch, batch: number }: Pick<BatchStatement, "instance" | "epoch" | "batch">,
): Promise<Uint8Array | null> {
  const stored = await logOf(context, instance)?.read(layout.batch(instance, epoch, number), waiting(context));
  const object = stored === null || stored === undefined ? null : ifItReads(() => batch.decode(stored));
  if (object === null || stored === null || stored === undefined) return null;
  const signer = ifItReads(() => batchStatement.read(object.statement))?.signer;
  const statement =
    signer === undefined ? null : await ifItHolds(() => batchStatement.verify(object.statement, signer));
  if (signer === undefined || statement === null || instanceIdOf(signer, statement.capsule) !== instance) return null;
  const placed = statement.epoch === epoch && statement.batch === number;
  const whole =
    object.bodies.length === object.headers.length &&
    object.headers.every((header, at) => {
      const body = object.bodies[at] ?? null;
      return body === null || sameBytes(sha256(body), ifItReads(() => recordHeader.decode(header))?.body ?? null);
    });
  return placed && whole && sameBytes(statement.root, headersRoot(object.headers)) ? stored : null;
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const shard = new Uint8Array(size);
  shard.set(bytes);
  return shard;
}
