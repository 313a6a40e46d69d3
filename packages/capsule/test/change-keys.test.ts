import { randomBytes } from "@fogbound/crypto";
import { createShareKey, createWrapper, releaseShare } from "@fogbound/crypto/ibe";
import { describe, expect, it } from "vitest";
import {
  type ManifestDraft,
  openContent,
  resealItems,
  rewrapItems,
  sealContent,
  sealItems,
  unwrapItemKey,
  wrapIdentity,
} from "../src/index.js";
import {
  type Bench,
  bytesAt,
  collect,
  draftOf,
  expectFailure,
  keysIn,
  newBench,
  pieces,
  plainBytes,
  streamOf,
} from "./kit.js";

/** A draft whose items are really sealed. */
async function sealedDraft(bench: Bench, contents: readonly Uint8Array[]): Promise<ManifestDraft> {
  const { store, capsule, group } = bench;
  const items = contents.map((content, at) => ({ name: `${at}.bin`, content }));
  const sealed = await sealItems(store, items, { capsule, authorities: group, keyVersion: 1 });
  const draft = draftOf(bench, { items: sealed.items });
  return { ...draft, host: { ...draft.host, items: sealed.descriptions }, itemKeys: sealed.itemKeys };
}

function unwrapped(bench: Bench, wrap: Uint8Array, keyVersion: number): Promise<Uint8Array> {
  const identity = wrapIdentity(bench.capsule, keyVersion);
  const two = bench.shares.slice(0, 2);
  const indexes = two.map(({ index }) => index);
  return unwrapItemKey(
    wrap,
    two.map((share) => releaseShare(createShareKey(share, indexes, identity), wrap)),
  );
}

function wrapOf(draft: ManifestDraft, item: number): Uint8Array {
  return draft.public.items[item]?.variants[0]?.wrap ?? new Uint8Array();
}

describe("rewrapItems", () => {
  it("wraps the same keys, under the next key version, and touches nothing else", async () => {
    const bench = await newBench();
    const draft = await sealedDraft(bench, [plainBytes(5), plainBytes(6)]);
    const before = await keysIn(bench.store);
    const next = await rewrapItems(bench.capsule, draft);
    expect(next.public.keyVersion).toBe(2);
    expect(next.itemKeys).toBe(draft.itemKeys);
    expect(await keysIn(bench.store)).toEqual(before);
    for (const item of [0, 1]) {
      expect(wrapOf(next, item)).not.toEqual(wrapOf(draft, item));
      expect(await unwrapped(bench, wrapOf(next, item), 2)).toEqual(draft.itemKeys[item]?.[0]);
      await expectFailure("VERIFICATION_FAILED", () => unwrapped(bench, wrapOf(next, item), 1));
    }
    const { keyVersion: _a, items: _b, ...rest } = next.public;
    const { keyVersion: _c, items: _d, ...same } = draft.public;
    expect(rest).toEqual(same);
  });

  it("wraps for another group, which the one before cannot open", async () => {
    const [bench, other] = [await newBench(), await newBench()];
    const draft = await sealedDraft(bench, [plainBytes(5)]);
    const next = await rewrapItems(bench.capsule, draft, other.group);
    expect(next.public.authorities).toEqual(other.group);
    const theirs = { ...other, capsule: bench.capsule };
    expect(await unwrapped(theirs, wrapOf(next, 0), 2)).toEqual(draft.itemKeys[0]?.[0]);
    await expectFailure("VERIFICATION_FAILED", () => unwrapped(bench, wrapOf(next, 0), 2));
  });

  it("is a caller's mistake without the keys", async () => {
    const bench = await newBench();
    await expect(rewrapItems(bench.capsule, { ...draftOf(bench), itemKeys: [] })).rejects.toThrow(TypeError);
  });
});

describe("resealItems", () => {
  it("seals every variant of every item anew, 0 bytes too, and names what is replaced", async () => {
    const bench = await newBench();
    const draft = await sealedDraft(bench, [plainBytes(0), plainBytes(200_000)]);
    const [first] = draft.public.items;
    const key = randomBytes(32);
    const place = {
      capsule: bench.capsule,
      item: first?.id ?? "itm_",
      variant: 1,
      content: `cnt_${"a".repeat(26)}`,
    } as const;
    const fog = await sealContent(bench.store, place, key, (async function* () {})());
    const wrapper = createWrapper(bench.group.publicKey, wrapIdentity(bench.capsule, 1));
    const variant = { content: place.content, chunks: fog.chunks, root: fog.root, wrap: wrapper.wrap(key) };
    const items = draft.public.items.map((item, at) =>
      at === 0 ? { ...item, variants: [...item.variants, variant] } : item,
    );
    const itemKeys = draft.itemKeys.map((keys, at) => (at === 0 ? [...keys, key] : keys));
    const two = { ...draft, public: { ...draft.public, items }, itemKeys };
    const before = await keysIn(bench.store);
    const bytes: number[] = [];
    const { draft: next, replaced } = await resealItems(bench.store, bench.capsule, two, {
      onBytes: (n) => bytes.push(n),
    });
    expect(replaced.map((content) => `capsules/${bench.capsule}/content/${content}`).sort()).toEqual(before.sort());
    expect(bytes.at(-1)).toBe(200_000);
    for (const [at, { id, variants }] of next.public.items.entries())
      for (const [number, { content, wrap }] of variants.entries()) {
        const fresh = next.itemKeys[at]?.[number] ?? new Uint8Array();
        expect(fresh).not.toEqual(two.itemKeys[at]?.[number]);
        expect(await unwrapped(bench, wrap, 2)).toEqual(fresh);
        const length = two.host.items[at]?.length ?? 0;
        const opened = { capsule: bench.capsule, item: id, variant: number, content, key: fresh, length };
        expect(await collect(openContent(bench.store, opened))).toEqual(plainBytes(length));
        // The key that is given up opens nothing of it.
        const old = { ...opened, key: two.itemKeys[at]?.[number] ?? new Uint8Array() };
        await expectFailure("VERIFICATION_FAILED", () => collect(openContent(bench.store, old)));
      }
    expect(next.public.items.map(({ variants }) => variants.length)).toEqual([2, 1]);
  });

  it("leaves a damaged content as it is, and throws", async () => {
    const bench = await newBench();
    const draft = await sealedDraft(bench, [plainBytes(100_000)]);
    const [name = ""] = await keysIn(bench.store);
    const bytes = await bytesAt(bench.store, name);
    bytes[70_000] = (bytes[70_000] ?? 0) ^ 1;
    await bench.store.replace(name, bytes);
    await expectFailure("VERIFICATION_FAILED", () => resealItems(bench.store, bench.capsule, draft));
    expect(await keysIn(bench.store)).toEqual([name]);
  });

  it("refuses a draft that does not describe its item: no length is taken for none", async () => {
    const bench = await newBench();
    const draft = await sealedDraft(bench, [plainBytes(5)]);
    const before = await keysIn(bench.store);
    const undescribed = { ...draft, host: { ...draft.host, items: [] } };
    await expectFailure("VERIFICATION_FAILED", () => resealItems(bench.store, bench.capsule, undescribed));
    expect(await keysIn(bench.store)).toEqual(before);
  });

  it("reads an item no faster than it is written: memory does not grow with it", async () => {
    const bench = await newBench();
    const size = 32 * 1024 * 1024;
    const draft = await sealedDraft(bench, [plainBytes(size)]);
    let [read, written, most] = [0, 0, 0];
    const { store } = bench;
    const { get, upload } = store;
    store.get = async (...call) => {
      const found = await get.apply(store, call);
      if (found === null) return null;
      // In pieces, each made when it is asked for, as from a disk or a network.
      const bytes = new Uint8Array(await new Response(found.body).arrayBuffer());
      const asked = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
        for await (const piece of pieces(bytes, 64 * 1024)) {
          read += piece.length;
          most = Math.max(most, read - written);
          yield piece;
        }
      };
      return { ...found, body: streamOf(asked()) };
    };
    store.upload = (key, content, options) => {
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        if (!(Symbol.asyncIterator in content)) throw new TypeError("Expected a source that is asked piece by piece.");
        for await (const piece of content) {
          written += piece.length;
          yield piece;
        }
      };
      return upload.call(store, key, counted(), options);
    };
    await resealItems(store, bench.capsule, draft);
    expect(read).toBeGreaterThan(size);
    expect(written).toBeGreaterThan(size);
    // A few chunks, whatever the item's size.
    expect(most).toBeLessThan(1024 * 1024);
  });
});
