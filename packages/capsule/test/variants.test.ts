import { createShareKey, releaseShare } from "@fogbound/crypto/ibe";
import { layout, randomIdentifier } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { openContent, sealVariants, unwrapItemKey, wrapIdentity, wrapperFor } from "../src/index.js";
import { type Bench, collect, keysIn, newBench, pieces, plainBytes } from "./kit.js";

let bench: Bench;
beforeEach(async () => {
  bench = await newBench();
});

const length = 70_000;
const realBytes: Uint8Array = plainBytes(length);

async function sealAmong(decoys: number, real: number): ReturnType<typeof sealVariants> {
  const { store, capsule, group: authorities } = bench;
  const sources: Uint8Array[] = Array.from({ length: decoys }, (_, number) => new Uint8Array(length).fill(number + 1));
  sources.splice(real, 0, realBytes);
  const wrapper = await wrapperFor(authorities, capsule, 1);
  const item = randomIdentifier("itm");
  return sealVariants(
    store,
    item,
    sources.map((source) => pieces(source, 9_999)),
    { capsule, wrapper },
  );
}

/** Opens by what an authority's shares unwrap, as a host does. */
async function openAt({ item }: Awaited<ReturnType<typeof sealVariants>>, number: number): Promise<Uint8Array> {
  const variant = item.variants[number];
  if (variant === undefined) throw new Error(`no variant ${number}`);
  const identity = wrapIdentity(bench.capsule, 1);
  const shares = bench.shares
    .slice(0, 2)
    .map((share) => releaseShare(createShareKey(share, [1, 2], identity), variant.wrap));
  const key = await unwrapItemKey(variant.wrap, shares);
  const place = { capsule: bench.capsule, item: item.id, variant: number, content: variant.content };
  return collect(openContent(bench.store, { ...place, key, length }));
}

describe("variants of an item", () => {
  it.each([0, 1, 3])("each open under their own number, the real one at %d", async (real) => {
    const sealed = await sealAmong(3, real);
    expect(sealed.item.variants).toHaveLength(4);
    expect(new Set(sealed.item.variants.map(({ content }) => content)).size).toBe(4);
    const opened = await Promise.all([0, 1, 2, 3].map((number) => openAt(sealed, number)));
    expect(opened[real]).toEqual(realBytes);
    const others = opened.filter((_, number) => number !== real).map((bytes) => bytes[0]);
    expect(others).toEqual([1, 2, 3]);
  });

  it("lie in the store in one size, under one kind of name", async () => {
    const sealed = await sealAmong(2, 1);
    const keys = await keysIn(bench.store);
    expect(keys.sort()).toEqual(
      sealed.item.variants.map(({ content }) => layout.content(bench.capsule, content)).sort(),
    );
    const sizes = await Promise.all(keys.map(async (key) => (await bench.store.head(key))?.size));
    expect(new Set(sizes).size).toBe(1);
    const shapes = sealed.item.variants.map(({ chunks, root, wrap }) => [chunks, root.length, wrap.length]);
    expect(new Set(shapes.map(String)).size).toBe(1);
  });

  it("are the real one alone where no decoy is given", async () => {
    const sealed = await sealAmong(0, 0);
    expect(await openAt(sealed, 0)).toEqual(realBytes);
    expect(sealed.keys).toHaveLength(1);
  });
});
