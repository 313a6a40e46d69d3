import { Draws } from "./draws.js";

/** What is learnt from: a document as a whole, or its beginning and pieces from all over the rest. */
export interface Sample {
  /** Bytes of the document. */
  readonly length: number;
  readonly head: Uint8Array;
  /** In the order of the document; each begins and ends anywhere in a line. Empty when `head` is all there is. */
  readonly pieces: readonly Piece[];
  readonly last: number | null;
}

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** 2 MiB: a document up to there is learnt from as a whole. */
const headLength: number = 2 * 1024 * 1024;

/** 32 pieces of 64 KiB: as much again, from anywhere. */
const pieceLength = 64 * 1024;
const mostPieces = 32;

/** Reads all of `content` once and keeps at most 4 MiB; which pieces it keeps, `seed` decides (Vitter's algorithm R). */
export async function takeSample(content: AsyncIterable<Uint8Array>, seed: Uint8Array): Promise<Sample> {
  const draws = new Draws(seed, "decoy-sample");
  const head = new Growing(headLength);
  const kept: Piece[] = [];
  let piece = new Growing(pieceLength);
  let seen = 0;
  let length = 0;
  let last: number | null = null;
  const keep = (): void => {
    const slot = seen < mostPieces ? seen : draws.below(seen + 1);
    seen += 1;
    if (slot < mostPieces) kept[slot] = { offset: length - piece.length, bytes: piece.bytes() };
    piece = new Growing(pieceLength);
  };
  for await (const chunk of content) {
    for (let at = head.add(chunk, 0); at < chunk.length; ) {
      const next = piece.add(chunk, at);
      length += next - at;
      at = next;
      if (piece.isFull) keep();
    }
    last = chunk.at(-1) ?? last;
  }
  if (piece.length > 0) keep();
  kept.sort((left, right) => left.offset - right.offset);
  return { length: head.length + length, head: head.bytes(), pieces: kept, last };
}

class Growing {
  readonly #most: number;
  #bytes = new Uint8Array(4096);
  length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.length === this.#most;
  }

  /** Takes what fits of `chunk` from `from` on; returns where it stopped. */
  add(chunk: Uint8Array, from: number): number {
    const end = Math.min(chunk.length, from + this.#most - this.length);
    const needed = this.length + end - from;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#most, Math.max(needed, 2 * this.#bytes.length)));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk.subarray(from, end), this.length);
    this.length = needed;
    return end;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}
