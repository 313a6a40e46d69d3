import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** All of a vault as it was, to be put back after each damage; cheaper than a copy each time. */
export interface Snapshot {
  readonly files: ReadonlyMap<string, Buffer>;
  /** In order, the same for the same files. */
  readonly names: readonly string[];
  write(name: string, bytes: Uint8Array): Promise<void>;
  putBack(): Promise<void>;
}

/** Of every file under a directory, by its path from there. */
export class FileSnapshot implements Snapshot {
  readonly directory: string;
  readonly files: ReadonlyMap<string, Buffer>;

  constructor(directory: string) {
    this.directory = directory;
    this.files = new Map(this.#names().map((name) => [name, readFileSync(join(directory, name))]));
  }

  get names(): readonly string[] {
    return [...this.files.keys()];
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(join(this.directory, name), bytes);
  }

  async putBack(): Promise<void> {
    for (const name of this.#names()) {
      const before = this.files.get(name);
      if (before === undefined) rmSync(join(this.directory, name));
      else if (!before.equals(readFileSync(join(this.directory, name)))) await this.write(name, before);
    }
    const there = new Set(this.#names());
    for (const [name, bytes] of this.files) if (!there.has(name)) await this.write(name, bytes);
  }

  #names(): string[] {
    const entries = readdirSync(this.directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.directory, join(entry.parentPath, entry.name)))
      .sort();
  }
}
