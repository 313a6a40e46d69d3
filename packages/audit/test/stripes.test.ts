import { randomBytes, utf8 } from "@fogbound/crypto";
import {
  type Batch,
  type BatchStatement,
  batch,
  batchStatement,
  hashOf,
  headersRoot,
  instanceIdOf,
  type ParityShard,
  parityShard,
} from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import { judged } from "../src/restorable.js";
import { type BatchPlace, isWholeBatch, restoreFromParity, stripesOf } from "../src/stripes.js";
import { forged, shardsOver } from "./kit/damage.js";
import { stranger } from "./kit/keys.js";
import { World } from "./kit/world.js";

let world: World;
let other: World;
let context: Context;
let place: BatchPlace;
/** Three records under one statement. */
let object: Batch;
let statement: BatchStatement;

beforeAll(async () => {
  world = await World.create();
  other = await World.create();
  const asked = await world.ask({ unrecorded: true });
  const body = { kind: "asked", time: world.now, place: { address: null, country: null } } as const;
  const drafts = [1, 2, 3].map((fill) => ({
    body: { ...body, opening: new Uint8Array(32).fill(fill), request: asked.request, session: asked.session },
    requestHash: asked.hash,
  }));
  const { name } = await world.host.write(drafts, world.at());
  place = { instance: world.host.instance, epoch: 1, batch: 1 };
  object = batch.decode(world.hostStore.get(name) ?? new Uint8Array(0));
  statement = batchStatement.read(object.statement).value;
  await world.anchor();
  context = (await judged(await world.evidence(), {})).context;
});

/** The same with its own statement again, signed by whoever. */
async function resigned(
  changes: Partial<BatchStatement>,
  parts: Partial<Batch> = {},
  key = world.host.key,
): Promise<Uint8Array> {
  const signed = await batchStatement.sign({ ...statement, ...changes }, key);
  return batch.encode({ ...object, statement: signed, ...parts });
}

function isWhole(bytes: Uint8Array, at: Partial<BatchPlace> = {}): Promise<boolean> {
  return isWholeBatch(bytes, { ...place, ...at }, world.capsule.id);
}

/** In a list of three. */
function replaced<T>(list: readonly T[], at: number, one: T): T[] {
  return list.map((before, index) => (index === at ? one : before));
}

describe("A batch is whole by its own word", () => {
  it("as its instance wrote it, and without bodies that were erased", async () => {
    expect(await isWhole(batch.encode(object))).toBe(true);
    for (const at of [0, 1, 2])
      expect(await isWhole(batch.encode({ ...object, bodies: replaced(object.bodies, at, null) }))).toBe(true);
    expect(await isWhole(await resigned({}))).toBe(true);
  });

  it("at its own place alone", async () => {
    const bytes = batch.encode(object);
    for (const at of [{ instance: world.journal.instance }, { epoch: 2 }, { batch: 2 }])
      expect(await isWhole(bytes, at)).toBe(false);
    expect(await isWholeBatch(bytes, place, other.capsule.id)).toBe(false);
  });

  it("not under a statement that is none, or a stranger's", async () => {
    expect(await isWhole(randomBytes(90))).toBe(false);
    expect(await isWhole(batch.encode({ ...object, statement: randomBytes(90) }))).toBe(false);
    expect(await isWhole(await resigned({}, {}, stranger))).toBe(false);
    const broken = object.statement.slice();
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    expect(await isWhole(batch.encode({ ...object, statement: broken }))).toBe(false);
  });

  it("not under a statement that its instance signed for another place", async () => {
    const theirs = instanceIdOf(stranger.publicKey, world.capsule.id);
    for (const lie of [{ capsule: other.capsule.id }, { instance: theirs }, { epoch: 2 }, { batch: 2 }])
      expect(await isWhole(await resigned(lie))).toBe(false);
    expect(await isWhole(await resigned({}, {}, stranger), { instance: theirs })).toBe(false);
  });

  it("not with one body changed, exchanged, too many or too few", async () => {
    const [first = null, second = null, third = null] = object.bodies;
    const changed = (second ?? new Uint8Array(1)).map((byte, at) => (at === 0 ? byte ^ 1 : byte));
    for (const bodies of [
      [first, changed, third],
      [second, first, third],
      [first, second],
      [first, second, third, null],
      [null, null, utf8("another")],
    ])
      expect(await isWhole(batch.encode({ ...object, bodies }))).toBe(false);
  });

  it("not with other headers than its statement covers, nor with a body under a header nobody can read", async () => {
    const headers = replaced(object.headers, 1, utf8("no header"));
    const bodies = replaced(object.bodies, 1, null);
    expect(await isWhole(batch.encode({ ...object, headers, bodies }))).toBe(false);
    const covered = { root: headersRoot(headers), lastHeader: hashOf(object.headers[2] ?? new Uint8Array(0)) };
    expect(await isWhole(await resigned(covered, { headers, bodies }))).toBe(true);
    expect(await isWhole(await resigned(covered, { headers }))).toBe(false);
  });
});

/** Two shards over a stripe of three batches, the third of which is lost. */
function stripe(changes: Partial<ParityShard> = {}): Uint8Array[] {
  const data = [40, 50, 30].map((length, at) => new Uint8Array(length).fill(at + 1));
  const of = { instance: place.instance, epoch: 1, first: 4 };
  return shardsOver(world, of, data, 2).map((shard) => forged(asBytes(shard), { shard: shard.shard, ...changes }));
}

function asBytes(shard: ParityShard): Uint8Array {
  return parityShard.encode(shard);
}

describe("Shards are put together", () => {
  const lost = (number: number): BatchPlace => ({ ...place, batch: number });

  it("for every batch of their stripe and for none beside it", () => {
    for (const number of [4, 5, 6]) expect(stripesOf(stripe(), lost(number), world.capsule.id)).toHaveLength(1);
    for (const number of [3, 7]) expect(stripesOf(stripe(), lost(number), world.capsule.id)).toEqual([]);
  });

  it("not when they name another capsule, instance or epoch", () => {
    for (const lie of [{ capsule: other.capsule.id }, { instance: world.journal.instance }, { epoch: 2 }])
      expect(stripesOf(stripe(lie), lost(4), world.capsule.id)).toEqual([]);
  });

  it("apart for what they say of their stripe, and without those that cannot be read", () => {
    const objects = [...stripe(), randomBytes(40), ...stripe({ parity: 3 }), ...stripe({ lengths: [40, 50, 31] })];
    const stripes = stripesOf(objects, lost(5), world.capsule.id);
    expect(stripes.map((shards) => shards.map(({ index }) => index))).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(stripes.map(([one]) => [one?.parity, one?.lengths[2]])).toEqual([
      [2, 30],
      [3, 30],
      [2, 31],
    ]);
  });
});

describe("A flood of forged parity", () => {
  /** Stripes of one batch, so that each shard is an attempt. */
  const alone = (length: number, of = randomBytes(length)): Uint8Array => {
    const [shard] = shardsOver(world, { instance: place.instance, epoch: 1, first: 1 }, [of], 1);
    if (shard === undefined) throw new TypeError("no shard");
    return asBytes(shard);
  };

  async function attempts(objects: readonly Uint8Array[], wanted: Uint8Array): Promise<[number, Uint8Array | null]> {
    const evidence = { ...context.evidence, parity: async () => objects };
    let tried = 0;
    const restored = await restoreFromParity({ ...context, evidence }, place, (bytes) => {
      tried++;
      return hashOf(bytes).join() === hashOf(wanted).join() ? bytes : null;
    });
    return [tried, restored];
  }

  it("costs 128 attempts of a stripe, and what stands among them is found", async () => {
    const wanted = randomBytes(20);
    const flood = Array.from({ length: 127 }, () => alone(20));
    expect(await attempts([...flood, alone(20, wanted)], wanted)).toEqual([128, wanted]);
    expect(await attempts([...flood, alone(20), alone(20, wanted)], wanted)).toEqual([128, null]);
  });

  it("costs 128 stripes of different shapes, and what stands among them is found", async () => {
    const wanted = randomBytes(20);
    const flood = Array.from({ length: 127 }, (_, at) => alone(21 + at));
    expect(await attempts([...flood, alone(20, wanted)], wanted)).toEqual([128, wanted]);
    expect(await attempts([...flood, alone(300), alone(20, wanted)], wanted)).toEqual([128, null]);
  });

  it("is no parity where none is handed in", async () => {
    const { parity: _, ...evidence } = context.evidence;
    expect(await restoreFromParity({ ...context, evidence }, place, (bytes) => bytes)).toBeNull();
    expect(await attempts([], new Uint8Array(0))).toEqual([0, null]);
  });
});
