import { rootOf } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { hashOfLeaves } from "./bundle-tree.js";
import { names, tileWidth } from "./names.js";

/** Reads a tile's bytes by its name; null when there is none. */
export type ReadTile = (name: string) => Promise<Uint8Array | null>;

const hashBytes = 32;
/** Tiles kept, of 8 KiB at most. */
const mostRemembered = 64;

/** Hashes of subtrees, out of the tiles of a log (C2SP tlog-tiles). */
export class TileReader {
  readonly #read: ReadTile;
  readonly #remembered = new Map<string, Uint8Array>();

  constructor(read: ReadTile) {
    this.#read = read;
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
    const names = [...this.#remembered.keys()].reverse();
    this.#remembered.clear();
    return names;
  }

  async #tile(level: number, index: number, size: number): Promise<Uint8Array> {
    const width = Math.min(tileWidth, Math.floor(size / tileWidth ** level) - index * tileWidth);
    const name = names.tile(level, index, width);
    const known = this.#remembered.get(name);
    // A partial tile may be deleted once the full one is there, which begins with the same hashes.
    const full = () => (width === tileWidth ? null : this.#read(names.tile(level, index, tileWidth)));
    const tile = known ?? (await this.#read(name)) ?? (await full());
    if (tile === null || tile.length < width * hashBytes)
      throw FogboundError.verificationFailed(new Error(`The tile ${name} is missing or cut.`));
    this.#remember(name, tile);
    return tile;
  }

  #remember(name: string, tile: Uint8Array): void {
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
