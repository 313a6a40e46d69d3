import type { FileHandle } from "node:fs/promises";

/** Bytes read at a time. What is no longer is read before its body is handed out. */
export const chunkBytes: number = 256 * 1024;

/** A body that is in memory. */
export async function* bodyInMemory(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  if (bytes.length > 0) yield bytes;
}

/** `length` bytes from `offset` of an open file, which is closed when they were read, and when the body is given up. */
export function bodyOf(file: FileHandle, offset: number, length: number): AsyncIterable<Uint8Array> {
  const body = new FileBody(file, offset, offset + length);
  return { [Symbol.asyncIterator]: () => body };
}

class FileBody implements AsyncIterator<Uint8Array, undefined> {
  readonly #file: FileHandle;
  readonly #end: number;
  #position: number;
  #isOpen = true;

  constructor(file: FileHandle, position: number, end: number) {
    this.#file = file;
    this.#position = position;
    this.#end = end;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#isOpen) return { done: true, value: undefined };
    try {
      const value = await readChunk(this.#file, this.#position, Math.min(chunkBytes, this.#end - this.#position));
      this.#position += value.length;
      if (value.length === 0) return await this.return();
      if (this.#position === this.#end) await this.return();
      return { done: false, value };
    } catch (error) {
      await this.return().catch(() => undefined);
      throw error;
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#isOpen) {
      this.#isOpen = false;
      await this.#file.close();
    }
    return { done: true, value: undefined };
  }
}

/** Shorter than asked only where the file ends. */
async function readChunk(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
