import { FogboundError } from "@fogbound/errors";
import type { SequenceEntry } from "@fogbound/protocol";
import { advance, inForceIn, type Step } from "./advance.js";
import type { LogReader } from "./log-reader.js";
import { copyOverhead, mostCopiedBytes } from "./open-copies.js";
import { State } from "./state.js";
import type { Submission } from "./submission.js";

/** A bundle is closed once it has this many bytes: a store takes 8 MiB at a time, and one entry may be large. */
const bundleBytes = 4 * 1024 * 1024;
/** Of one entry; more could not be stored. */
const mostEntryBytes: number = 7 * 1024 * 1024;

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

  /** Whether the whole batch still fits beside those of this bundle. An empty draft has room for every submission. */
  hasRoomFor(submission: Submission): boolean {
    return (
      submission.kind !== "batch" || this.#copied === 0 || this.#copied + copiedSize(submission) <= mostCopiedBytes
    );
  }

  /** Adds what is next. Its index in the bundle. @throws FogboundError as `advance`, and `FORMAT_INVALID` when too large. */
  add(step: Step, entryOf: (version: number, ordinals: readonly (readonly number[])[]) => SequenceEntry): number {
    const size = sizeOf(step);
    if (size > mostEntryBytes)
      throw new FogboundError(
        "FORMAT_INVALID",
        `Expected at most ${mostEntryBytes} bytes of headers in one submission, got ${size}. Split it.`,
      );
    const ordinals = advance(this.state, step);
    this.entries.push(entryOf(inForceIn(this.state, step.capsule).version, ordinals));
    this.steps.push(step);
    this.#bytes += size;
    if (step.kind === "batch") this.#copied += copiedSize(step);
    return this.entries.length - 1;
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
