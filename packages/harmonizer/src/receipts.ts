import { leafReceipt, type SequenceEntry } from "@fogbound/protocol";
import { BundleTree } from "./bundle-tree.js";
import type { SequencedBundle } from "./history.js";

/** The leaf receipts of one bundle: the same bytes each time, by whatever process, as they follow from what is stored. */
export class BundleReceipts {
  readonly #sequenced: SequencedBundle;
  readonly #tree: BundleTree;
  readonly #starts: readonly number[];

  constructor(sequenced: SequencedBundle) {
    this.#sequenced = sequenced;
    this.#tree = new BundleTree(sequenced.leafHashes);
    let place = 0;
    this.#starts = sequenced.bundle.entries.map((entry) => {
      const start = place;
      place += entry.kind === "batch" ? entry.headers.length : 1;
      return start;
    });
  }

  /** One for each leaf of the entry at this index. */
  of(index: number): Uint8Array[] {
    const { bundle, receipt } = this.#sequenced;
    const entry = bundle.entries[index];
    const start = this.#starts[index];
    if (entry === undefined || start === undefined)
      throw new RangeError(`Expected an entry below ${bundle.entries.length}, got ${index}.`);
    const { version } = entry;
    return ordinalsOf(entry).map((ordinals, offset) => {
      const place = start + offset;
      const kind = entry.kind === "batch" ? "record" : entry.kind;
      return leafReceipt.encode({ suite: 1, receipt, place, kind, version, ordinals, path: this.#tree.pathOf(place) });
    });
  }
}

/** Of each leaf of an entry. */
function ordinalsOf(entry: SequenceEntry): readonly (readonly number[])[] {
  return entry.kind === "batch" ? entry.headers.map((_, at) => entry.ordinals[at] ?? []) : [[]];
}
