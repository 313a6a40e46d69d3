import { FogboundError, Serial } from "@fogbound/errors";
import {
  type ChainPlace,
  depositAgain,
  type EpochManifest,
  Logger,
  type Recorded,
  sweepUnbegunEpoch,
  unbegunEpoch,
} from "@fogbound/log";
import {
  batch,
  batchStatement,
  type CapsuleId,
  type Clock,
  epochHead,
  type Harmonizer,
  hashOf,
  type InstanceId,
  instanceIdOf,
  type Later,
  layout,
  padded,
  type RecordBody,
  recipientName,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";
import { mostTurns, patience } from "./defaults.js";
import type { HeldManifest } from "./held-manifest.js";
import { type DepositWatch, JournalDeposit } from "./journal-deposit.js";
import type { AuthorityKeys } from "./keys.js";
import { standBack } from "./stand-back.js";

export interface JournalOptions {
  readonly store: ObjectStore;
  readonly keys: AuthorityKeys;
  readonly harmonizer: Harmonizer;
  readonly clock: Clock;
  readonly later: Later;
}

/** Who is told how the journal gets to the harmonizer. */
export interface JournalWatch extends DepositWatch {
  /** What was written before a restart is deposited, and an epoch has begun. */
  resumed(): Promise<void>;
}

/** One chain's writer from when it was opened until it gives way, and the epochs that are its own. */
interface Writer {
  readonly logger: Logger;
  readonly deposit: JournalDeposit;
  readonly begun: ReadonlySet<number>;
}

/**
 * An authority's log of one capsule. Opened at its first record; it goes on where it stopped before a restart.
 *
 * Two processes under one key (a service, and a command beside it) take turns: each begins an epoch after the other's.
 * Which of two records follows the last is the harmonizer's word alone; the one it refuses is taken out of the store, is
 * written anew behind the other, and nothing is released on it before.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #capsule: CapsuleId;
  readonly #instance: InstanceId;
  readonly #root: string;
  readonly #watch: JournalWatch;
  readonly #turns = new Serial();
  #writer: Writer | null = null;

  constructor(options: JournalOptions, capsule: CapsuleId, watch: JournalWatch) {
    this.#options = options;
    this.#watch = watch;
    this.#capsule = capsule;
    this.#instance = instanceIdOf(options.keys.journalKey.publicKey, capsule);
    this.#root = layout.journal(options.keys.id, capsule);
  }

  /**
   * Durable in the authority's store when it resolves, in an epoch under this very manifest.
   * @throws FogboundError `RECORD_NOT_DURABLE`; when an epoch begins, also the store's codes and `HARMONIZER_UNREACHABLE`.
   */
  async record(held: HeldManifest, body: RecordBody, requestHash: Uint8Array): Promise<Recorded> {
    for (let turn = 1; turn <= mostTurns; turn++) {
      const began = performance.now();
      // One at a time: two epochs must not begin for one manifest, nor a record fall between.
      const { writer, durable } = await this.#turns.run(async () => {
        const open = await this.#writerFor(held);
        return { writer: open, durable: open.logger.record(body, { requestHash }) };
      });
      const recorded = await durable.catch(nullIfTaken);
      if (recorded !== null && !(await this.#isOvertaken(writer, recorded))) return recorded;
      const stands = await this.#turns.run(() => this.#giveWay(writer, recorded));
      if (recorded !== null && stands) return recorded;
      await standBack(turn, performance.now() - began);
    }
    throw new FogboundError(
      "RECORD_NOT_DURABLE",
      `Another process writes the journal of ${this.#options.keys.id} all the time. Run one authority under one key.`,
    );
  }

  async close(waiting: Waiting): Promise<void> {
    await this.#turns.run(async () => {
      await this.#writer?.logger.close(waiting);
      await this.#writer?.deposit.close(waiting);
    });
  }

  async #writerFor(held: HeldManifest): Promise<Writer> {
    const manifest = epochManifestOf(held);
    for (let turn = 1; ; turn++) {
      const began = performance.now();
      try {
        this.#writer ??= await this.#open(manifest);
        const { logger } = this.#writer;
        if (!sameBytes(logger.manifest.hash, manifest.hash)) await logger.beginEpoch(manifest);
        return this.#writer;
      } catch (error) {
        if (!isTaken(error) && !(this.#writer === null && isUnverified(error))) throw error;
        if (this.#writer !== null) await this.#giveWay(this.#writer, null);
        if (turn === mostTurns) throw error;
        await standBack(turn, performance.now() - began);
      }
    }
  }

  async #open(manifest: EpochManifest): Promise<Writer> {
    const { store, keys, clock, harmonizer, later } = this.#options;
    const deposit = new JournalDeposit(harmonizer, later, this.#watch);
    const [capsule, root] = [this.#capsule, this.#root];
    const place = { store, root, capsule, instance: this.#instance };
    const begun = new Set<number>();
    await this.#letBegin(place);
    await sweepUnbegunEpoch(place);
    const resume = await depositAgain(place, deposit);
    const logger = await Logger.open({
      store,
      root,
      capsule,
      key: keys.journalKey,
      registration: null,
      manifest,
      resume,
      clock,
      deposit: {
        head: async (head, waiting) => begun.add(await this.#beginAfterAll(head, deposit, waiting)),
        batch: (bytes) => deposit.batch(bytes),
      },
    });
    await this.#watch.resumed();
    return { logger, deposit, begun };
  }

  /** Lets another process that has just begun to begin an epoch finish: it is alive as long as what it wrote changes. */
  async #letBegin(place: ChainPlace): Promise<void> {
    let seen = await unbegunEpoch(place);
    for (let look = 1; seen !== null && look <= mostTurns; look++) {
      await standBack(look, patience);
      const now = await unbegunEpoch(place);
      if (now === seen) return;
      seen = now;
    }
  }

  /** A head that does not follow the last record, or that the harmonizer refuses, has begun nothing and goes again. */
  async #beginAfterAll(head: Uint8Array, deposit: JournalDeposit, waiting: Waiting): Promise<number> {
    const { epoch, first } = epochHead.read(head).value;
    try {
      if (epoch > 1 && (await this.#lastOf(epoch - 1)) > first - 1) throw taken(this.#instance);
      await deposit.head(head, waiting);
      return epoch;
    } catch (error) {
      if (isTaken(error)) await this.#takeOut(head);
      throw error;
    }
  }

  /** Head and wraps of an epoch that began nothing. Once the head is gone, the number may be another's: its wraps stay. */
  async #takeOut(head: Uint8Array): Promise<void> {
    const { store } = this.#options;
    const { epoch, recipients } = epochHead.read(head).value;
    await this.#remove(layout.head(this.#instance, epoch));
    for (const { key, wrap } of recipients) {
      const name = this.#root + layout.epochKey(this.#instance, epoch, recipientName(key));
      const found = await store.get(name);
      if (found !== null && sameBytes(hashOf(await readAll(found, smallObjectBytes)), wrap)) await store.delete(name);
    }
  }

  /** The number of the last record in an epoch's batches as they lie in the store; 0 without any. */
  async #lastOf(epoch: number): Promise<number> {
    const { store } = this.#options;
    const prefix = `${this.#root}instances/${this.#instance}/${padded(epoch)}/`;
    let last: string | null = null;
    for await (const { key } of store.list(prefix)) if (/^\d{8}$/.test(key.slice(prefix.length))) last = key;
    const found = last === null ? null : await store.get(last);
    if (found === null) return 0;
    return batchStatement.read(batch.decode(await readAll(found, smallObjectBytes)).statement).value.last;
  }

  async #isOvertaken({ begun }: Writer, { statement }: Recorded): Promise<boolean> {
    const next = batchStatement.read(statement).value.epoch + 1;
    if (begun.has(next)) return false;
    return (await this.#options.store.head(this.#root + layout.head(this.#instance, next))) !== null;
  }

  /**
   * Lets the harmonizer say what of this writer's is in the chain, takes out the rest, and begins anew with the next.
   * @returns whether the record stands
   */
  async #giveWay(writer: Writer, recorded: Recorded | null): Promise<boolean> {
    await writer.deposit.flush().catch(nullIfTaken);
    const refused = writer.deposit.abandon();
    if (this.#writer === writer) this.#writer = null;
    await this.#remove(...refused.map((bytes) => this.#nameOf(batch.decode(bytes).statement)));
    if (recorded === null) return false;
    return (await this.#options.store.head(this.#root + this.#nameOf(recorded.statement))) !== null;
  }

  #nameOf(statement: Uint8Array): string {
    const { epoch, batch: number } = batchStatement.read(statement).value;
    return layout.batch(this.#instance, epoch, number);
  }

  async #remove(...names: readonly string[]): Promise<void> {
    const { store } = this.#options;
    for (const name of names) for await (const { key } of store.list(this.#root + name)) await store.delete(key);
  }
}

/** The harmonizer's and the log's word for a second child of one record. */
function isTaken(error: unknown): boolean {
  return FogboundError.isInstance(error) && error.code === "HOST_UNPROVED";
}

/** Also while another process takes back a batch that came too late: it was listed, and then it was gone. */
function isUnverified(error: unknown): boolean {
  return FogboundError.isInstance(error) && error.code === "VERIFICATION_FAILED";
}

function nullIfTaken(error: unknown): null {
  if (isTaken(error)) return null;
  throw error;
}

function taken(instance: InstanceId): FogboundError {
  return new FogboundError("HOST_UNPROVED", `Another process has written behind the last record of ${instance}.`);
}

function epochManifestOf({ genesis, manifest, hash }: HeldManifest): EpochManifest {
  const recipients = [genesis.read, ...genesis.recovery, ...manifest.auditors.map(({ readKey }) => readKey)];
  return { version: manifest.version, hash, recipients };
}
