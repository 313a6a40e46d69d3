const pageBytes = 64 * 1024;
const mostPages = 64;

/**
 * A file that is read in pages, of which the last ones used are kept (4 MiB): small objects lie side by side by the
 * hundred thousand, and every slice of a Blob opens its file anew.
 */
export class PagedFile {
  readonly #file: Blob;
  /** Those used last come last. */
  readonly #pages = new Map<number, Promise<Uint8Array>>();

  constructor(file: Blob) {
    this.#file = file;
  }

  get size(): number {
    return this.#file.size;
  }

  /** A copy of these bytes; fewer where the file ends. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.size);
    if (end - offset > pageBytes) return this.#slice(offset, end);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end; ) {
      const page = Math.floor(at / pageBytes);
      const found = (await this.#page(page)).subarray(at - page * pageBytes, end - page * pageBytes);
      // A file that became shorter meanwhile.
      if (found.length === 0) return bytes.subarray(0, at - offset);
      bytes.set(found, at - offset);
      at += found.length;
    }
    return bytes;
  }

  /** The same, where nothing beside it is wanted: reads no page. */
  readAlone(offset: number, length: number): Promise<Uint8Array> {
    return this.#slice(offset, Math.min(offset + length, this.size));
  }

  #page(number: number): Promise<Uint8Array> {
    const page = this.#pages.get(number) ?? this.#slice(number * pageBytes, (number + 1) * pageBytes);
    this.#pages.delete(number);
    this.#pages.set(number, page);
    page.catch(() => this.#pages.delete(number));
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      this.#pages.delete(oldest);
    }
    return page;
  }

  async #slice(from: number, to: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#file.slice(from, to).arrayBuffer());
  }
}
