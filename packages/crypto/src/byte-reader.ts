/**
 * Cuts a source that comes in pieces of any size into pieces of the size asked for. Holds one of its pieces at most, and
 * one buffer to join pieces in, used again and again: what `take` gave is good until the next `take`.
 */
export class ByteReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #joined: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes, or fewer when the source ends. A view of the source's own piece where one is long enough. */
  async take(length: number): Promise<Uint8Array> {
    if (this.#piece.length >= length) return this.#cut(length);
    if ((await this.atEnd()) || this.#piece.length >= length) return this.#cut(length);
    if (this.#joined.length < length) this.#joined = new Uint8Array(length);
    let filled = 0;
    while (filled < length && !(await this.atEnd())) {
      const part = this.#cut(length - filled);
      this.#joined.set(part, filled);
      filled += part.length;
    }
    return this.#joined.subarray(0, filled);
  }

  /** Whether no byte is left; reads on to find out. */
  async atEnd(): Promise<boolean> {
    while (this.#piece.length === 0 && !this.#ended) {
      // A source that throws has ended as well: it is not told to.
      this.#ended = true;
      const { done, value } = await this.#iterator.next();
      if (done) break;
      this.#ended = false;
      this.#piece = requireBytes(value);
    }
    return this.#piece.length === 0;
  }

  /** Lets go of the source, when it has not ended by itself. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#iterator.return?.();
  }

  #cut(length: number): Uint8Array {
    const part = this.#piece.subarray(0, length);
    this.#piece = this.#piece.subarray(part.length);
    return part;
  }
}

function requireBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`Expected the source to yield Uint8Array, got ${typeof value}.`);
}
