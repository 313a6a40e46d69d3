import { parityOf, sha256 } from "@fogbound/crypto";
import {
  type Bundle,
  batch as batchFormat,
  batchStatement,
  bundleRoot,
  copies as copiesFormat,
  type Manifest,
  type ParityShard,
  parityShard,
} from "@fogbound/protocol";
import { ObjectStore, readAll } from "@fogbound/storage";
import { expect } from "vitest";
import type { EmbeddedHarmonizer } from "../src/index.js";
import { bundlesIn, hex } from "./checks.js";
import { Owner, type SignedManifest, type World, Writer } from "./kit.js";

/** Batches by instance, epoch and number, as they were submitted. */
export type Batches = Map<string, Uint8Array>;

export interface Begun {
  readonly owner: Owner;
  readonly first: SignedManifest;
  readonly writer: Writer;
  readonly batches: Batches;
}

/** A published capsule of these stripes, and an instance with a head. */
export async function begun(world: World, harmonizer: EmbeddedHarmonizer, stripe: Manifest["stripe"]): Promise<Begun> {
  const owner = new Owner(world.entry);
  const first = await owner.manifest(null, { stripe });
  await harmonizer.submitManifest(first.bytes);
  const writer = new Writer(owner);
  await harmonizer.submitHead(await writer.head(first));
  return { owner, first, writer, batches: new Map() };
}

/** Writes the next batch, of so many records, and submits it. */
export async function submitNext(
  harmonizer: EmbeddedHarmonizer,
  batches: Batches,
  writer: Writer,
  records = 1,
): Promise<Uint8Array> {
  const { bytes } = await writer.batch(records);
  remember(batches, bytes);
  await harmonizer.submitBatch(bytes);
  return bytes;
}

export function remember(batches: Batches, bytes: Uint8Array): void {
  const { instance, epoch, batch } = batchStatement.read(batchFormat.decode(bytes).statement).value;
  batches.set(nameOf(instance, epoch, batch), bytes);
}

export async function readKey(world: World, key: string): Promise<Uint8Array> {
  const object = await (await ObjectStore.open(world.driver)).get(key);
  if (object === null) throw new Error(`${key} is gone`);
  return readAll(object, 10_000_000);
}

export async function keysIn(world: World, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of (await ObjectStore.open(world.driver)).list(prefix)) keys.push(key);
  return keys;
}

/** The shards that lie in the store and read. */
export async function shardsIn(world: World): Promise<ParityShard[]> {
  const keys = await keysIn(world, "harmonizer/parity/");
  return Promise.all(keys.map(async (key) => parityShard.decode(await readKey(world, key))));
}

/** The stripes in the store: first and last batch, and number of shards. */
export async function stripesIn(world: World): Promise<string[]> {
  const shards = await shardsIn(world);
  const named = shards.map(({ first, lengths, parity }) => `${first}-${first + lengths.length - 1}/${parity}`);
  return [...new Set(named)];
}

/** Names of the batches of whose bundle copies lie in the store, whichever bytes they hold; keys of no bundle as they are. */
export async function copiesIn(world: World): Promise<string[]> {
  const bundles = await bundlesIn(world);
  const keys = await keysIn(world, "harmonizer/open/");
  return keys.flatMap((key) => {
    const bundle = bundles.find((one) => key === `harmonizer/open/${named(one.number)}-${hex(bundleRoot(one))}`);
    return bundle === undefined ? [key] : batchesOf(bundle);
  });
}

export function named(bundle: number): string {
  return String(bundle).padStart(12, "0");
}

/** The whole batches in an object of copies; none when it does not read. */
export function batchesIn(bytes: Uint8Array): readonly Uint8Array[] {
  try {
    return copiesFormat.decode(bytes).batches.filter((batch) => batch !== null);
  } catch {
    return [];
  }
}

/**
 * That each sequenced batch has a copy of its own bytes, or all the parity of its stripe, calculated anew from what was
 * submitted. The names of those that have a copy.
 */
export async function assertSpared(world: World, submitted: Batches, parity = 2): Promise<Set<string>> {
  const spared = new Set<string>();
  const whole = new Map([...submitted].map(([name, bytes]) => [hex(sha256(bytes)), name]));
  for (const key of await keysIn(world, "harmonizer/open/"))
    for (const bytes of batchesIn(await readKey(world, key)))
      spared.add(whole.get(hex(sha256(bytes))) ?? "of no batch");
  const copied = new Set(spared);
  const shards = await shardsIn(world);
  for (const stripe of new Set(shards.map(stripeName))) {
    const own = shards.filter((shard) => stripeName(shard) === stripe);
    for (const name of assertParity(own, submitted, parity)) spared.add(name);
  }
  expect([...(await sequencedIn(world))].filter((name) => !spared.has(name))).toEqual([]);
  return copied;
}

/** @returns the batches that the stripe covers; none when shards are missing */
function assertParity(stripe: readonly ParityShard[], submitted: Batches, parity: number): string[] {
  const [any] = stripe;
  if (any === undefined || any.parity !== parity || stripe.length < parity) return [];
  const names = any.lengths.map((_, at) => nameOf(any.instance, any.epoch, any.first + at));
  const size = Math.max(...any.lengths);
  const data = names.map((name, at) => {
    const bytes = submitted.get(name) ?? new Uint8Array();
    expect(bytes.length).toBe(any.lengths[at]);
    const shard = new Uint8Array(size);
    shard.set(bytes);
    return shard;
  });
  const shards = [...stripe].sort((one, other) => one.index - other.index).map(({ shard }) => shard);
  expect(shards).toEqual(parityOf(data, parity));
  return names;
}

function stripeName({ instance, epoch, first, lengths, parity }: ParityShard): string {
  return `${instance} ${epoch} ${first} ${lengths.length} ${parity}`;
}

async function sequencedIn(world: World): Promise<Set<string>> {
  return new Set((await bundlesIn(world)).flatMap(batchesOf));
}

function batchesOf({ entries }: Bundle): string[] {
  const statements = entries.flatMap((entry) => (entry.kind === "batch" ? [batchStatement.read(entry.statement)] : []));
  return statements.map(({ value }) => nameOf(value.instance, value.epoch, value.batch));
}

export function nameOf(instance: string, epoch: number, batch: number): string {
  return `${instance} ${epoch} ${batch}`;
}
