import {
  batchStatement,
  type CapsuleId,
  type PrunedBundle,
  prunedBundle,
  pushed,
  type Waiting,
} from "@fogbound/protocol";
import { smallObjectBytes } from "@fogbound/storage";
import type { SignedCheckpoint } from "./checkpoints.js";
import type { LogReader } from "./log-reader.js";
import type { OpenCopies } from "./open-copies.js";
import { prunedBundles } from "./pull.js";
import type { Arrived } from "./sink.js";
import type { TileReader } from "./tile-reader.js";

export interface PushParts {
  readonly copies: OpenCopies;
  readonly log: LogReader;
  readonly tiles: TileReader;
}

/** A push ready to go, and where the sink stands once it has arrived. */
export interface NextPush {
  readonly bytes: Uint8Array;
  readonly arrived: Arrived;
}

/** What a push may hold: one small object, less what its own fields take. */
const mostBytes = smallObjectBytes - 128 * 1024;
const perObject = 16;

/**
 * The next push after what has arrived, as much as fits into one object; null when all that the checkpoint covers has.
 * Nothing is kept between two calls: it is put together from the log and the whole copies beside it.
 */
export async function nextPush(
  parts: PushParts,
  capsule: CapsuleId,
  after: Arrived,
  signed: SignedCheckpoint,
  waiting: Waiting,
): Promise<NextPush | null> {
  const filling = new Filling(parts, waiting);
  const isNew = (number: number): boolean => number > after.bundle || (number === after.bundle && after.remaining > 0);
  const numbers = parts.log.places.bundles(capsule).filter(isNew);
  const { history } = parts.log;
  for await (const bytes of prunedBundles({ history, tiles: parts.tiles }, capsule, numbers, signed, waiting)) {
    const bundle = prunedBundle.decode(bytes);
    const left = bundle.number === after.bundle ? after.remaining : null;
    if (bundle.inclusion === null || !(await filling.add(bytes, bundle, left))) break;
  }
  const { bundles, batches, last, remaining } = filling;
  if (last === null) return null;
  const number = after.number + 1;
  const value = { suite: 1, capsule, number, checkpoint: signed.note, bundles, batches, remaining } as const;
  return { bytes: pushed.encode(value), arrived: { number, bundle: last, remaining } };
}

class Filling {
  readonly bundles: Uint8Array[] = [];
  readonly batches: (Uint8Array | null)[] = [];
  last: number | null = null;
  remaining = 0;
  readonly #parts: PushParts;
  readonly #waiting: Waiting;
  #size = 0;

  constructor(parts: PushParts, waiting: Waiting) {
    this.#parts = parts;
    this.#waiting = waiting;
  }

  /** @returns false when there is no room for more */
  async add(bytes: Uint8Array, bundle: PrunedBundle, left: number | null): Promise<boolean> {
    if (this.last !== null && this.#size + bytes.length > mostBytes) return false;
    this.bundles.push(bytes);
    this.#size += bytes.length + perObject;
    this.last = bundle.number;
    const all = bundle.entries.flatMap((entry) => (entry.kind === "batch" ? [entry.statement] : []));
    const statements = left === null ? all : all.slice(all.length - left);
    for (const [at, statement] of statements.entries()) {
      if (await this.#addBatch(statement)) continue;
      this.remaining = statements.length - at;
      return false;
    }
    return true;
  }

  async #addBatch(statementBytes: Uint8Array): Promise<boolean> {
    const { instance, epoch, batch } = batchStatement.read(statementBytes).value;
    const name = { instance, epoch, batch };
    const copy = await this.#parts.copies.ofBatch(name, this.#waiting);
    const bytes = copy?.isWhole ? copy.bytes : null;
    const fits = bytes === null || this.#size + bytes.length + perObject <= mostBytes;
    // One that does not even fit beside its own bundle is left to a pull: waiting for room would stop everything.
    if (!fits && (this.bundles.length > 1 || this.batches.length > 0)) return false;
    this.batches.push(fits ? bytes : null);
    this.#size += perObject + (fits ? (bytes?.length ?? 0) : 0);
    return true;
  }
}
