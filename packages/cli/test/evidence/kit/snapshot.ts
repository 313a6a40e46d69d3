import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Every file under a directory as it was, to be put back after each damage; cheaper than a copy each time. */
export class Snapshot {
  readonly directory: string;
  readonly files: ReadonlyMap<string, Buffer>;

  constructor(directory: string) {
    this.directory = directory;
    this.files = new Map(this.#names().map((name) => [name, readFileSync(join(directory, name))]));
  }

  /** Paths from the directory, in order, the same for the same files. */
  get names(): readonly string[] {
    return [...this.files.keys()];
  }

  write(name: string, bytes: Uint8Array): void {
    mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(join(this.directory, name), bytes);
  }

  putBack(): void {
    for (const name of this.#names()) {
      const before = this.files.get(name);
      if (before === undefined) rmSync(join(this.directory, name));
      else if (!before.equals(readFileSync(join(this.directory, name)))) this.write(name, before);
    }
    const there = new Set(this.#names());
    for (const [name, bytes] of this.files) if (!there.has(name)) this.write(name, bytes);
  }

  #names(): string[] {
    const entries = readdirSync(this.directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.directory, join(entry.parentPath, entry.name)))
      .sort();
  }
}
