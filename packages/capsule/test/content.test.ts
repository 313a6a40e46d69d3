import { chunkLength, contentHeaderLength, hashStream, randomBytes, sealedChunkLength } from "@fogbound/crypto";
import { layout, randomIdentifier } from "@fogbound/protocol";
import { memoryDriver, ObjectStore, readAll, type StoreDriver } from "@fogbound/storage";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type ContentPlace, type OpenContent, openContent, sealContent } from "../src/index.js";
import { bytesAt, collect, expectFailure, flipped, keysIn, pieces, plainBytes, streamOf, withDriver } from "./kit.js";

const capsule = `cap_${"a".repeat(52)}` as const;
const newPlace = (): ContentPlace => ({
  capsule,
  item: randomIdentifier("itm"),
  variant: 0,
  content: randomIdentifier("cnt"),
});
const keyOf = ({ content }: ContentPlace): string => layout.content(capsule, content);

async function sealed(store: ObjectStore, plain: Uint8Array, key = randomBytes(32)): Promise<OpenContent> {
  const place = newPlace();
  const { length } = await sealContent(store, place, key, pieces(plain, 50_000));
  return { ...place, key, length };
}

describe("Sealed content", () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 3 * 1024 * 1024 + 7])(
    "of %i bytes opens again, and re-hashes to what its summary says",
    async (length) => {
      const store = await ObjectStore.open(memoryDriver());
      const place = newPlace();
      const key = randomBytes(32);
      const plain = plainBytes(length);
      const summary = await sealContent(store, place, key, pieces(plain, 40_001));
      expect(summary).toMatchObject({ length, chunks: Math.max(1, Math.ceil(length / chunkLength)) });
      expect(Buffer.compare(await collect(openContent(store, { ...place, key, length })), plain)).toBe(0);
      expect(await hashStream(pieces(await bytesAt(store, keyOf(place)), 70_000))).toEqual(summary);
      expect(await keysIn(store)).toEqual([keyOf(place)]);
    },
  );

  it("holds neither its plaintext nor its key", async () => {
    const store = await ObjectStore.open(memoryDriver());
    const secret = new TextEncoder().encode("a sentence nobody else should read");
    const content = await sealed(store, secret);
    const stored = Buffer.from(await bytesAt(store, keyOf(content)));
    expect(stored.includes(Buffer.from(secret.subarray(0, 12)))).toBe(false);
    expect(stored.includes(Buffer.from(content.key))).toBe(false);
  });

  it("gives any range as that slice of the plaintext", async () => {
    const store = await ObjectStore.open(memoryDriver());
    const edges = [0, 1, 65_535, 65_536, 65_537, 131_071, 131_072, 200_000];
    for (const length of [0, 1, 65_536, 200_000]) {
      const plain = plainBytes(length);
      const content = await sealed(store, plain);
      const point = fc.oneof(
        fc.constantFrom(...edges).map((at) => Math.min(at, length)),
        fc.integer({ min: 0, max: length }),
      );
      await fc.assert(
        fc.asyncProperty(point, point, async (one, other) => {
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          const range = { offset: from, length: to - from };
          expect(Buffer.compare(await collect(openContent(store, content, range)), plain.subarray(from, to))).toBe(0);
        }),
        { numRuns: 60 },
      );
    }
  });

  it("has no range outside itself, which is told at once", async () => {
    const store = await ObjectStore.open(memoryDriver());
    const content = await sealed(store, plainBytes(10));
    const wrong = [
      [0, 11],
      [11, 0],
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [Number.NaN, 1],
    ] as const;
    for (const [offset, length] of wrong)
      expect(() => openContent(store, content, { offset, length })).toThrow(RangeError);
  });
});

describe("Content that somebody tampered with", () => {
  const plain = plainBytes(3 * chunkLength + 100);
  const chunkAt = (chunk: number): number => contentHeaderLength + chunk * sealedChunkLength;
  const chunk = (bytes: Uint8Array, number: number): Uint8Array => bytes.subarray(chunkAt(number), chunkAt(number + 1));
  let store: ObjectStore;
  let content: OpenContent;
  let good: Uint8Array;
  let same: Uint8Array; // the same plaintext under the same key, sealed once more
  let other: Uint8Array;

  beforeAll(async () => {
    store = await ObjectStore.open(memoryDriver());
    content = await sealed(store, plain);
    good = await bytesAt(store, keyOf(content));
    const again = newPlace();
    await sealContent(store, again, content.key, pieces(plain, 50_000));
    same = await bytesAt(store, keyOf(again));
    other = await bytesAt(store, keyOf(await sealed(store, plain)));
  });

  const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
  const head = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, contentHeaderLength);
  const body = (bytes: Uint8Array): Uint8Array => bytes.subarray(contentHeaderLength);

  const attacks: readonly (readonly [string, () => Uint8Array])[] = [
    ["a flipped bit of the salt", () => flipped(good, 10)],
    ["a flipped bit of the commitment", () => flipped(good, 50)],
    ["a flipped bit of the first byte", () => flipped(good, chunkAt(0))],
    ["a flipped bit of a tag", () => flipped(good, chunkAt(1) - 1)],
    ["a flipped bit of a later chunk", () => flipped(good, chunkAt(2) + 77)],
    ["a flipped bit of the last byte", () => flipped(good, good.length - 1)],
    ["nothing left", () => new Uint8Array()],
    ["a cut within the magic", () => good.subarray(0, 7)],
    ["a cut within the header", () => good.subarray(0, contentHeaderLength - 1)],
    ["a cut after the header", () => head(good)],
    ["a cut within a chunk", () => good.subarray(0, chunkAt(1) + 5)],
    ["a cut between chunks", () => good.subarray(0, chunkAt(3))],
    ["a cut of the last byte", () => good.subarray(0, good.length - 1)],
    ["a byte more", () => join(good, Uint8Array.of(0))],
    ["a chunk more", () => join(good, chunk(good, 0))],
    ["two chunks exchanged", () => join(head(good), chunk(good, 1), chunk(good, 0), good.subarray(chunkAt(2)))],
    [
      "a chunk twice instead of the next",
      () => join(head(good), chunk(good, 0), chunk(good, 0), good.subarray(chunkAt(2))),
    ],
    ["a chunk inserted", () => join(head(good), chunk(good, 0), body(good))],
    ["a chunk left out", () => join(head(good), good.subarray(chunkAt(1)))],
    ["a chunk of another content", () => join(head(good), chunk(other, 0), good.subarray(chunkAt(1)))],
    ["a chunk of the same, sealed once more", () => join(head(good), chunk(same, 0), good.subarray(chunkAt(1)))],
    ["the header of another content", () => join(head(other), body(good))],
    ["the header of the same, sealed once more", () => join(head(same), body(good))],
    ["another content whole", () => other],
    ["the same, sealed for another place", () => same],
  ];

  it.each(attacks)("by %s fails, and gives only true bytes before", async (_, attack) => {
    await store.replace(keyOf(content), attack());
    const given: Uint8Array[] = [];
    const read = async () => {
      for await (const piece of openContent(store, content)) given.push(piece.slice());
    };
    await expectFailure("VERIFICATION_FAILED", read);
    const whole = join(...given);
    expect(Buffer.compare(whole, plain.subarray(0, whole.length))).toBe(0);
    expect(whole.length).toBeLessThan(plain.length);
  });

  it("that is of another format is refused as that", async () => {
    await store.replace(keyOf(content), flipped(good, 0));
    await expectFailure("FORMAT_INVALID", () => collect(openContent(store, content)));
    const newer = good.slice();
    newer[7] = 2;
    await store.replace(keyOf(content), newer);
    await expectFailure("FORMAT_TOO_NEW", () => collect(openContent(store, content)));
    await store.replace(keyOf(content), good);
    expect((await collect(openContent(store, content))).length).toBe(plain.length);
  });

  it("does not open under another key, length or name", async () => {
    await store.replace(keyOf(content), good);
    const elsewhere = { ...content, content: randomIdentifier("cnt") };
    await store.create(keyOf(elsewhere), good);
    const another = `cap_${"b".repeat(52)}` as const;
    await store.create(layout.content(another, content.content), good);
    const wrong: readonly OpenContent[] = [
      { ...content, key: randomBytes(32) },
      { ...content, length: content.length - 1 },
      { ...content, length: content.length + 1 },
      { ...content, length: chunkLength },
      { ...content, length: 0 },
      { ...content, length: 10 * chunkLength },
      { ...content, item: randomIdentifier("itm") },
      { ...content, variant: 1 },
      { ...content, capsule: another },
      elsewhere,
    ];
    for (const one of wrong) await expectFailure("VERIFICATION_FAILED", () => collect(openContent(store, one)));
  });
});

describe("A store that fails", () => {
  it("is told apart from one that has lost the content", async () => {
    const inner = memoryDriver();
    let broken = false;
    const driver = withDriver(inner, {
      get: async (...rest) => {
        if (broken) throw new Error("connection refused");
        return inner.get(...rest);
      },
    });
    const store = await ObjectStore.open(driver, { maxRetries: 0 });
    const content = await sealed(store, plainBytes(10));
    broken = true;
    await expectFailure("STORE_UNREACHABLE", () => collect(openContent(store, content)));
    broken = false;
    await store.delete(keyOf(content));
    await expectFailure("ITEM_NOT_FOUND", () => collect(openContent(store, content)));
  });

  it("is not asked for the chunks of a content the key does not fit, and keeps no body open", async () => {
    const inner = memoryDriver();
    const open = { bodies: 0, asked: 0 };
    const store = await ObjectStore.open(withDriver(inner, { get: countingGet(inner, open) }));
    const content = await sealed(store, plainBytes(3 * chunkLength));
    open.asked = 0;
    await expectFailure("VERIFICATION_FAILED", () => collect(openContent(store, { ...content, key: randomBytes(32) })));
    expect(open).toEqual({ bodies: 0, asked: 1 });
    for await (const piece of openContent(store, content)) {
      expect(piece.length).toBe(chunkLength);
      break;
    }
    expect(open).toEqual({ bodies: 0, asked: 3 });
  });

  it.each([
    [0, 1],
    [1, 1],
    [chunkLength, 1],
    [chunkLength + 1, 2],
  ])("is asked for %i bytes in %i call(s): the first chunk comes with the header", async (length, calls) => {
    const inner = memoryDriver();
    const open = { bodies: 0, asked: 0 };
    const store = await ObjectStore.open(withDriver(inner, { get: countingGet(inner, open) }));
    const content = await sealed(store, plainBytes(length));
    open.asked = 0;
    expect(await collect(openContent(store, content))).toHaveLength(length);
    expect(open).toEqual({ bodies: 0, asked: calls });
  });

  it("ends the reading with the signal's reason", async () => {
    const store = await ObjectStore.open(memoryDriver());
    const content = await sealed(store, plainBytes(3 * chunkLength));
    const stop = new AbortController();
    const range = { offset: 0, length: content.length };
    const read = async () => {
      for await (const _ of openContent(store, content, range, { signal: stop.signal }))
        stop.abort(new Error("enough"));
    };
    await expect(read()).rejects.toThrow("enough");
  });
});

describe("Content larger than memory", () => {
  it("is sealed with no more than a few chunks in flight", async () => {
    const total = 64 * 1024 * 1024;
    const flight = { read: 0, stored: 0, most: 0 };
    async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
      const piece = new Uint8Array(128 * 1024);
      for (; flight.read < total; flight.read += piece.length) {
        flight.most = Math.max(flight.most, flight.read - flight.stored);
        yield piece;
      }
    }
    const discarding: StoreDriver["upload"] = async (key, content) => {
      for await (const piece of content) flight.stored += piece.length;
      return { key, size: flight.stored, modified: new Date(0) };
    };
    const store = await ObjectStore.open(withDriver(memoryDriver(), { upload: discarding }));
    const { length } = await sealContent(store, newPlace(), randomBytes(32), source());
    expect(length).toBe(total);
    expect(flight.most).toBeLessThanOrEqual(4 * chunkLength);
  });

  it("is opened with no more than a few chunks in flight", async () => {
    const inner = memoryDriver();
    const flight = { sent: 0, given: 0, most: 0 };
    async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const piece of source) {
        flight.sent += piece.length;
        flight.most = Math.max(flight.most, flight.sent - flight.given);
        yield piece;
      }
    }
    const slowly: StoreDriver["get"] = async (...rest) => {
      const found = await inner.get(...rest);
      if (found === null) return null;
      const bytes = await readAll(found, found.size);
      const body = streamOf(counted(pieces(bytes, 16_384)));
      return { ...found, body };
    };
    const store = await ObjectStore.open(withDriver(inner, { get: slowly }));
    const content = await sealed(store, plainBytes(6 * 1024 * 1024));
    for await (const piece of openContent(store, content)) flight.given += piece.length;
    expect(flight.given).toBe(content.length);
    expect(flight.most).toBeLessThanOrEqual(3 * chunkLength);
  });
});

/** Counts what is asked for, and the bodies that were neither read to their end nor cancelled. */
function countingGet(inner: StoreDriver, open: { bodies: number; asked: number }): StoreDriver["get"] {
  return async (...rest) => {
    const found = await inner.get(...rest);
    open.asked++;
    if (found === null) return null;
    open.bodies++;
    const source = found.body[Symbol.asyncIterator]();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await source.next();
          if (!done) return controller.enqueue(value);
          open.bodies--;
          controller.close();
        },
        cancel() {
          open.bodies--;
        },
      },
      { highWaterMark: 0 },
    );
    return { ...found, body };
  };
}
