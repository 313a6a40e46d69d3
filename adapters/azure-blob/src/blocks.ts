import { randomBytes } from "node:crypto";
import type { BlockBlobClient } from "@azure/storage-blob";
import { OwnAbort } from "@fogbound/errors";
import { blocksBeforeDoubling, blocksInFlight, mostBlocks } from "./defaults.js";
import { AzureBlobError } from "./error-code.js";
import { askAgain } from "./repeat.js";

/** What a block has room for before it grows. */
const firstBytes = 64 * 1024;

/**
 * Cuts content into full blocks and a last one, which may be shorter; into none where there is nothing.
 * @param spare full blocks that were sent, whose memory is used again: what waited for a collector would be as much again
 */
export async function* inBlocks(
  content: AsyncIterable<Uint8Array>,
  blockBytes: number,
  spare: Uint8Array[] = [],
): AsyncGenerator<Uint8Array> {
  let count = 0;
  let block = new GrowingBlock(blockBytes, new Uint8Array(Math.min(blockBytes, firstBytes)));
  for await (const chunk of content) {
    for (let offset = 0; offset < chunk.length; ) {
      offset += block.take(chunk.subarray(offset));
      if (!block.isFull) continue;
      yield block.bytes;
      count++;
      const limit = blockBytes * 2 ** Math.floor(count / blocksBeforeDoubling);
      const used = spare.pop();
      block = new GrowingBlock(limit, used?.length === limit ? used : new Uint8Array(limit));
    }
  }
  if (block.bytes.length > 0) yield block.bytes;
}

/** A copy of what comes. The first one grows with it: a short upload does not cost a whole block. */
class GrowingBlock {
  readonly #limit: number;
  #memory: Uint8Array;
  #filled = 0;

  constructor(limit: number, memory: Uint8Array) {
    this.#limit = limit;
    this.#memory = memory;
  }

  get isFull(): boolean {
    return this.#filled === this.#limit;
  }

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#filled);
  }

  /** Copies from the start of a chunk what still fits, and says how much that was. */
  take(chunk: Uint8Array): number {
    const part = chunk.subarray(0, this.#limit - this.#filled);
    const needed = this.#filled + part.length;
    if (needed > this.#memory.length) {
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(needed, 2 * this.#memory.length)));
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(part, this.#filled);
    this.#filled = needed;
    return part.length;
  }
}

/**
 * Blocks of one upload, sent and not committed: nobody sees them, and Azure discards them after a week at the latest.
 * Their ids begin with random bytes, so those that are committed tell whose upload a blob is.
 */
export class StagedBlocks {
  readonly ids: string[] = [];
  /** Full blocks that were sent. */
  readonly spare: Uint8Array[] = [];
  size = 0;
  readonly #blob: BlockBlobClient;
  readonly #own: OwnAbort;
  readonly #upload = randomBytes(16);
  readonly #inFlight = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(blob: BlockBlobClient, signal: AbortSignal) {
    this.#blob = blob;
    this.#own = new OwnAbort(signal);
  }

  /** Resolves when there is room for another block. Rejects with what became of an earlier one. */
  async add(bytes: Uint8Array): Promise<void> {
    if (this.ids.length === mostBlocks)
      throw new AzureBlobError(
        `expected at most ${this.size} bytes, got more: a blob has no more blocks`,
        "STORE_UNSUPPORTED",
      );
    const id = this.#nextId();
    this.size += bytes.length;
    const sending = this.#send(id, bytes).finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
    if (this.#inFlight.size >= blocksInFlight) await Promise.race(this.#inFlight);
    this.#assertWell();
  }

  /** Resolves when the store has all of them. */
  async settle(): Promise<void> {
    await Promise.all(this.#inFlight);
    this.#assertWell();
  }

  /** Ends what is under way, and waits until it has ended. Nothing is added after that. */
  async end(): Promise<void> {
    this.#own.release();
    this.#own.abort();
    await Promise.all(this.#inFlight);
  }

  /** Never rejects: a failure that nobody waits for at that moment would end the process. */
  async #send(id: string, bytes: Uint8Array): Promise<void> {
    const { signal } = this.#own;
    const options = { abortSignal: signal };
    let asked = 0;
    try {
      await askAgain(() => {
        asked++;
        return this.#blob.stageBlock(id, bytes, bytes.length, options);
      }, signal);
      // A connection that was given up may still hold the memory.
      if (asked === 1 && bytes.length === bytes.buffer.byteLength) this.spare.push(bytes);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #assertWell(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #nextId(): string {
    const id = Buffer.alloc(20);
    id.set(this.#upload);
    id.writeUInt32BE(this.ids.length, 16);
    const text = id.toString("base64");
    this.ids.push(text);
    return text;
  }
}
