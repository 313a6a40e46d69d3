import type { ObjectStore } from "@fogbound/storage";
import { names, type PartialTile, partialTileIn, tileWidth } from "./names.js";
import { putDerived } from "./objects.js";
import type { Tile, TileTree } from "./tree.js";

/** Finished tiles held before they are written without waiting for a checkpoint: half a mebibyte. */
const mostHeld = 64;

/** Writes the tiles of a growing tree, each before the checkpoint that needs it. */
export class TileWriter {
  readonly #store: ObjectStore;
  readonly #tree: TileTree;
  /** Of each level, the name of the partial tile written last. */
  readonly #partial: (string | undefined)[] = [];
  readonly repaired: string[] = [];
  #replaced: Tile[] = [];
  /** Whether nothing is known to be left of what was replaced before. */
  #swept = false;

  constructor(store: ObjectStore, tree: TileTree) {
    this.#store = store;
    this.#tree = tree;
  }

  /** Keeps memory bounded while a long log is read. */
  async writeSome(covered: number): Promise<void> {
    if (this.#tree.finished.length >= mostHeld && !this.#store.readOnly) await this.#writeFinished(covered);
  }

  /** @param covered leaves under an earlier checkpoint: their tiles should be there, and are put right if they are not. */
  async writeAll(covered: number): Promise<void> {
    await this.#writeFinished(covered);
    for (const tile of this.#tree.partial()) {
      const name = names.tile(tile.level, tile.index, tile.width);
      if (this.#partial[tile.level] === name) continue;
      const outcome = await putDerived(this.#store, name, tile.bytes);
      if (outcome === "repaired") this.repaired.push(name);
      this.#partial[tile.level] = name;
    }
  }

  /**
   * Deletes every partial tile that a wider one has replaced: its hashes stand there too, and what nobody reads, nobody
   * would miss a byte of. The first time in all of the log, as another process may have been stopped before this; then
   * where the tree has grown. What cannot be deleted now is looked for in all of it again.
   */
  async dropReplaced(): Promise<void> {
    if (this.#store.readOnly) return;
    const prefixes = this.#swept
      ? [...this.#replaced, ...this.#tree.partial()].map(({ level, index }) => names.partialTiles(level, index))
      : [names.tiles];
    this.#replaced = [];
    this.#swept = false;
    try {
      for (const prefix of prefixes)
        for await (const { key } of this.#store.list(prefix))
          if (this.#isReplaced(partialTileIn(key))) await this.#store.delete(key);
      this.#swept = true;
    } catch {
      return;
    }
  }

  /** Another process may have written wider ones than this one knows of. */
  #isReplaced(tile: PartialTile | null): boolean {
    return tile !== null && this.#tree.outgrew(tile);
  }

  async #writeFinished(covered: number): Promise<void> {
    for (const tile of [...this.#tree.finished]) {
      const isThere = (tile.index + 1) * tileWidth ** (tile.level + 1) <= covered;
      const name = names.tile(tile.level, tile.index, tile.width);
      if ((await putDerived(this.#store, name, tile.bytes, { isThere })) === "repaired") this.repaired.push(name);
      this.#tree.forget(1);
      if (!isThere) this.#replaced.push(tile);
    }
  }
}
