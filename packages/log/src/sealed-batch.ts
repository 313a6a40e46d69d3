import { leafHash, proveRange, rootOf } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { batch, batchStatement, headersRoot, layout } from "@fogbound/protocol";
import { abortable } from "./abort.js";
import type { SealedRecord } from "./chain.js";
import { type CreateOutcome, createOnce } from "./create-once.js";
import type { Deposit } from "./deposit.js";
import type { LogPlace } from "./epoch.js";

/** A record that is durable, with what shows it to others. */
export interface Recorded {
  readonly header: Uint8Array;
  /** SHA-256 of the header. */
  readonly hash: Uint8Array;
  /** The signed batch statement, and the record's place in the batch (from 0). */
  readonly statement: Uint8Array;
  readonly place: number;
  /** The path to the statement's root. Made when it is asked for: under a lease nobody does. */
  path(): Promise<readonly Uint8Array[]>;
  /** The harmonizer's leaf receipt; null when the deposit gives none at once. */
  readonly receipt: Uint8Array | null;
}

/** Records committed together. Its bytes never change again; what of them has been done is remembered. */
export class SealedBatch {
  readonly records: readonly SealedRecord[];
  readonly epoch: number;
  readonly #place: LogPlace;
  readonly #key: string;
  readonly #statement: Uint8Array;
  readonly #bytes: Uint8Array;
  #stored: CreateOutcome | null = null;
  #receipts: readonly Uint8Array[] | null | undefined;

  private constructor(place: LogPlace, at: BatchNumber, records: readonly SealedRecord[], statement: Uint8Array) {
    this.records = records;
    this.epoch = at.epoch;
    this.#place = place;
    this.#key = place.root + layout.batch(place.instance, at.epoch, at.batch);
    this.#statement = statement;
    this.#bytes = batch.encode({
      suite: 1,
      statement,
      headers: records.map(({ header }) => header),
      bodies: records.map(({ body }) => body),
    });
  }

  /** @param records at least one, in chain order */
  static async seal(place: LogPlace, at: BatchNumber, records: readonly SealedRecord[]): Promise<SealedBatch> {
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) throw new RangeError("Expected a batch of at least one record.");
    const statement = await batchStatement.sign(
      {
        suite: 1,
        capsule: place.capsule,
        instance: place.instance,
        ...at,
        first: first.number,
        last: last.number,
        lastHeader: last.hash,
        root: headersRoot(records.map(({ header }) => header)),
      },
      place.key,
    );
    return new SealedBatch(place, at, records, statement);
  }

  /**
   * Store and deposit, each until it has succeeded once; rejects with what failed. Side by side, but a journal's in turn:
   * its key outlives the process, and after a crash a number that only the deposit had would be given to another record.
   */
  async commit(deposit: Deposit, signal?: AbortSignal): Promise<CreateOutcome> {
    const stored = this.#store(signal);
    const first = this.#place.registration === null ? stored : Promise.resolve();
    const deposited = first.then(() => (this.#stored === "taken" ? undefined : this.#deposit(deposit, signal)));
    const outcomes = await Promise.allSettled([stored, deposited]);
    if (this.#stored === "taken") return "taken";
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    return "done";
  }

  /** What each record's writer gets, in order. */
  recorded(): readonly Recorded[] {
    const count = this.records.length;
    let tree: ((low: number, high: number) => Uint8Array) | null = null;
    return this.records.map(({ header, hash }, place) => ({
      header,
      hash,
      statement: this.#statement,
      place,
      path: () => {
        tree ??= subtreeHashes(this.records.map((one) => leafHash(one.header)));
        return proveRange(place, 1, count, tree);
      },
      receipt: this.#receipts?.[place] ?? null,
    }));
  }

  async #store(signal?: AbortSignal): Promise<void> {
    this.#stored ??= await createOnce(this.#place.store, this.#key, this.#bytes, signal);
  }

  async #deposit(deposit: Deposit, signal?: AbortSignal): Promise<void> {
    if (this.#receipts !== undefined) return;
    const receipts = await abortable(() => deposit.batch(this.#bytes, signal === undefined ? {} : { signal }), signal);
    if (receipts !== null && receipts.length !== this.records.length) throw FogboundError.verificationFailed();
    this.#receipts = receipts;
  }
}

export interface BatchNumber {
  readonly epoch: number;
  readonly batch: number;
}

/** Every subtree is hashed once: the paths of one batch share them. */
function subtreeHashes(leaves: readonly Uint8Array[]): (low: number, high: number) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (low, high) => {
    const name = `${low}-${high}`;
    const hash = known.get(name) ?? rootOf(leaves.slice(low, high));
    known.set(name, hash);
    return hash;
  };
}
