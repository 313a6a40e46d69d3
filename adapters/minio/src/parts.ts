const firstBytes = 64 * 1024;

/** A part of a content; the last one may be shorter than the others, and empty when there is nothing at all. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/**
 * Cuts a content into parts of `partBytes`. Holds one part, and grows to the first only as the content does.
 * @param spare full parts that were sent, whose memory is used again: what waited for a collector would be as much again
 */
export async function* partsOf(
  content: AsyncIterable<Uint8Array>,
  partBytes: number,
  spare: Uint8Array[] = [],
): AsyncGenerator<Part, void> {
  let part = new Filling(partBytes, new Uint8Array(Math.min(firstBytes, partBytes)));
  for await (const chunk of content) {
    for (let offset = 0; offset < chunk.length; ) {
      // Only what comes after a full part tells that it was not the last.
      if (part.isFull) {
        yield { bytes: part.bytes, isLast: false };
        part = new Filling(partBytes, spare.pop() ?? new Uint8Array(partBytes));
      }
      offset += part.take(chunk, offset);
    }
  }
  yield { bytes: part.bytes, isLast: true };
}

class Filling {
  readonly #limit: number;
  #buffer: Uint8Array;
  #length = 0;

  constructor(limit: number, buffer: Uint8Array) {
    this.#limit = limit;
    this.#buffer = buffer;
  }

  get isFull(): boolean {
    return this.#length === this.#limit;
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** @returns how many bytes were copied: the caller may use its chunk again. */
  take(chunk: Uint8Array, offset: number): number {
    const taken = chunk.subarray(offset, offset + this.#limit - this.#length);
    this.#reserve(this.#length + taken.length);
    this.#buffer.set(taken, this.#length);
    this.#length += taken.length;
    return taken.length;
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.min(this.#limit, Math.max(length, this.#buffer.length * 2)));
    larger.set(this.bytes);
    this.#buffer = larger;
  }
}
