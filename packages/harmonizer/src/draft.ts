import { FogboundError } from "@fogbound/errors";
import type { SequenceEntry } from "@fogbound/protocol";
import { smallObjectBytes } from "@fogbound/storage";
import { advance, inForceIn, type Step } from "./advance.js";
import type { LogReader } from "./log-reader.js";
import { copyOverhead, mostCopiedBytes } from "./open-copies.js";
import { State } from "./state.js";

/** A bundle is closed once it has this many bytes, so that many submissions at once make several. */
const bundleBytes = 4 * 1024 * 1024;
/** Of one entry; more could not be stored. */
const mostEntryBytes: number = 7 * 1024 * 1024;
/** Of all entries: what a store takes at a time, less what is beside them in the object (receipt, numbers, roots). */
export const mostBundleBytes: number = smallObjectBytes - 64 * 1024;

/** The bundle to come, while it is put together: changes nothing until it has won its number. */
export class Draft {
  readonly log: LogReader;
  readonly state: State;
  readonly entries: SequenceEntry[] = [];
  readonly steps: Step[] = [];
  #bytes = 0;
  #copied = 0;

  constructor(log: LogReader) {
    this.log = log;
    this.state = new State(log.state);
  }

  get isFull(): boolean {
    return this.#bytes >= bundleBytes;
  }

  /**
   * Adds what is next.
   * @returns its index in the bundle; null, and nothing is changed, when it does not fit beside what is there. An empty
   *   draft has room for every entry.
   * @throws FogboundError as `advance`, and `FORMAT_INVALID` when too large.
   */
  add(
    step: Step,
    entryOf: (version: number, ordinals: readonly (readonly number[])[]) => SequenceEntry,
  ): number | null {
    const size = sizeOf(step);
    if (size > mostEntryBytes)
      throw new FogboundError(
        "FORMAT_INVALID",
        `Expected at most ${mostEntryBytes} bytes of headers in one submission, got ${size}. Split it.`,
      );
    const copied = step.kind === "batch" ? copiedSize(step) : 0;
    if (!this.#hasRoomFor(size, copied)) return null;
    const ordinals = advance(this.state, step);
    this.entries.push(entryOf(inForceIn(this.state, step.capsule).version, ordinals));
    this.steps.push(step);
    this.#bytes += size;
    this.#copied += copied;
    return this.entries.length - 1;
  }

  #hasRoomFor(size: number, copied: number): boolean {
    if (this.entries.length === 0) return true;
    return this.#bytes + size <= mostBundleBytes && (copied === 0 || this.#copied + copied <= mostCopiedBytes);
  }
}

function copiedSize({ bytes }: { readonly bytes: Uint8Array | null }): number {
  return copyOverhead + (bytes?.length ?? 0);
}

const perEntry = 256;
const perOrdinal = 9;

function sizeOf(step: Step): number {
  if (step.kind === "head" || step.kind === "tips" || step.kind === "note") return perEntry + step.bytes.length;
  if (step.kind === "manifest") return perEntry;
  const { headers, statementBytes, tags } = step.content;
  const ordinals = tags.reduce((sum, ofRecord) => sum + 3 + perOrdinal * ofRecord.length, 0);
  return headers.reduce((sum, header) => sum + header.length + 5, perEntry + statementBytes.length + ordinals);
}
