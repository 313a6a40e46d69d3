import { CompactTree, concatBytes, rootOf } from "@fogbound/crypto";
import { type PartialTile, tileWidth } from "./names.js";

/** One C2SP tile: up to 256 hashes; full ones never change again. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
  readonly bytes: Uint8Array;
}

/** The growing tree of the whole log, of which only the right edge is kept: at most 255 hashes a level. */
export class TileTree {
  readonly #compact: CompactTree = new CompactTree();
  /** Of each level, the hashes of its last, unfinished tile, and how many tiles came before it. */
  readonly #edge: { hashes: Uint8Array[]; tiles: number }[] = [];
  #finished: Tile[] = [];

  get size(): number {
    return this.#compact.size;
  }

  root(): Uint8Array {
    return this.#compact.root();
  }

  append(leafHash: Uint8Array): void {
    this.#compact.append(leafHash);
    this.#push(0, leafHash);
  }

  /** Full tiles since `forget` was called last. */
  get finished(): readonly Tile[] {
    return this.#finished;
  }

  /** Lets go of the first `count` finished tiles, which are written. */
  forget(count: number): void {
    this.#finished = this.#finished.slice(count);
  }

  /** The tile at the right edge of each level, where it is not empty. */
  partial(): Tile[] {
    return this.#edge.flatMap(({ hashes, tiles }, level) =>
      hashes.length === 0 ? [] : [{ level, index: tiles, width: hashes.length, bytes: concatBytes(...hashes) }],
    );
  }

  /** Whether a tile of this tree begins with the hashes of that partial one, and has more. */
  outgrew({ level, index, width }: PartialTile): boolean {
    const edge = this.#edge[level];
    if (edge === undefined) return false;
    return index < edge.tiles || (index === edge.tiles && width < edge.hashes.length);
  }

  #push(level: number, hash: Uint8Array): void {
    const edge = this.#edge[level] ?? { hashes: [], tiles: 0 };
    this.#edge[level] = edge;
    edge.hashes.push(hash);
    if (edge.hashes.length < tileWidth) return;
    this.#finished.push({ level, index: edge.tiles, width: tileWidth, bytes: concatBytes(...edge.hashes) });
    const root = rootOf(edge.hashes);
    this.#edge[level] = { hashes: [], tiles: edge.tiles + 1 };
    this.#push(level + 1, root);
  }
}
