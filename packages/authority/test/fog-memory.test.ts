import { generateSealingKey, utf8 } from "@fogbound/crypto";
import { layout, type OwnerId, randomIdentifier, sealedPart } from "@fogbound/protocol";
import { memoryDriver, ObjectStore, readAll } from "@fogbound/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { fogMemory, type MemoryPlace, openMemory } from "../src/fog-memory.js";
import { createAuthorityGroup } from "../src/index.js";

const owner: OwnerId = randomIdentifier("own");
let place: MemoryPlace;
let damages: number;

beforeEach(async () => {
  const { keys } = await createAuthorityGroup(1, 1);
  const [first] = keys;
  if (first === undefined) throw new Error("no authority");
  damages = 0;
  const onDamage = (): void => {
    damages += 1;
  };
  const store = await ObjectStore.open(memoryDriver(), { maxRetries: 0 });
  place = { store, keys: first, owner, ownerKey: (await generateSealingKey()).publicKey, onDamage };
});

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of place.store.list(layout.fog(place.keys.id, owner))) found.push(key);
  return found;
}

async function damage(key: string): Promise<void> {
  const object = await place.store.get(key);
  if (object === null) throw new Error(`no ${key}`);
  const bytes = await readAll(object, 1_000_000);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await place.store.replace(key, bytes);
}

describe("what a guard remembers", () => {
  it("is nothing before the first save, and the last save after it, also for another process", async () => {
    const memory = fogMemory(place);
    expect(await memory.load("reader/local#ann")).toBeNull();
    const first = await memory.save("reader/local#ann", utf8("one"), null);
    const second = await memory.save("reader/local#ann", utf8("two"), first);
    expect(second?.number).toBe(2);
    expect(await fogMemory({ ...place }).load("reader/local#ann")).toEqual({ number: 2, bytes: utf8("two") });
    expect(await memory.load("reader/local#bob")).toBeNull();
  });

  it("is not overwritten by who knew less, however long he slept", async () => {
    const [one, other] = [fogMemory(place), fogMemory(place)];
    const seen = await one.save("a", utf8("1"), null);
    let last = await other.save("a", utf8("2"), seen);
    expect(await one.save("a", utf8("late"), seen)).toBeNull();
    for (const text of ["3", "4", "5"]) last = await other.save("a", utf8(text), last);
    // By now the number that he would take is gone again.
    expect(await one.save("a", utf8("much too late"), seen)).toBeNull();
    expect((await one.load("a"))?.bytes).toEqual(utf8("5"));
  });

  it("keeps the two newest and no more", async () => {
    const memory = fogMemory(place);
    let last = await memory.save("a", utf8("1"), null);
    for (const text of ["2", "3", "4"]) last = await memory.save("a", utf8(text), last);
    expect((await keys()).map((key) => key.slice(-8))).toEqual(["00000003", "00000004"]);
  });

  it("falls back to the one before when the newest is damaged, tells, and goes on behind it", async () => {
    const memory = fogMemory(place);
    const first = await memory.save("a", utf8("1"), null);
    await memory.save("a", utf8("2"), first);
    await damage((await keys())[1] ?? "");
    const found = await memory.load("a");
    expect([found?.number, found?.bytes, damages]).toEqual([2, utf8("1"), 1]);
    expect((await memory.save("a", utf8("3"), found))?.number).toBe(3);
  });

  it("is empty, and told, when both are damaged; and can be saved again", async () => {
    const memory = fogMemory(place);
    await memory.save("a", utf8("1"), null);
    await damage((await keys())[0] ?? "");
    const found = await memory.load("a");
    expect([found?.number, found?.bytes.length, damages]).toEqual([1, 0, 1]);
    expect(await memory.save("a", utf8("2"), found)).not.toBeNull();
    expect((await memory.load("a"))?.bytes).toEqual(utf8("2"));
  });

  it("does not open in another reader's place, nor an older one in a newer's", async () => {
    const memory = fogMemory(place);
    await memory.save("a", utf8("of a"), null);
    await memory.save("b", utf8("of b"), null);
    const [one, other] = await keys();
    const moved = await place.store.get(one ?? "");
    if (moved === null) throw new Error("nothing there");
    await place.store.replace(other ?? "", await readAll(moved, 1_000_000));
    const loaded = [(await memory.load("a"))?.bytes.length, (await memory.load("b"))?.bytes.length];
    expect(loaded).toContain(0);
    expect(damages).toBe(1);
  });

  it("names no reader in the store, and is sealed to authority and owner alone", async () => {
    const ownerKey = await generateSealingKey();
    const memory = fogMemory({ ...place, ownerKey: ownerKey.publicKey });
    const secret = "opened the salaries at night";
    await memory.save("reader/local#ann", utf8(secret), null);
    const [key = ""] = await keys();
    const object = await place.store.get(key);
    if (object === null) throw new Error("nothing there");
    const bytes = await readAll(object, 1_000_000);
    expect(key).not.toContain("ann");
    expect(Buffer.from(bytes).includes(secret)).toBe(false);
    const { wraps, ciphertext } = sealedPart.decode(bytes);
    expect(wraps.map(({ recipient }) => Buffer.from(recipient).toString("hex")).sort()).toEqual(
      [place.keys.partKey.publicKey, ownerKey.publicKey].map((one) => Buffer.from(one).toString("hex")).sort(),
    );
    expect(await openMemory(ownerKey, key, bytes)).toEqual(utf8(secret));
    expect(await openMemory(place.keys.partKey, key, bytes)).toEqual(utf8(secret));
    expect(ciphertext.length).toBeGreaterThan(secret.length);
  });
});
