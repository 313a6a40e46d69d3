import { rootOf } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { hashOfLeaves } from "./bundle-tree.js";
import { names, type PartialTile, partialTileIn, tileWidth } from "./names.js";

/** Where the tiles lie. */
export interface Tiles {
  /** null when there is none of that name. */
  read(name: string): Promise<Uint8Array | null>;
  list(prefix: string): AsyncIterable<string>;
}

interface FoundTile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const hashBytes = 32;
/** Tiles kept, of 8 KiB at most. */
const mostRemembered = 64;
/** Each time, the log has grown since the last. */
const mostLooks = 8;

/** Hashes of subtrees, out of the tiles of a log (C2SP tlog-tiles). */
export class TileReader {
  readonly #tiles: Tiles;
  /** By the name that was asked for. */
  readonly #remembered = new Map<string, FoundTile>();

  constructor(tiles: Tiles) {
    this.#tiles = tiles;
  }

  /**
   * Hash of the leaves from `low` to before `high` in the tree of `size` leaves. Nothing is proved about it: what it
   * goes into must lead to a signed root.
   * @throws FogboundError `VERIFICATION_FAILED` when a tile that a tree of this size has is missing or cut.
   */
  hashOf(low: number, high: number, size: number): Promise<Uint8Array> {
    return hashOfLeaves(low, high, async (level, index) => {
      // A tile of level L holds subtrees of 2^8L leaves; what lies between two levels is hashed from its hashes.
      const tileLevel = Math.floor(level / 8);
      const count = 2 ** (level - 8 * tileLevel);
      const first = index * count;
      const tile = await this.#tile(tileLevel, Math.floor(first / tileWidth), size);
      const at = first % tileWidth;
      return rootOf(Array.from({ length: count }, (_, offset) => hashAt(tile, at + offset)));
    });
  }

  /** Lets go of what was read: some of it was wrong. @returns the names, the last ones read first */
  forget(): readonly string[] {
    const names = [...this.#remembered.values()].map(({ name }) => name).reverse();
    this.#remembered.clear();
    return names;
  }

  async #tile(level: number, index: number, size: number): Promise<Uint8Array> {
    const width = Math.min(tileWidth, Math.floor(size / tileWidth ** level) - index * tileWidth);
    const name = names.tile(level, index, width);
    const found = this.#remembered.get(name) ?? (await this.#find(name, { level, index, width }));
    if (found === null || found.bytes.length < width * hashBytes)
      throw FogboundError.verificationFailed(new Error(`The tile ${name} is missing or cut.`));
    this.#remember(name, found);
    return found.bytes;
  }

  /** A partial tile goes once a wider one is there, which begins with the same hashes; and that one with the next. */
  async #find(name: string, { level, index, width }: PartialTile): Promise<FoundTile | null> {
    const bytes = await this.#tiles.read(name);
    if (bytes !== null || width === tileWidth) return bytes && { name, bytes };
    for (let look = 1; ; look++) {
      const wider = await this.#widest(level, index, width);
      const next = wider ?? names.tile(level, index, tileWidth);
      const found = await this.#tiles.read(next);
      if (found !== null) return { name: next, bytes: found };
      if (wider === null || look === mostLooks) return null;
    }
  }

  async #widest(level: number, index: number, width: number): Promise<string | null> {
    let widest: PartialTile | null = null;
    for await (const name of this.#tiles.list(names.partialTiles(level, index))) {
      const tile = partialTileIn(name);
      if (tile !== null && tile.width > (widest?.width ?? width)) widest = tile;
    }
    return widest && names.tile(level, index, widest.width);
  }

  #remember(name: string, tile: FoundTile): void {
    this.#remembered.delete(name);
    this.#remembered.set(name, tile);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= mostRemembered) return;
      this.#remembered.delete(oldest);
    }
  }
}

function hashAt(tile: Uint8Array, index: number): Uint8Array {
  return tile.slice(index * hashBytes, (index + 1) * hashBytes);
}
