import { fromUtf8, type SigningKey, utf8 } from "@fogbound/crypto";
import { FogboundError, Serial } from "@fogbound/errors";
import { type Checkpoint, openCheckpoint, sameBytes, signCheckpoint } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { after, assertFollows, missingBundle, type SequencedBundle } from "./history.js";
import type { LogReader } from "./log-reader.js";
import { names } from "./names.js";
import { readObject } from "./objects.js";
import { type Position, start } from "./state.js";
import { TileWriter } from "./tile-writer.js";
import { TileTree } from "./tree.js";

/** A checkpoint and the note it stands in. */
export interface SignedCheckpoint {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

export interface CheckpointParts {
  readonly store: ObjectStore;
  readonly origin: string;
  readonly logKey: SigningKey;
  readonly log: LogReader;
  readonly refresh: () => Promise<void>;
}

/**
 * Signs the head of the log's tree, over bundles read back from the store and nothing else; writes the tiles it needs
 * first and itself last.
 */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  readonly #serial = new Serial();
  readonly #tree = new TileTree();
  readonly #tiles: TileWriter;
  /** How far bundles were read back. */
  #readBack: Position = start;
  #latest: SignedCheckpoint | null = null;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
    this.#tiles = new TileWriter(parts.store, this.#tree);
  }

  /** Names of the tiles that were found damaged and written anew. */
  get repaired(): readonly string[] {
    return this.#tiles.repaired;
  }

  /** Leaves that the newest known checkpoint covers. */
  get size(): number {
    return this.#latest?.checkpoint.size ?? 0;
  }

  /** A bundle read from the store, in order. */
  async feed(sequenced: SequencedBundle): Promise<void> {
    assertFollows(sequenced, this.#readBack);
    for (const leafHash of sequenced.leafHashes) this.#tree.append(leafHash);
    this.#readBack = after(sequenced);
    this.#assertAgrees(this.#latest);
    await this.#tiles.writeSome(this.size);
  }

  /** Makes one that covers everything sequenced so far. */
  make(): Promise<void> {
    return this.#serial.run(() => this.#make());
  }

  /** Makes one if there is something to cover; nothing of this is under way when it resolves. */
  finish(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#parts.log.position.size > this.size && !this.#parts.store.readOnly) await this.#make();
    });
  }

  /**
   * The newest checkpoint that this process or the store knows; null before the first.
   * @throws FogboundError `FORMAT_INVALID` for a stored one that is not signed by this log's key.
   */
  async newest(): Promise<SignedCheckpoint | null> {
    await this.load();
    return this.#latest;
  }

  /** The stored checkpoint. Another process may have written it, and it may lag behind what this one knows. */
  async load(): Promise<SignedCheckpoint | null> {
    const stored = await this.#read();
    this.#assertAgrees(stored);
    if (stored !== null && stored.checkpoint.size >= this.size) this.#latest = stored;
    return stored;
  }

  /** @throws FogboundError `FORMAT_INVALID` when a checkpoint covers leaves whose bundles are not there. */
  assertCovered(): void {
    if (this.#tree.size >= this.size) return;
    throw missingBundle(this.#readBack.next, `a signed checkpoint covers ${this.size} leaves`);
  }

  async #make(): Promise<void> {
    const stored = await this.load();
    await this.#parts.refresh();
    await this.#feedTo(this.#parts.log.position.next);
    this.assertCovered();
    if (this.#tree.size > this.size) await this.#write();
    else if (this.#latest !== null && this.#latest !== stored) await this.#replace(this.#latest);
    await this.#tiles.dropReplaced();
  }

  async #feedTo(next: number): Promise<void> {
    while (this.#readBack.next < next) await this.feed(await this.#parts.log.history.readKnown(this.#readBack.next));
  }

  async #write(): Promise<void> {
    await this.#tiles.writeAll(this.size);
    const checkpoint = { origin: this.#parts.origin, size: this.#tree.size, root: this.#tree.root() };
    await this.#replace({ checkpoint, note: await signCheckpoint(checkpoint, this.#parts.logKey) });
  }

  async #replace(signed: SignedCheckpoint): Promise<void> {
    await this.#parts.store.replace(names.checkpoint, utf8(signed.note));
    this.#latest = signed;
  }

  /** Two signed roots for one size would be a fork of our own log. */
  #assertAgrees(signed: SignedCheckpoint | null): void {
    if (signed === null || signed.checkpoint.size !== this.#tree.size) return;
    if (!sameBytes(signed.checkpoint.root, this.#tree.root())) throw FogboundError.verificationFailed();
  }

  async #read(): Promise<SignedCheckpoint | null> {
    const { store, origin, logKey } = this.#parts;
    const bytes = await readObject(store, names.checkpoint);
    if (bytes === null) return null;
    try {
      const note = fromUtf8(bytes);
      return { note, checkpoint: await openCheckpoint(note, { origin, logKey: logKey.publicKey }) };
    } catch (cause) {
      const message = `Expected ${names.checkpoint} to be signed by the log key of ${origin}, got something else. Open with the keys of this log; if the object is damaged, delete it: it is made anew.`;
      throw new FogboundError("FORMAT_INVALID", message, { cause });
    }
  }
}
