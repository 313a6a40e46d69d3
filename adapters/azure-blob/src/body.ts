import type { NodeJSReadableStream } from "@azure/storage-blob";
import { withoutSecrets } from "./error-code.js";

/** A body as the client hands it out, as one that keeps its connection no longer than it is read. */
export function bodyOf(source: NodeJSReadableStream): AsyncIterable<Uint8Array> {
  const body = new DownloadBody(source);
  return { [Symbol.asyncIterator]: () => body };
}

class DownloadBody implements AsyncIterator<Uint8Array, undefined> {
  readonly #source: NodeJSReadableStream;
  readonly #chunks: AsyncIterator<Uint8Array | string>;

  constructor(source: NodeJSReadableStream) {
    this.#source = source;
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      const { done, value } = await this.#chunks.next();
      return done === true ? { done, value: undefined } : { done: false, value: bytesOf(value) };
    } catch (error) {
      throw withoutSecrets(error);
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#source.destroy();
    return { done: true, value: undefined };
  }
}

/** A plain array over the same memory; a stream of bytes that has no encoding gives no strings. */
function bytesOf(chunk: Uint8Array | string): Uint8Array {
  if (typeof chunk === "string") throw new TypeError("Expected bytes from the client.");
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
