import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Access, Capsule } from "../src/index.js";
import { readText, viewers } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

const chunk = 65_536;
const long = new Uint8Array(3 * chunk + 10).map((_, at) => at % 251);

let all: Parties;
let capsule: Capsule;
beforeEach(async () => {
  all = await parties();
  capsule = await all.owner.seal({
    items: [
      { name: "long.bin", content: long },
      { name: "empty.txt", content: new Uint8Array() },
    ],
    policy: viewers,
  });
});
afterEach(() => all.close());

type Permitted = Extract<Access, { outcome: "permitted" }>;

async function permitted(item: string): Promise<Permitted> {
  const access = await all.host.access(await sessionOf(all.host), { capsule: capsule.id, item, action: "view" });
  if (access.outcome !== "permitted") throw new Error(`expected permission, got ${access.outcome}`);
  return access;
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The accesses as the owner sees them, once everything is written; nothing may be found wrong. */
async function audited(): Promise<readonly (readonly [string, number])[]> {
  await all.host.close();
  const audit = await all.owner.audit(capsule.id);
  const entries: (readonly [string, number])[] = [];
  for await (const { outcome, bytes } of audit.accesses()) entries.push([outcome, bytes]);
  expect((await audit.verdict()).findings).toEqual([]);
  return entries;
}

describe("Ranges of a permitted access", () => {
  it.each([
    [0, 1],
    [chunk - 1, 2],
    [chunk, chunk],
    [long.length - 1, 1],
    [5, long.length - 5],
    [0, long.length],
  ])("from %i, %i bytes, are those bytes", async (offset, length) => {
    const access = await permitted("long.bin");
    expect(await bytesOf(access.read({ offset, length }))).toEqual(long.slice(offset, offset + length));
  });

  it.each([
    [long.length, 1],
    [0, long.length + 1],
    [-1, 1],
    [0.5, 1],
    [0, -1],
    [Number.NaN, 1],
  ])("from %d, %d bytes, are a RangeError when outside", async (offset, length) => {
    const access = await permitted("long.bin");
    expect(() => access.read({ offset, length })).toThrow(RangeError);
  });

  it("of no bytes are empty, and count as nothing delivered", async () => {
    const access = await permitted("long.bin");
    for (const offset of [0, 5, long.length]) expect(await bytesOf(access.read({ offset, length: 0 }))).toHaveLength(0);
    await access.end();
    expect(await audited()).toEqual([["permitted", 0]]);
  });

  it("are one access, however many", async () => {
    const access = await permitted("long.bin");
    for (let offset = 0; offset < 40; offset += 2) await bytesOf(access.read({ offset, length: 1 }));
    await access.end();
    await access.end();
    expect(await audited()).toEqual([["permitted", 20]]);
  });

  it("may be read again and at once, and every byte that left is counted", async () => {
    const access = await permitted("long.bin");
    await Promise.all([bytesOf(access.read()), bytesOf(access.read()), bytesOf(access.read({ offset: 1, length: 5 }))]);
    await access.end();
    expect(await audited()).toEqual([["permitted", 2 * long.length + 5]]);
  });
});

describe("A read that is broken off", () => {
  it("is recorded with what had left", async () => {
    const access = await permitted("long.bin");
    const reader = access.read().getReader();
    const first = await reader.read();
    await reader.cancel();
    await access.end();
    expect(await audited()).toEqual([["permitted", first.value?.length]]);
  });

  it("is recorded when the host closes, though nobody ended it", async () => {
    const access = await permitted("long.bin");
    const reader = access.read().getReader();
    const first = await reader.read();
    expect(await audited()).toEqual([["permitted", first.value?.length]]);
  });

  it("gives nothing more once the access has ended: it would be in no record", async () => {
    const access = await permitted("long.bin");
    const reader = access.read().getReader();
    const first = await reader.read();
    await access.end();
    await expect(reader.read()).rejects.toBeInstanceOf(TypeError);
    expect(() => access.read()).toThrow(TypeError);
    expect(await audited()).toEqual([["permitted", first.value?.length]]);
  });

  it("is recorded when nothing was read at all", async () => {
    const access = await permitted("long.bin");
    await access.end();
    expect(await audited()).toEqual([["permitted", 0]]);
  });
});

it("An item of no bytes is served, and delivered", async () => {
  const access = await permitted("empty.txt");
  expect(access.size).toBe(0);
  expect(await readText(access.read())).toBe("");
  expect(await audited()).toEqual([["permitted", 0]]);
});
