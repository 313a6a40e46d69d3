import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const suffix = ".object";

/**
 * The objects of a vault on a local disk, by raw calls on its files: what whoever holds the disk can do, past every check
 * that an ObjectStore makes. All of Fogbound's own names are made of characters that stand on the disk as they are.
 */
export class StoredFiles {
  readonly directory: string;
  readonly #objects: string;

  constructor(directory: string) {
    this.directory = directory;
    this.#objects = join(directory, "objects");
  }

  /** Every key under a prefix, in order. */
  keys(prefix: string = ""): string[] {
    const found: string[] = [];
    for (const entry of readdirSync(this.#objects, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(suffix)) continue;
      const path = relative(this.#objects, join(entry.parentPath, entry.name));
      const key = path.slice(0, -suffix.length).split(sep).join("/");
      if (key.startsWith(prefix)) found.push(key);
    }
    return found.sort();
  }

  read(key: string): Buffer {
    return readFileSync(this.path(key));
  }

  write(key: string, bytes: Uint8Array): void {
    mkdirSync(dirname(this.path(key)), { recursive: true });
    writeFileSync(this.path(key), bytes);
  }

  /** @throws when there is none: a test that removes nothing shows nothing. */
  remove(...keys: readonly string[]): void {
    if (keys.length === 0) throw new TypeError("Expected keys to remove, got none.");
    for (const key of keys) rmSync(this.path(key));
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

  path(key: string): string {
    return join(this.#objects, ...key.split("/")) + suffix;
  }
}
