import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkNonce } from "../src/content-format.js";
import {
  type ByteRange,
  chunkLength,
  concatBytes,
  contentHeaderLength,
  hashStream,
  leafHash,
  openStream,
  randomBytes,
  rootOf,
  sealedChunkLength,
  sealedLength,
  sealedRange,
  sealStream,
  sha256,
  utf8,
} from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const info = utf8("test");

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const size of sizes) {
    yield bytes.subarray(0, size);
    bytes = bytes.subarray(size);
  }
  if (bytes.length > 0) yield bytes;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return concatBytes(...parts);
}

async function seal(plaintext: Uint8Array, sizes: readonly number[] = []) {
  const key = randomBytes(32);
  const stream = sealStream({ key, info, source: pieces(plaintext, sizes) });
  const sealed = await collect(stream);
  return { key, sealed, summary: stream.summary() };
}

function open(sealed: Uint8Array, key: Uint8Array, length: number, range?: ByteRange, sizes: readonly number[] = []) {
  const { offset, length: wanted } = sealedRange(length, range);
  const from = contentHeaderLength + offset;
  const ciphertext = pieces(range ? sealed.subarray(from, from + wanted) : sealed.subarray(from), sizes);
  return collect(openStream({ key, info, length, header: sealed.subarray(0, contentHeaderLength), ciphertext, range }));
}

const sizes = fc.array(fc.oneof(fc.constant(0), fc.nat(10), fc.nat(3 * chunkLength), fc.constant(chunkLength)), {
  maxLength: 12,
});
const length = fc.oneof(
  fc.constantFrom(0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 2 * chunkLength, 3 * chunkLength),
  fc.nat(4 * chunkLength),
);

describe("a sealed stream", () => {
  it("gives the same plaintext back however source and ciphertext are cut", async () => {
    await fc.assert(
      fc.asyncProperty(length, sizes, sizes, async (bytes, sourceSizes, sealedSizes) => {
        const plaintext = randomBytes(bytes);
        const { key, sealed, summary } = await seal(plaintext, sourceSizes);
        expect(sealed).toHaveLength(sealedLength(bytes));
        expect(summary).toMatchObject({ length: bytes, chunks: Math.max(1, Math.ceil(bytes / chunkLength)) });
        expect(await hashStream(pieces(sealed, sealedSizes))).toEqual(summary);
        expect(Buffer.compare(await open(sealed, key, bytes, undefined, sealedSizes), plaintext)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("opens every range with the bytes that sealedRange names and no others", async () => {
    const plaintext = randomBytes(3 * chunkLength + 17);
    const { key, sealed } = await seal(plaintext);
    const offset = fc.oneof(
      fc.constantFrom(0, chunkLength, 3 * chunkLength, plaintext.length),
      fc.nat(plaintext.length),
    );
    await fc.assert(
      fc.asyncProperty(offset, offset, async (one, other) => {
        const range = { offset: Math.min(one, other), length: Math.abs(one - other) };
        const opened = await open(sealed, key, plaintext.length, range);
        expect(Buffer.compare(opened, plaintext.subarray(range.offset, range.offset + range.length))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("is laid out as the protocol says", async () => {
    const { sealed, summary } = await seal(new Uint8Array(chunkLength + 1));
    expect(Buffer.from(sealed.subarray(0, 8)).toString("latin1")).toBe("FOGC\0\0\0\u0001");
    const body = sealed.subarray(contentHeaderLength);
    const chunks = [body.subarray(0, sealedChunkLength), body.subarray(sealedChunkLength)];
    const parts = [sealed.subarray(0, contentHeaderLength), ...chunks];
    expect(summary.root).toEqual(rootOf(parts.map((part) => leafHash(sha256(part)))));
    expect([...chunkNonce(0x00010203, true)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 1]);
    expect([...chunkNonce(1, false)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    await expectFailure("FORMAT_INVALID", () => chunkNonce(2 ** 24, false));
    expect(() => sealedLength(2 ** 40 + 1)).toThrow(RangeError);
    expect(sealedRange(2 ** 40).firstChunk).toBe(0);
  });

  it("has one chunk when it is empty", async () => {
    const { key, sealed, summary } = await seal(new Uint8Array(0), [0, 0]);
    expect(sealed).toHaveLength(contentHeaderLength + 16);
    expect(summary).toMatchObject({ length: 0, chunks: 1 });
    expect(sealedRange(0)).toEqual({ offset: 0, length: 16, firstChunk: 0 });
    expect(await open(sealed, key, 0)).toHaveLength(0);
  });

  it("never seals the same bytes twice alike, and is iterated once", async () => {
    const [one, other] = [await seal(utf8("same")), await seal(utf8("same"))];
    expect(one.sealed).not.toEqual(other.sealed);
    const stream = sealStream({ key: randomBytes(32), info, source: pieces(utf8("a"), []) });
    expect(() => stream.summary()).toThrow(TypeError);
    await collect(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError);
    expect(stream.summary().length).toBe(1);
  });

  it("lets go of its source when nobody reads on, and when the source is no bytes", async () => {
    let closed = 0;
    async function* endless(piece: Uint8Array) {
      try {
        for (;;) yield piece;
      } finally {
        closed++;
      }
    }
    let read = 0;
    for await (const _ of sealStream({ key: randomBytes(32), info, source: endless(randomBytes(1000)) })) {
      if (++read === 3) break;
    }
    expect(closed).toBe(1);
    const words: AsyncIterable<Uint8Array> = Reflect.apply(endless, undefined, ["words"]);
    await expect(collect(sealStream({ key: randomBytes(32), info, source: words }))).rejects.toThrow(TypeError);
    expect(closed).toBe(2);
  });

  it("passes on the failure of its source as it is", async () => {
    const failure = new Error("disk on fire");
    async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
      yield randomBytes(10);
      throw failure;
    }
    const stream = sealStream({ key: randomBytes(32), info, source: source() });
    await expect(collect(stream)).rejects.toBe(failure);
    expect(() => stream.summary()).toThrow(TypeError);
  });

  it("wants a key of 32 bytes and ranges within the item", () => {
    const source = pieces(utf8("a"), []);
    expect(() => sealStream({ key: new Uint8Array(16), info, source })).toThrow(RangeError);
    const item = { info, length: 10, header: new Uint8Array(72), ciphertext: source };
    expect(() => openStream({ ...item, key: new Uint8Array(31) })).toThrow(RangeError);
    for (const range of [
      { offset: 5, length: 6 },
      { offset: -1, length: 1 },
      { offset: 0.5, length: 1 },
    ]) {
      expect(() => openStream({ ...item, key: new Uint8Array(32), range })).toThrow(RangeError);
    }
  });
});

describe("an attacked stream", () => {
  const bytes = 2 * chunkLength + 100;
  const plaintext = randomBytes(bytes);
  const sealing = seal(plaintext);
  const body = contentHeaderLength;

  it("is refused for every changed byte", async () => {
    const { key, sealed, summary } = await sealing;
    const at = fc.oneof(fc.nat(contentHeaderLength - 1), fc.nat(sealed.length - 1), fc.constant(sealed.length - 1));
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (position, flip) => {
        const changed = sealed.with(position, (sealed[position] ?? 0) ^ flip);
        if (position < 8)
          await expect(open(changed, key, bytes)).rejects.toHaveProperty("code", expect.stringMatching(/^FORMAT_/));
        else await expectFailure("VERIFICATION_FAILED", () => open(changed, key, bytes));
        if (position < body) return;
        expect((await hashStream(pieces(changed, []))).root).not.toEqual(summary.root);
      }),
      { numRuns: 100 },
    );
  });

  it("gives no byte of a chunk that was changed, and those before it", async () => {
    const { key, sealed } = await sealing;
    const changed = sealed.with(body + sealedChunkLength, (sealed[body + sealedChunkLength] ?? 0) ^ 1);
    const given: Uint8Array[] = [];
    const header = changed.subarray(0, body);
    const stream = openStream({ key, info, length: bytes, header, ciphertext: pieces(changed.subarray(body), []) });
    await expectFailure("VERIFICATION_FAILED", async () => {
      for await (const part of stream) given.push(part);
    });
    expect(Buffer.compare(concatBytes(...given), plaintext.subarray(0, chunkLength))).toBe(0);
  });

  it("is refused when it is cut anywhere, or longer", async () => {
    const { key, sealed } = await sealing;
    const cuts = [0, 1, 71, 72, 73, 88, body + sealedChunkLength, body + 2 * sealedChunkLength, sealed.length - 1];
    for (const cut of cuts) await expectFailure("VERIFICATION_FAILED", () => open(sealed.subarray(0, cut), key, bytes));
    const longer = concatBytes(sealed, new Uint8Array(1));
    await expectFailure("VERIFICATION_FAILED", () => open(longer, key, bytes));
  });

  it("is refused when its length is stated otherwise", async () => {
    const { key, sealed } = await sealing;
    for (const stated of [0, 1, chunkLength, 2 * chunkLength, bytes - 1, bytes + 1, 3 * chunkLength]) {
      await expectFailure("VERIFICATION_FAILED", () => open(sealed, key, stated));
    }
    const whole = await seal(new Uint8Array(2 * chunkLength));
    const cut = whole.sealed.subarray(0, body + sealedChunkLength);
    await expectFailure("VERIFICATION_FAILED", () => open(cut, whole.key, chunkLength));
  });

  it("is refused when chunks change places, or come from another item", async () => {
    const { key, sealed } = await sealing;
    const chunk = (of: Uint8Array, at: number) =>
      of.subarray(body + at * sealedChunkLength, body + (at + 1) * sealedChunkLength);
    const header = sealed.subarray(0, body);
    const swapped = concatBytes(header, chunk(sealed, 1), chunk(sealed, 0), chunk(sealed, 2));
    await expectFailure("VERIFICATION_FAILED", () => open(swapped, key, bytes));
    const other = await seal(plaintext);
    const mixed = concatBytes(header, chunk(other.sealed, 0), chunk(sealed, 1), chunk(sealed, 2));
    await expectFailure("VERIFICATION_FAILED", () => open(mixed, key, bytes));
    const { offset } = sealedRange(bytes, { offset: chunkLength, length: 1 });
    expect(offset).toBe(sealedChunkLength);
    const ciphertext = pieces(chunk(sealed, 0), []);
    const range = { offset: chunkLength, length: 1 };
    await expectFailure("VERIFICATION_FAILED", () =>
      collect(openStream({ key, info, length: bytes, header, ciphertext, range })),
    );
  });

  it("is refused before a byte is read, under another key or info", async () => {
    const { key, sealed } = await sealing;
    let read = false;
    async function* watched() {
      read = true;
      yield sealed.subarray(body);
    }
    const item = { length: bytes, header: sealed.subarray(0, body), ciphertext: watched() };
    await expectFailure("VERIFICATION_FAILED", () => collect(openStream({ ...item, key: randomBytes(32), info })));
    await expectFailure("VERIFICATION_FAILED", () => collect(openStream({ ...item, key, info: utf8("other") })));
    expect(read).toBe(false);
  });

  it("is told apart from other things and later versions", async () => {
    const { key, sealed } = await sealing;
    await expectFailure("FORMAT_TOO_NEW", () => open(sealed.with(7, 2), key, bytes));
    await expectFailure("FORMAT_TOO_NEW", () => hashStream(pieces(sealed.with(4, 1), [])));
    await expectFailure("FORMAT_INVALID", () => open(sealed.with(7, 0), key, bytes));
    await expectFailure("FORMAT_INVALID", () => hashStream(pieces(randomBytes(1000).fill(0, 0, 4), [])));
    for (const cut of [0, 7, 71, 72, 87]) {
      await expectFailure("VERIFICATION_FAILED", () => hashStream(pieces(sealed.subarray(0, cut), [])));
    }
  });
});
