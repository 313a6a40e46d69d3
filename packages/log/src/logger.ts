import type { SigningKey } from "@fogbound/crypto";
import { FogboundError, Serial } from "@fogbound/errors";
import {
  type CapsuleId,
  type ChainTip,
  type Clock,
  type InstanceId,
  instanceIdOf,
  mostRecordsInBatch,
  type RecordBody,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { abortable, abortedByAll } from "./abort.js";
import { Chain, type ChainPosition, type SealedRecord } from "./chain.js";
import type { CreateOutcome } from "./create-once.js";
import { batchBytes, epochMilliseconds } from "./defaults.js";
import type { Deposit } from "./deposit.js";
import {
  commitEpoch,
  type Epoch,
  type EpochManifest,
  type LogPlace,
  prepareEpoch,
  type RefusedEpoch,
} from "./epoch.js";
import { type Recorded, SealedBatch } from "./sealed-batch.js";
import { type RecordOptions, Waiter } from "./waiter.js";

export interface LoggerOptions extends Waiting {
  readonly store: ObjectStore;
  /** `layout.hostLog(capsule)` or `layout.journal(authority, capsule)`. */
  readonly root: string;
  readonly capsule: CapsuleId;
  /** The instance key, or the authority's journal key. Two loggers under one key are an alarm: the second one stops. */
  readonly key: SigningKey;
  /** A host instance's doubly signed registration; null for a journal. */
  readonly registration: Uint8Array | null;
  readonly manifest: EpochManifest;
  /** Where the chain stopped, as `readChain` gave it. null begins a new chain. */
  readonly resume: ChainPosition | null;
  readonly clock: Clock;
  readonly deposit: Deposit;
}

/**
 * Writes records: sealed, chained, signed by the batch, durable in the store *and* deposited before they count. It
 * permits nothing.
 *
 * Records that come while a batch is being committed are gathered into the next one. A record's number is fixed when it
 * is sealed; a batch that failed keeps its bytes and is completed before anything else is written, so that no number is
 * doubled and none left out. An epoch is cut after a day, or by `beginEpoch`.
 */
export class Logger {
  readonly instance: InstanceId;
  readonly #place: LogPlace;
  readonly #deposit: Deposit;
  readonly #clock: Clock;
  readonly #queue: Waiter[] = [];
  #chain: Chain | null = null;
  #position: ChainPosition;
  #pendingEpoch: Epoch | null = null;
  /** Under a manifest that was no longer in force. Their number is the next epoch's. */
  #refused: readonly RefusedEpoch[] = [];
  #pendingBatch: SealedBatch | null = null;
  #tip: ChainTip | null = null;
  #stopped: FogboundError | null = null;
  #closed = false;
  #scheduled = false;
  /** Nothing is sealed while something else is being committed. */
  readonly #turns = new Serial();

  private constructor(options: LoggerOptions) {
    const { store, root, capsule, key, registration, resume } = options;
    this.instance = instanceIdOf(key.publicKey, capsule);
    this.#place = { store, root, capsule, instance: this.instance, key, registration };
    this.#deposit = options.deposit;
    this.#clock = options.clock;
    this.#position = resume ?? { epoch: 0, number: 0, hash: null, batch: 0 };
    this.#tip = tipOf(this.instance, this.#position);
  }

  /**
   * Begins an epoch: secret, wraps and head are durable, and the head deposited, when it resolves.
   *
   * @throws RangeError without a recipient; FogboundError of the store or the deposit; `HOST_UNPROVED` when the epoch
   *   was begun by somebody else under this key.
   */
  static async open(options: LoggerOptions): Promise<Logger> {
    const logger = new Logger(options);
    await logger.#startEpoch(options.manifest, options.signal);
    return logger;
  }

  /** The last record that is durable; null before the first. */
  get tip(): ChainTip | null {
    return this.#tip;
  }

  /** What the current epoch is under. */
  get manifest(): EpochManifest {
    return this.#openChain().epoch.manifest;
  }

  /**
   * Resolves when the record is durable in the store and deposited.
   *
   * @throws FogboundError `RECORD_NOT_DURABLE`, with the reason as its cause: the record may be written later all the
   *   same, and nothing may be released on it. `FORMAT_INVALID` for a body that is none or larger than 1 MiB.
   *   `MANIFEST_STALE` when an epoch was due and its manifest is no longer in force: nothing was recorded; begin an
   *   epoch under the one that is, or a new instance. `HOST_UNPROVED`, from then on always, when somebody else writes under this key. The signal's own reason.
   *   TypeError after `close`; RangeError for a request hash that is not 32 bytes.
   */
  async record(body: RecordBody, options: RecordOptions): Promise<Recorded> {
    if (this.#closed) throw new TypeError("Expected an open Logger, got one that was closed.");
    if (options.requestHash.length !== 32)
      throw new RangeError(`Expected a request hash of 32 bytes, got ${options.requestHash.length}.`);
    const waiter = new Waiter(body, options);
    this.#queue.push(waiter);
    this.#schedule();
    return waiter.promise;
  }

  /**
   * Ends the epoch and begins the next, under this manifest. Waits for the batches before it. An epoch that the deposit
   * refused with `MANIFEST_STALE`, under an earlier manifest, gives its place to this one.
   *
   * @throws FogboundError as `open`; what was begun is completed before the next record.
   */
  async beginEpoch(manifest: EpochManifest, waiting: Waiting = {}): Promise<void> {
    if (this.#closed) throw new TypeError("Expected an open Logger, got one that was closed.");
    const { signal } = waiting;
    const begin = async (): Promise<void> => {
      signal?.throwIfAborted();
      await this.#completeUnlessRefused(manifest, signal);
      await this.#startEpoch(manifest, signal);
    };
    await abortable(() => this.#turns.run(begin), signal);
  }

  /**
   * Does what the next record would have to wait for: completes what failed half-way, begins the day's epoch when it is due.
   * Whoever is refused here has recorded nothing yet, and need not have had anything signed for it.
   * @throws as `record`.
   */
  async prepare(waiting: Waiting = {}): Promise<void> {
    if (this.#closed) throw new TypeError("Expected an open Logger, got one that was closed.");
    const isClear = this.#pendingBatch === null && this.#pendingEpoch === null && !this.#isDue();
    if (isClear) return;
    const { signal } = waiting;
    const prepare = async (): Promise<void> => {
      await this.#completePending(signal);
      await this.#cutWhenDue(signal);
    };
    await abortable(
      () =>
        this.#turns.run(prepare).catch((cause: unknown) => {
          throw this.#notDurable(cause);
        }),
      signal,
    );
  }

  /**
   * Completes what an earlier failure left half done, so that nobody's next record is needed for it.
   * @throws what store or deposit throw; it stays pending then.
   */
  async complete(waiting: Waiting = {}): Promise<void> {
    await abortable(() => this.#turns.run(() => this.#completePending(waiting.signal)), waiting.signal);
    if (this.#queue.length > 0) this.#schedule();
  }

  /** Writes what is queued and completes what is pending; later records are refused. @throws FogboundError `RECORD_NOT_DURABLE`. */
  async close(waiting: Waiting = {}): Promise<void> {
    this.#closed = true;
    await abortable(() => this.#turns.run(() => this.#flush(waiting.signal)), waiting.signal);
  }

  async #flush(signal?: AbortSignal): Promise<void> {
    while (this.#queue.length > 0) await this.#turn();
    if (this.#pendingBatch === null) return;
    try {
      await this.#completePending(signal);
    } catch (cause) {
      throw this.#notDurable(cause);
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void this.#turns.run(() => {
      this.#scheduled = false;
      return this.#turn();
    });
  }

  /** Completes what is pending, then seals and commits one batch. Never rejects: those who wait are told. */
  async #turn(): Promise<void> {
    const gathered = [...this.#queue];
    const shared = abortedByAll(gathered.map(({ signal }) => signal));
    try {
      await this.#completePending(shared.signal);
      await this.#cutWhenDue(shared.signal);
    } catch (cause) {
      const isOver = this.#closed || this.#stopped !== null || this.#isOvertaken(cause);
      const kept = isOver ? [] : gathered.filter(({ options }) => options.isKept);
      this.#queue.splice(0, gathered.length, ...kept);
      for (const waiter of gathered) waiter.reject(this.#notDurable(cause));
      return;
    } finally {
      shared.release();
    }
    const sealed = await this.#sealBatch();
    if (this.#queue.length > 0) this.#schedule();
    if (sealed.length > 0) await this.#commitNew(sealed);
  }

  /** Takes from the queue what fits into one batch. */
  async #sealBatch(): Promise<readonly Sealed[]> {
    const chain = this.#openChain();
    const sealed: Sealed[] = [];
    let size = 0;
    while (sealed.length < mostRecordsInBatch && size < batchBytes) {
      const waiter = this.#queue.shift();
      if (waiter === undefined) break;
      if (waiter.isGivenUp) continue;
      try {
        const record = await chain.seal(waiter.body, waiter.options);
        size += record.header.length + record.body.length;
        sealed.push({ waiter, record });
      } catch (error) {
        waiter.reject(error);
      }
    }
    return sealed;
  }

  async #commitNew(sealed: readonly Sealed[]): Promise<void> {
    const chain = this.#openChain();
    const shared = abortedByAll(sealed.map(({ waiter }) => waiter.signal));
    try {
      const at = { epoch: chain.epoch.number, batch: chain.nextBatch() };
      const records = sealed.map(({ record }) => record);
      const batch = await SealedBatch.seal(this.#place, at, records);
      this.#position = chain.position;
      this.#pendingBatch = batch;
      await this.#completePending(shared.signal);
      const recorded = batch.recorded();
      sealed.forEach(({ waiter }, index) => {
        const one = recorded[index];
        if (one !== undefined) waiter.resolve(one);
      });
    } catch (cause) {
      for (const { waiter } of sealed) waiter.reject(this.#notDurable(cause));
    } finally {
      shared.release();
    }
  }

  async #completePending(signal?: AbortSignal): Promise<void> {
    if (this.#stopped !== null) throw this.#stopped;
    if (this.#pendingBatch !== null) {
      this.#stopWhenTaken(await this.#pendingBatch.commit(this.#deposit, signal));
      this.#tip = tipOf(this.instance, this.#position);
      this.#pendingBatch = null;
    }
    if (this.#pendingEpoch !== null) await this.#completeEpoch(this.#pendingEpoch, signal);
  }

  /** A head that was refused for its manifest is refused for ever, as versions only grow: nobody has sequenced it. */
  async #completeUnlessRefused(next: EpochManifest, signal?: AbortSignal): Promise<void> {
    try {
      await this.#completePending(signal);
    } catch (error) {
      const epoch = this.#pendingEpoch;
      if (!this.#isOvertaken(error) || epoch === null || epoch.manifest.version >= next.version) throw error;
      const { number, head, wraps } = epoch;
      this.#refused = [...this.#refused, { number, head, wraps }];
      this.#pendingEpoch = null;
    }
  }

  async #cutWhenDue(signal?: AbortSignal): Promise<void> {
    if (this.#isDue()) await this.#startEpoch(this.manifest, signal);
  }

  #isDue(): boolean {
    return this.#clock() - this.#openChain().epoch.began >= epochMilliseconds;
  }

  async #startEpoch(manifest: EpochManifest, signal?: AbortSignal): Promise<void> {
    const { epoch, number, hash } = this.#position;
    this.#pendingEpoch = await prepareEpoch(this.#place, {
      number: epoch + 1,
      first: number + 1,
      previous: hash,
      manifest,
      began: this.#clock(),
    });
    await this.#completeEpoch(this.#pendingEpoch, signal);
  }

  async #completeEpoch(epoch: Epoch, signal?: AbortSignal): Promise<void> {
    this.#stopWhenTaken(await commitEpoch(this.#place, epoch, this.#deposit, this.#refused, signal));
    this.#chain = new Chain(this.instance, epoch, this.#position);
    this.#position = this.#chain.position;
    this.#pendingEpoch = null;
    this.#refused = [];
  }

  #stopWhenTaken(outcome: CreateOutcome): void {
    if (outcome === "done") return;
    this.#stopped = new FogboundError(
      "HOST_UNPROVED",
      `Expected to be the only writer of ${this.instance}, found objects of another one under its next number. ` +
        "Its key is in use twice: stop both, and register anew.",
      { retryable: false },
    );
    throw this.#stopped;
  }

  #openChain(): Chain {
    if (this.#chain !== null) return this.#chain;
    throw new TypeError("Expected a Logger that has begun an epoch.");
  }

  #isOvertaken(cause: unknown): cause is FogboundError {
    return FogboundError.isInstance(cause) && cause.code === "MANIFEST_STALE" && this.#pendingBatch === null;
  }

  #notDurable(cause: unknown): FogboundError {
    if (this.#stopped !== null) return this.#stopped;
    if (this.#isOvertaken(cause)) return cause;
    const message =
      "Expected the record to be stored and deposited, but that failed. Nothing may be released; try again.";
    return new FogboundError("RECORD_NOT_DURABLE", message, { cause });
  }
}

interface Sealed {
  readonly waiter: Waiter;
  readonly record: SealedRecord;
}

function tipOf(instance: InstanceId, { epoch, number, hash }: ChainPosition): ChainTip | null {
  return hash === null ? null : { instance, epoch, number, hash };
}
