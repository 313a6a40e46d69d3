interface Kept {
  readonly batches: readonly (Uint8Array | null)[];
  readonly bytes: number;
  /** False for what was read in the store and not yet held against the log. */
  readonly isChecked: boolean;
}

/** Whole batches by bundle, the newest up to so many bytes: a stripe is mostly closed without reading its copies. */
export class CopyMemory {
  readonly #most: number;
  readonly #kept = new Map<number, Kept>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get(bundle: number): Kept | undefined {
    return this.#kept.get(bundle);
  }

  set(bundle: number, batches: readonly (Uint8Array | null)[], isChecked: boolean): void {
    this.delete(bundle);
    const bytes = batches.reduce((sum, batch) => sum + (batch?.length ?? 0), 0);
    this.#kept.set(bundle, { batches, bytes, isChecked });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) return;
      this.delete(oldest);
    }
  }

  delete(bundle: number): void {
    this.#bytes -= this.#kept.get(bundle)?.bytes ?? 0;
    this.#kept.delete(bundle);
  }
}
