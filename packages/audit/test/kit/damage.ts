import { parityOf, sha256 } from "@fogbound/crypto";
import {
  type InstanceId,
  isIdentifier,
  type NoteKind,
  type ParityShard,
  parityShard,
  received,
} from "@fogbound/protocol";
import type { Entry, Evidence } from "../../src/index.js";
import { verify } from "../../src/index.js";
import { collect } from "./audits.js";
import { root } from "./keys.js";
import { objects, type World } from "./world.js";

/** The names of the batches in a store, in order. */
export function batchesIn(store: ReadonlyMap<string, Uint8Array>): string[] {
  return [...store.keys()].filter((name) => /\/\d{8}\/\d{8}$/.test(name)).sort();
}

/** All names of one epoch in a store: head, wraps, batches. */
export function namesOfEpoch(store: ReadonlyMap<string, Uint8Array>, instance: string, epoch: number): string[] {
  return [...store.keys()].filter((name) =>
    name.startsWith(`instances/${instance}/${String(epoch).padStart(8, "0")}/`),
  );
}

export interface Stripe {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly store: "hostStore" | "journalStore";
  /** Names of its batches. */
  readonly names: readonly string[];
  readonly first: number;
  shards: Uint8Array[];
}

/** Parity over everything in both stores, as a harmonizer would have made it when the epochs ended. */
export function stripesOver(world: World, batches: number, parity: number): Stripe[] {
  const stripes: Stripe[] = [];
  for (const store of ["hostStore", "journalStore"] as const) {
    let open: string[] = [];
    const close = (): void => {
      if (open.length > 0) stripes.push(stripeOf(world, store, open, parity));
      open = [];
    };
    for (const name of batchesIn(world[store])) {
      if (open.length === batches || (open[0] !== undefined && epochOf(open[0]) !== epochOf(name))) close();
      open.push(name);
    }
    close();
  }
  return stripes;
}

function epochOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/"));
}

function stripeOf(world: World, store: Stripe["store"], names: readonly string[], parity: number): Stripe {
  const [, instance, epoch, first] = (names[0] ?? "").split("/");
  if (!isIdentifier("ins", instance)) throw new TypeError("no batch");
  const stripe = { instance, epoch: Number(epoch), store, names, first: Number(first) };
  const data = names.map((name) => world[store].get(name) ?? new Uint8Array(0));
  return { ...stripe, shards: shardsOver(world, stripe, data, parity).map((shard) => parityShard.encode(shard)) };
}

export function shardsOver(
  world: World,
  { instance, epoch, first }: Pick<Stripe, "instance" | "epoch" | "first">,
  data: readonly Uint8Array[],
  parity: number,
): ParityShard[] {
  const lengths = data.map(({ length }) => length);
  const padded = data.map((bytes) => {
    const shard = new Uint8Array(Math.max(...lengths));
    shard.set(bytes);
    return shard;
  });
  const of = { suite: 1, capsule: world.capsule.id, instance, epoch, first, lengths, parity } as const;
  return parityOf(padded, parity).map((shard, index) => ({ ...of, index, shard, digest: sha256(shard) }));
}

/** The same shard with other words, and a digest that fits. */
export function forged(shard: Uint8Array, changes: Partial<ParityShard> = {}): Uint8Array {
  const value = parityShard.decode(shard);
  const bytes = changes.shard ?? value.shard.map((byte) => byte ^ 0x55);
  return parityShard.encode({ ...value, ...changes, shard: bytes, digest: sha256(bytes) });
}

export function rotten(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 9] = (copy.at(-9) ?? 0) ^ 1;
  return copy;
}

/** What the harmonizer hands out of these stripes. */
export function parityIn(stripes: readonly Stripe[]): NonNullable<Evidence["parity"]> {
  return async (instance, epoch, batch) =>
    stripes
      .filter((one) => one.instance === instance && one.epoch === epoch)
      .filter(({ first, names }) => first <= batch && batch < first + names.length)
      .flatMap(({ shards }) => shards);
}

export interface Damaged {
  readonly hostStore: Map<string, Uint8Array>;
  readonly journalStore: Map<string, Uint8Array>;
}

/** Copies of both stores, to be damaged. */
export function storesOf(world: World): Damaged {
  return { hostStore: new Map(world.hostStore), journalStore: new Map(world.journalStore) };
}

export function evidenceOf(world: World, stores: Damaged, changes: Partial<Evidence> = {}): Promise<Evidence> {
  const journals = new Map([[world.capsule.authority, objects(stores.journalStore)]]);
  return world.evidence({ log: objects(stores.hostStore), journals, ...changes });
}

export interface Audited {
  readonly entries: Entry[];
  readonly verdict: Awaited<ReturnType<ReturnType<typeof verify>["verdict"]>>;
}

export async function audited(world: World, evidence: Evidence): Promise<Audited> {
  const audit = verify(evidence, { readKeys: [world.capsule.owner] });
  return { entries: await collect(audit.accesses()), verdict: await audit.verdict() };
}

/** The owner signs that everything so far arrived. */
export async function acknowledge(world: World): Promise<void> {
  const chains = [...world.writers, world.journal].flatMap(({ instance, epoch, number, hash }) =>
    hash === null ? [] : [{ instance, epoch, number, hash }],
  );
  const value = { suite: 1, capsule: world.capsule.id, time: world.now, chains } as const;
  await sequenceNote(world, "received", await received.sign(value, root));
}

export async function sequenceNote(world: World, about: NoteKind, note: Uint8Array): Promise<void> {
  const { version } = world.current.value;
  await world.log.sequence([{ kind: "note", capsule: world.capsule.id, version, about, note }], world.tick());
}
