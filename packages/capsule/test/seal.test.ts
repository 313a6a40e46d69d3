import { randomBytes } from "@fogbound/crypto";
import { createShareKey, releaseShare } from "@fogbound/crypto/ibe";
import { layout, type ManifestItem } from "@fogbound/protocol";
import { type Bytes, memoryDriver, ObjectStore } from "@fogbound/storage";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Item,
  openContent,
  readManifests,
  type SealedItems,
  sealItems,
  unwrapItemKey,
  wrapIdentity,
} from "../src/index.js";
import {
  type Bench,
  collect,
  expectFailure,
  keysIn,
  newBench,
  pieces,
  plainBytes,
  streamOf,
  withDriver,
} from "./kit.js";

let bench: Bench;
let store: ObjectStore;
beforeAll(async () => {
  bench = await newBench();
});
beforeEach(async () => {
  store = await ObjectStore.open(memoryDriver(), { maxRetries: 0 });
});

const seal = (items: readonly Item[], signal?: AbortSignal, onBytes?: (bytes: number) => void): Promise<SealedItems> =>
  sealItems(store, items, {
    capsule: bench.capsule,
    authorities: bench.group,
    keyVersion: 1,
    ...(signal === undefined ? {} : { signal }),
    ...(onBytes === undefined ? {} : { onBytes }),
  });

const named = (name: string, content: Bytes): Item => ({ name, content });

function open({ items, descriptions, itemKeys }: SealedItems, index: number): Promise<Uint8Array> {
  const [item, description, keys] = [items[index], descriptions[index], itemKeys[index]];
  const variant = item?.variants[0];
  if (item === undefined || variant === undefined || description === undefined) throw new Error("no such item");
  const place = { capsule: bench.capsule, item: item.id, variant: 0, content: variant.content };
  return collect(openContent(store, { ...place, key: keys?.[0] ?? randomBytes(32), length: description.length }));
}

/** A source that gives some pieces and then goes wrong as the test says. */
async function* broken(then: () => Promise<never>, before = 3): AsyncGenerator<Uint8Array, void, undefined> {
  for (let piece = 0; piece < before; piece++) yield plainBytes(60_000);
  yield await then();
}
const never = (): Promise<never> => new Promise(() => undefined);
const fails = (): Promise<never> => Promise.reject(new Error("the disk was pulled out"));

describe("Sealing items", () => {
  const lengths = [0, 1, 65_535, 65_536, 65_537, 2 * 1024 * 1024 + 3];
  const sources: readonly (readonly [string, (bytes: Uint8Array) => Bytes])[] = [
    ["a Uint8Array", (bytes) => bytes],
    ["a view into a larger buffer", (bytes) => new Uint8Array(Buffer.concat([Buffer.alloc(9), bytes])).subarray(9)],
    ["a Buffer", (bytes) => Buffer.from(bytes)],
    ["a Blob", (bytes) => new Blob([bytes.slice()])],
    ["a ReadableStream", (bytes) => streamOf(pieces(bytes, 10_000))],
    ["an AsyncIterable", (bytes) => pieces(bytes, 65_536)],
    [
      "an AsyncIterable with empty pieces",
      async function* (bytes) {
        yield new Uint8Array();
        yield* pieces(bytes, 100_000);
        yield new Uint8Array();
      },
    ],
  ];

  it.each(sources)("takes %s of any size", async (_, source) => {
    const sealed = await seal(lengths.map((length) => named(`${length}`, source(plainBytes(length)))));
    expect(sealed.descriptions.map(({ length }) => length)).toEqual(lengths);
    for (const [index, length] of lengths.entries())
      expect(Buffer.compare(await open(sealed, index), plainBytes(length)), `${length}`).toBe(0);
    expect(await keysIn(store)).toHaveLength(lengths.length);
  });

  it("keeps the items' order, gives each a key and a place of its own, and stores nothing else", async () => {
    const names = Array.from({ length: 9 }, (_, index) => `${index}.txt`);
    const sealed = await seal(
      names.map((name, index) => ({ ...named(name, plainBytes(index)), mediaType: "text/plain" })),
    );
    expect(sealed.descriptions.map(({ name, length, mediaType }) => [name, length, mediaType])).toEqual(
      names.map((name, index) => [name, index, "text/plain"]),
    );
    const contents = sealed.items.map(({ variants }) => variants[0]?.content ?? "cnt_");
    expect(sealed.items.map(({ id }) => id)).toEqual(sealed.descriptions.map(({ id }) => id));
    expect(new Set(sealed.itemKeys.map((keys) => Buffer.from(keys[0] ?? []).toString("hex"))).size).toBe(9);
    expect(await keysIn(store)).toEqual(contents.map((content) => layout.content(bench.capsule, content)).sort());
  });

  it("calls an item without a media type a stream of octets", async () => {
    const { descriptions } = await seal([named("a", plainBytes(1))]);
    expect(descriptions[0]?.mediaType).toBe("application/octet-stream");
  });

  it("wraps each key so that the authorities' shares, and no fewer than the threshold, open it", async () => {
    const { items, itemKeys } = await seal([named("a", plainBytes(1)), named("b", plainBytes(1))]);
    const wrapOf = (item: ManifestItem | undefined) => item?.variants[0]?.wrap ?? new Uint8Array();
    const release = (wrap: Uint8Array, indexes: readonly number[], identity = wrapIdentity(bench.capsule, 1)) =>
      bench.shares
        .filter(({ index }) => indexes.includes(index))
        .map((share) => releaseShare(createShareKey(share, indexes, identity), wrap));
    const [first, second] = items.map(wrapOf);
    if (first === undefined || second === undefined) throw new Error("two items");
    expect(await unwrapItemKey(first, release(first, [1, 3]))).toEqual(itemKeys[0]?.[0]);
    expect(await unwrapItemKey(second, release(second, [2, 1]))).toEqual(itemKeys[1]?.[0]);
    await expectFailure("VERIFICATION_FAILED", () => unwrapItemKey(first, release(second, [1, 2])));
    await expectFailure("VERIFICATION_FAILED", () => unwrapItemKey(first, release(first, [1])));
    await expectFailure("VERIFICATION_FAILED", () => unwrapItemKey(first, release(first, [1, 2]).slice(1)));
    const later = wrapIdentity(bench.capsule, 2);
    await expectFailure("VERIFICATION_FAILED", () => unwrapItemKey(first, release(first, [1, 2], later)));
    await expect(unwrapItemKey(first, [])).rejects.toBeInstanceOf(RangeError);
  });

  it("tells how many bytes are sealed, over all items", async () => {
    const seen: number[] = [];
    const items = [named("a", plainBytes(100_000)), named("b", pieces(plainBytes(70_000), 30_000))];
    await seal(items, undefined, (bytes) => seen.push(bytes));
    expect(seen.at(-1)).toBe(170_000);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
  });

  it("reads a few items at once, and no more", async () => {
    let [active, most] = [0, 0];
    const source = async function* () {
      most = Math.max(most, ++active);
      for (let turn = 0; turn < 5; turn++) yield plainBytes(1000);
      active--;
    };
    await seal(Array.from({ length: 12 }, (_, index) => named(`${index}`, source())));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });
});

describe("A seal that does not come to its end", () => {
  it("leaves nothing when there was nothing to seal, or a name was none", async () => {
    for (const items of [[], [named("../x", plainBytes(1))], [named("a", plainBytes(1)), named("a", plainBytes(1))]])
      await expect(seal(items)).rejects.toBeInstanceOf(TypeError);
    expect(await keysIn(store)).toEqual([]);
  });

  it("refuses what is no source", async () => {
    const none: unknown = "text";
    await expect(seal([named("a", none as Bytes)])).rejects.toBeInstanceOf(TypeError);
    const texts: unknown = (async function* () {
      yield "text";
    })();
    await expect(seal([named("a", texts as Bytes)])).rejects.toBeInstanceOf(TypeError);
    expect(await keysIn(store)).toEqual([]);
  });

  it("leaves nothing visible when the source fails midway, and passes its error on", async () => {
    await expect(seal([named("a", broken(fails))])).rejects.toThrow("the disk was pulled out");
    await expect(seal([named("a", streamOf(broken(fails)))])).rejects.toThrow("the disk was pulled out");
    await expect(seal([named("a", broken(fails, 0))])).rejects.toThrow("the disk was pulled out");
    expect(await keysIn(store)).toEqual([]);
  });

  it("ends with the signal's reason though the source hangs, in the middle or before its first byte", async () => {
    for (const [before, streamed] of [
      [3, false],
      [0, false],
      [3, true],
      [0, true],
    ] as const) {
      const stop = new AbortController();
      const source = broken(() => {
        stop.abort(new Error("enough"));
        return never();
      }, before);
      await expect(seal([named("a", streamed ? streamOf(source) : source)], stop.signal)).rejects.toThrow("enough");
    }
    expect(await keysIn(store)).toEqual([]);
  });

  it("lets go of a source that it does not read to its end", async () => {
    const stop = new AbortController();
    let letGo: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const source = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(plainBytes(100_000)), cancel: () => letGo() },
      { highWaterMark: 0 },
    );
    const onBytes = () => stop.abort(new Error("enough"));
    await expect(seal([named("a", source)], stop.signal, onBytes)).rejects.toThrow("enough");
    await cancelled;
    expect(await keysIn(store)).toEqual([]);
  });

  it("names no content in a manifest, whatever was stored before one source failed", async () => {
    const items = [named("a", plainBytes(10)), named("b", broken(fails)), named("c", plainBytes(10))];
    await expect(seal(items)).rejects.toThrow("the disk was pulled out");
    for (const key of await keysIn(store)) expect(key).toContain("/content/");
    await expectFailure("CAPSULE_NOT_FOUND", () => readManifests(store, bench.capsule));
  });

  it("is not kept back by another source that hangs, and reads no further ones", async () => {
    let read = 0;
    const counting = async function* () {
      read++;
      yield plainBytes(1);
    };
    const hanging = Array.from({ length: 3 }, (_, index) => named(`hangs ${index}`, broken(never)));
    const rest = Array.from({ length: 9 }, (_, index) => named(`rest ${index}`, counting()));
    await expect(seal([...hanging, named("fails", broken(fails)), ...rest])).rejects.toThrow("the disk was pulled out");
    expect(read).toBe(0);
  });

  it("listens to its caller's signal no longer than it lasts", async () => {
    const stop = new AbortController();
    const listening = new Set<unknown>();
    const { signal } = stop;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject, options?: object) => {
      listening.add(listener);
      add(type, listener, options);
    };
    signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
      listening.delete(listener);
      remove(type, listener);
    };
    await seal([named("a", plainBytes(1))], signal);
    await expect(seal([named("a", broken(fails))], signal)).rejects.toThrow("the disk");
    expect(listening.size).toBe(0);
  });

  it("begins nothing under a signal that has aborted", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(seal([named("a", plainBytes(1))], signal)).rejects.toThrow("gone");
    expect(await keysIn(store)).toEqual([]);
  });

  it("passes on what the store says", async () => {
    const full = await ObjectStore.open(memoryDriver({ capacity: 100_000 }), { maxRetries: 0 });
    const options = { capsule: bench.capsule, authorities: bench.group, keyVersion: 1 };
    await expectFailure("STORE_FULL", () => sealItems(full, [named("a", plainBytes(200_000))], options));
    const inner = memoryDriver();
    const refusing = withDriver(inner, { upload: () => Promise.reject(new Error("connection reset")) });
    const down = await ObjectStore.open(refusing, { maxRetries: 0 });
    await expectFailure("STORE_UNREACHABLE", () => sealItems(down, [named("a", plainBytes(10))], options));
  });
});
