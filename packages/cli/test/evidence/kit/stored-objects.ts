/**
 * The objects of a vault as whoever holds the store has them. Changes may be gathered: `flush` carries them out, and
 * `refresh` takes notice of what others have changed.
 */
export abstract class StoredObjects {
  /** Every key under a prefix, in order. */
  abstract keys(prefix?: string): string[];
  /** @throws when there is none. */
  abstract read(key: string): Buffer;
  abstract write(key: string, bytes: Uint8Array): void;
  protected abstract drop(key: string): void;
  abstract flush(): Promise<void>;
  abstract refresh(): Promise<void>;

  /** @throws when there is none: a test that removes nothing shows nothing. */
  remove(...keys: readonly string[]): void {
    if (keys.length === 0) throw new TypeError("Expected keys to remove, got none.");
    for (const key of keys) this.drop(key);
  }

  /** One bit of one byte. */
  flip(key: string, at: number = -9): void {
    const bytes = this.read(key);
    const place = at < 0 ? bytes.length + at : at;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    this.write(key, bytes);
  }

  swap(one: string, other: string): void {
    const [first, second] = [this.read(one), this.read(other)];
    this.write(one, second);
    this.write(other, first);
  }

  /** All of it, to be put back. */
  all(): ReadonlyMap<string, Buffer> {
    return new Map(this.keys().map((key) => [key, this.read(key)]));
  }

  /** Exactly these objects and no others. */
  become(objects: ReadonlyMap<string, Buffer>): void {
    for (const key of this.keys()) if (!objects.has(key)) this.drop(key);
    const there = new Set(this.keys());
    for (const [key, bytes] of objects) if (!there.has(key) || !bytes.equals(this.read(key))) this.write(key, bytes);
  }
}
