import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { StoredObjects } from "./stored-objects.js";

const suffix = ".object";

/**
 * The objects of a vault on a local disk, by raw calls on its files. All of Fogbound's own names are made of characters
 * that stand on the disk as they are.
 */
export class StoredFiles extends StoredObjects {
  readonly #objects: string;

  constructor(directory: string) {
    super();
    this.#objects = join(directory, "objects");
  }

  override keys(prefix: string = ""): string[] {
    const found: string[] = [];
    for (const entry of readdirSync(this.#objects, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(suffix)) continue;
      const path = relative(this.#objects, join(entry.parentPath, entry.name));
      const key = path.slice(0, -suffix.length).split(sep).join("/");
      if (key.startsWith(prefix)) found.push(key);
    }
    return found.sort();
  }

  override read(key: string): Buffer {
    return readFileSync(this.#path(key));
  }

  override write(key: string, bytes: Uint8Array): void {
    mkdirSync(dirname(this.#path(key)), { recursive: true });
    writeFileSync(this.#path(key), bytes);
  }

  protected override drop(key: string): void {
    rmSync(this.#path(key));
  }

  /** Files are changed at once, and always looked at. */
  override async flush(): Promise<void> {}

  override async refresh(): Promise<void> {}

  #path(key: string): string {
    return join(this.#objects, ...key.split("/")) + suffix;
  }
}
