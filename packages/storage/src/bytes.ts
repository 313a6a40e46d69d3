import { FogboundError } from "@fogbound/errors";
import type { FoundObject } from "./store-driver.js";

/** Any source of bytes. A stream is read once, and cancelled when it is given up. */
export type Bytes = Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** `offset` from 0, `length` from 1, both whole numbers of bytes. A range that passes the end is cut to it. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** One way to read every kind of source, in chunks as they come. @throws TypeError for anything else. */
export function toAsyncIterable(bytes: Bytes): AsyncIterable<Uint8Array> {
  if (bytes instanceof Uint8Array) return single(bytes);
  if (typeof Blob !== "undefined" && bytes instanceof Blob) return streamed(bytes.stream());
  if (bytes instanceof ReadableStream) return streamed(bytes);
  if (isAsyncIterable(bytes)) return bytes;
  throw new TypeError("Expected a Uint8Array, Blob, ReadableStream or AsyncIterable of Uint8Array.");
}

/** Of an object whose body nobody has asked for yet: its chunks without a stream. */
export const chunksAtHand: WeakMap<FoundObject, () => AsyncIterable<Uint8Array>> = new WeakMap();

/** The body in chunks as they come, read once: without a stream where nobody has asked for one, which costs half. */
export function chunksOf(object: FoundObject): AsyncIterable<Uint8Array> {
  const hand = chunksAtHand.get(object);
  return hand === undefined ? toAsyncIterable(object.body) : hand();
}

/**
 * The whole body as one array of at most `limit` bytes.
 *
 * @throws FogboundError `FORMAT_INVALID` as soon as more than `limit` bytes came: what is stored is not believed to be
 *   small. Every error of the body itself passes through.
 */
export async function readAll(object: FoundObject, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(object)) {
    length += chunk.length;
    if (length > limit) throw tooLarge(object, limit);
    chunks.push(chunk);
  }
  return concatenate(chunks, length);
}

export function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** Not the stream's own iterator: Safari has none. */
async function* streamed(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function tooLarge(object: FoundObject, limit: number): FogboundError {
  const message = `Expected at most ${limit} bytes under ${JSON.stringify(object.key)}, got more (the object has ${object.size}).`;
  return new FogboundError("FORMAT_INVALID", message);
}
