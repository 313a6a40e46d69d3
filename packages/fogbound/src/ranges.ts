import type { ByteRange } from "@fogbound/storage";

/** The ranges handed over, merged where they touch, in order; and the bytes, counted as often as they went out. */
export class ServedRanges {
  #ranges: ByteRange[] = [];
  #bytes = 0;

  add(range: ByteRange): void {
    if (range.length === 0) return;
    this.#bytes += range.length;
    const apart = this.#ranges.filter((one) => end(one) < range.offset || end(range) < one.offset);
    const touching = this.#ranges.filter((one) => !apart.includes(one));
    const offset = Math.min(range.offset, ...touching.map((one) => one.offset));
    const last = Math.max(end(range), ...touching.map(end));
    this.#ranges = [...apart, { offset, length: last - offset }].sort((left, right) => left.offset - right.offset);
  }

  get count(): number {
    return this.#ranges.length;
  }

  /** What was added since the last take. */
  take(): { readonly ranges: readonly ByteRange[]; readonly bytes: number } {
    const taken = { ranges: this.#ranges, bytes: this.#bytes };
    this.#ranges = [];
    this.#bytes = 0;
    return taken;
  }

  /** True when one range covers the whole of `length` bytes. */
  covers(length: number): boolean {
    const [first] = this.#ranges;
    return length === 0 || (first !== undefined && first.offset === 0 && first.length >= length);
  }
}

function end({ offset, length }: ByteRange): number {
  return offset + length;
}
