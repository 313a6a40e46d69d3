import type { Ratchet } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { commitmentOf, hashOf, type InstanceId, type RecordBody, sealRecord } from "@fogbound/protocol";
import { recordBytes } from "./defaults.js";
import type { Epoch } from "./epoch.js";
import type { RecordOptions } from "./waiter.js";

export interface SealedRecord {
  readonly number: number;
  readonly header: Uint8Array;
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
}

/** Where a chain stands: the last record sealed, durable or not. */
export interface ChainPosition {
  readonly epoch: number;
  /** 0 before the first record. */
  readonly number: number;
  /** SHA-256 of the last header; null before the first record. */
  readonly hash: Uint8Array | null;
  /** Number of the epoch's last batch; 0 before the first. */
  readonly batch: number;
}

/** Gives records their numbers and their keys, within one epoch. */
export class Chain {
  readonly epoch: Epoch;
  readonly #instance: InstanceId;
  readonly #ratchet: Ratchet;
  /** Drawn for the next record; kept when that one could not be sealed. */
  #recordKey: Uint8Array | null = null;
  #number: number;
  #hash: Uint8Array | null;
  #batch = 0;

  constructor(instance: InstanceId, epoch: Epoch, after: Pick<ChainPosition, "number" | "hash">) {
    this.epoch = epoch;
    this.#instance = instance;
    this.#ratchet = epoch.ratchet;
    this.#number = after.number;
    this.#hash = after.hash;
  }

  get position(): ChainPosition {
    return { epoch: this.epoch.number, number: this.#number, hash: this.#hash, batch: this.#batch };
  }

  nextBatch(): number {
    this.#batch++;
    return this.#batch;
  }

  /** A record that cannot be sealed takes neither a number nor a key: the next one gets both. */
  async seal(body: RecordBody, options: RecordOptions): Promise<SealedRecord> {
    const recordKey = this.#recordKey ?? this.#ratchet.next().recordKey;
    this.#recordKey = recordKey;
    const sealed = await this.#sealNext(body, options, recordKey);
    this.#recordKey = null;
    recordKey.fill(0);
    this.#number = sealed.number;
    this.#hash = sealed.hash;
    return sealed;
  }

  async #sealNext(record: RecordBody, options: RecordOptions, recordKey: Uint8Array): Promise<SealedRecord> {
    const number = this.#number + 1;
    const draft = {
      suite: 1,
      instance: this.#instance,
      epoch: this.epoch.number,
      number,
      previous: this.#hash,
      kind: record.kind,
      commitment: commitmentOf(record.opening, options.requestHash),
      counts: options.counts ?? [],
    } as const;
    const { header, body } = await sealRecord(draft, record, recordKey);
    if (header.length + body.length > recordBytes) throw tooLarge(header.length + body.length);
    return { number, header, hash: hashOf(header), body };
  }
}

function tooLarge(length: number): FogboundError {
  const message = `Expected a record of at most ${recordBytes} bytes, got ${length}. What is to be recorded is too large.`;
  return new FogboundError("FORMAT_INVALID", message);
}
