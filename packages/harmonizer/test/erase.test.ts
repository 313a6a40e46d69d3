import { parityOf } from "@fogbound/crypto";
import { batch as batchFormat, batchStatement, erased, type InstanceId } from "@fogbound/protocol";
import { ObjectStore } from "@fogbound/storage";
import { describe, expect, test } from "vitest";
import { names } from "../src/names.js";
import { HeldBack } from "./held-back.js";
import { type Owner, World, Writer } from "./kit.js";
import {
  type Batches,
  batchesIn,
  begun,
  copiesIn,
  keysIn,
  nameOf,
  readKey,
  shardsIn,
  stripesIn,
  submitNext,
} from "./stripe-kit.js";

const fourAndTwo = { batches: 4, parity: 2 };

function noteOf(owner: Owner, instance: InstanceId, numbers: readonly number[] | null, epoch = 1): Promise<Uint8Array> {
  const { capsule, root } = owner;
  const records = [{ instance, epoch, numbers }];
  return erased.sign({ suite: 1, capsule, time: 1, records, because: "asked to" }, root);
}

/** The batch without the bodies of these records, as an owner leaves it in the vault. */
function without(bytes: Uint8Array, numbers: readonly number[]): Uint8Array {
  const object = batchFormat.decode(bytes);
  const { first } = batchStatement.read(object.statement).value;
  const bodies = object.bodies.map((body, at) => (numbers.includes(first + at) ? null : body));
  return batchFormat.encode({ ...object, bodies });
}

function bodyIn(bytes: Uint8Array, number: number): Uint8Array {
  const object = batchFormat.decode(bytes);
  const { first } = batchStatement.read(object.statement).value;
  return object.bodies[number - first] ?? new Uint8Array(0);
}

/** Every object the harmonizer keeps that holds these bytes. */
async function holding(world: World, body: Uint8Array): Promise<string[]> {
  const found: string[] = [];
  for (const key of await keysIn(world, "harmonizer/"))
    if (Buffer.from(await readKey(world, key)).includes(Buffer.from(body))) found.push(key);
  return found;
}

function get(batches: Batches, instance: InstanceId, batch: number): Uint8Array {
  return batches.get(nameOf(instance, 1, batch)) ?? new Uint8Array(0);
}

describe("an erased record", () => {
  test("leaves the copy of its batch, and what is left is good for parity", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner } = await begun(world, harmonizer, fourAndTwo);
    const { instance } = writer;
    for (const records of [2, 1, 1]) await submitNext(harmonizer, batches, writer, records);
    const body = bodyIn(get(batches, instance, 1), 2);
    expect(await holding(world, body)).toHaveLength(1);
    await harmonizer.submitNote("erased", await noteOf(owner, instance, [2]));
    expect(await holding(world, body)).toEqual([]);
    const left = without(get(batches, instance, 1), [2]);
    expect(await harmonizer.batchCopy(instance, 1, 1)).toEqual(left);
    await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    expect(await stripesIn(world)).toEqual(["1-4/2"]);
    expect((await shardsIn(world))[0]?.lengths[0]).toBe(left.length);
  });

  test("takes the parity over it away; the batches given once more make it anew, without the body", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner } = await begun(world, harmonizer, fourAndTwo);
    const { instance } = writer;
    for (let count = 0; count < 9; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.submitNote("erased", await noteOf(owner, instance, [2]));
    expect(await stripesIn(world)).toEqual(["5-8/2"]);
    const left = [1, 2, 3, 4].map((batch) => without(get(batches, instance, batch), [2]));
    for (const bytes of left) await harmonizer.submitBatch(bytes);
    await harmonizer.close();
    expect((await stripesIn(world)).sort()).toEqual(["1-4/2", "5-8/2"]);
    const size = Math.max(...left.map(({ length }) => length));
    const padded = left.map((bytes) => new Uint8Array(size).map((_, at) => bytes[at] ?? 0));
    const own = (await shardsIn(world)).filter(({ first }) => first === 1);
    expect(own.map(({ shard }) => shard)).toEqual(parityOf(padded, 2));
    expect(await copiesIn(world)).toEqual([nameOf(instance, 1, 9)]);
  });

  test("does not come back with the whole batch, submitted once more", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner } = await begun(world, harmonizer, fourAndTwo);
    const { instance } = writer;
    for (let count = 0; count < 4; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.submitNote("erased", await noteOf(owner, instance, [2]));
    const body = bodyIn(get(batches, instance, 2), 2);
    await harmonizer.submitBatch(get(batches, instance, 2));
    expect(await holding(world, body)).toEqual([]);
    expect(await harmonizer.batchCopy(instance, 1, 2)).toEqual(without(get(batches, instance, 2), [2]));
  });

  test("is taken out by the next process, when a crash came between the note and the work", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner } = await begun(world, harmonizer, fourAndTwo);
    const { instance } = writer;
    for (let count = 0; count < 6; count++) await submitNext(harmonizer, batches, writer);
    const parity = new Map<string, Uint8Array>();
    for (const key of await keysIn(world, "harmonizer/parity/")) parity.set(key, await readKey(world, key));
    const copy = (await keysIn(world, "harmonizer/open/"))[0] ?? "";
    const open = await readKey(world, copy);
    await harmonizer.submitNote("erased", await noteOf(owner, instance, [2, 5]));
    await harmonizer.close();
    // As if it had been killed right after the note was sequenced.
    const store = await ObjectStore.open(world.driver);
    for (const [key, bytes] of [...parity, [copy, open] as const]) await store.replace(key, bytes);
    for (const key of await keysIn(world, names.erasures)) await store.delete(key);
    const next = await world.harmonizer();
    await next.close();
    expect(await stripesIn(world)).toEqual([]);
    expect(await holding(world, bodyIn(get(batches, instance, 5), 5))).toEqual([]);
    expect(await keysIn(world, names.erasures)).toHaveLength(1);
  });

  test("is one that was sequenced: a note about others is refused", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer, owner } = await begun(world, harmonizer, fourAndTwo);
    await submitNext(harmonizer, batches, writer);
    const stranger = new Writer(owner).instance;
    for (const [instance, numbers, epoch] of [
      [writer.instance, [2], 1],
      [writer.instance, [1, 9], 1],
      [writer.instance, null, 2],
      [stranger, [1], 1],
    ] as const)
      await expect(
        harmonizer.submitNote("erased", await noteOf(owner, instance, numbers, epoch)),
      ).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    const bodiless = without(get(batches, writer.instance, 1), [1]);
    await expect(harmonizer.submitBatch(bodiless)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    await harmonizer.submitNote("erased", await noteOf(owner, writer.instance, null));
    expect(await copiesIn(world)).toHaveLength(1);
  });

  test("leaves the copies of other batches in its bundle as they are, and of a bundle that lost its number nothing", async () => {
    const heldBack = new HeldBack();
    const world = new World(heldBack.driver);
    const harmonizer = await world.harmonizer();
    const { owner, writer, first } = await begun(world, harmonizer, fourAndTwo);
    const other = new Writer(owner);
    await harmonizer.submitHead(await other.head(first));
    const [one, two] = [(await writer.batch(2)).bytes, (await other.batch()).bytes];
    await heldBack.submitTogether(world, harmonizer, [one, two]);
    const [key = "", ...more] = await keysIn(world, "harmonizer/open/");
    expect(more).toEqual([]);
    const store = await ObjectStore.open(world.driver);
    await store.create(key.replace(/-.*/, `-${"ab".repeat(32)}`), await readKey(world, key));
    await harmonizer.submitNote("erased", await noteOf(owner, writer.instance, [2]));
    expect(await holding(world, bodyIn(one, 2))).toEqual([]);
    expect(await keysIn(world, "harmonizer/open/")).toEqual([key]);
    expect(batchesIn(await readKey(world, key))).toEqual([without(one, [2]), two]);
    await harmonizer.close();
  });

  test("is not turned into parity out of memory, by the process that erased it or by another", async () => {
    const world = new World();
    const [mine, others] = [await world.harmonizer(), await world.harmonizer()];
    const { batches, writer, owner } = await begun(world, mine, fourAndTwo);
    const { instance } = writer;
    for (let count = 0; count < 3; count++) await submitNext(mine, batches, writer);
    await others.submitNote("erased", await noteOf(owner, instance, [2]));
    await submitNext(mine, batches, writer);
    await mine.close();
    await others.close();
    const left = without(get(batches, instance, 2), [2]);
    expect((await shardsIn(world)).map(({ lengths }) => lengths[1])).toEqual([left.length, left.length]);
  });
});

describe("a batch submitted once more", () => {
  test("puts a damaged or lost copy back, and damaged or lost parity once its stripe is whole", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, fourAndTwo);
    const { instance } = writer;
    for (let count = 0; count < 6; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.close();
    const store = await ObjectStore.open(world.driver);
    const [fifth = "", sixth = ""] = await keysIn(world, "harmonizer/open/");
    const [shard = "", other = ""] = await keysIn(world, "harmonizer/parity/");
    const before = await readKey(world, shard);
    const copy = await readKey(world, fifth);
    await store.replace(fifth, copy.with(-3, copy.at(-3) === 7 ? 8 : 7));
    await store.delete(sixth);
    await store.replace(shard, before.with(-3, before.at(-3) === 7 ? 8 : 7));
    await store.delete(other);
    const next = await world.harmonizer();
    for (let batch = 1; batch <= 6; batch++) await next.submitBatch(get(batches, instance, batch));
    await next.close();
    expect(await readKey(world, shard)).toEqual(before);
    expect(await stripesIn(world)).toEqual(["1-4/2"]);
    expect(batchesIn(await readKey(world, fifth))).toEqual([get(batches, instance, 5)]);
    expect(batchesIn(await readKey(world, sixth))).toEqual([get(batches, instance, 6)]);
    expect(await copiesIn(world)).toHaveLength(2);
  });

  test("changes nothing while what is kept of it is sound", async () => {
    const world = new World();
    const harmonizer = await world.harmonizer();
    const { batches, writer } = await begun(world, harmonizer, fourAndTwo);
    for (let count = 0; count < 5; count++) await submitNext(harmonizer, batches, writer);
    await harmonizer.anchor(writer.owner.capsule);
    const keys = await keysIn(world, "");
    for (let batch = 1; batch <= 5; batch++) await harmonizer.submitBatch(get(batches, writer.instance, batch));
    expect(await keysIn(world, "")).toEqual(keys);
    await harmonizer.close();
  });
});
