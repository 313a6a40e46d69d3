import type { ObjectStore } from "@fogbound/storage";
import { names, tileWidth } from "./names.js";
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

  /** Deletes partial tiles whose full tile is there, as C2SP allows. What cannot be deleted harms nobody. */
  async dropReplaced(): Promise<void> {
    const replaced = this.#replaced;
    this.#replaced = [];
    try {
      for (const { level, index } of replaced)
        for await (const { key } of this.#store.list(names.partialTiles(level, index))) await this.#store.delete(key);
    } catch {
      return;
    }
  }

  async #writeFinished(covered: number): Promise<void> {
    for (const tile of [...this.#tree.finished]) {
      const isThere = (tile.index + 1) * tileWidth ** (tile.level + 1) <= covered;
      const name = names.tile(tile.level, tile.index, tile.width);
      if ((await putDerived(this.#store, name, tile.bytes, isThere)) === "repaired") this.repaired.push(name);
      this.#tree.forget(1);
      if (!isThere) this.#replaced.push(tile);
    }
  }
}
