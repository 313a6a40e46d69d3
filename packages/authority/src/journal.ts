import { depositAgain, type EpochManifest, Logger, type Recorded, sweepUnbegunEpoch } from "@fogbound/log";
import {
  type CapsuleId,
  type Clock,
  type Harmonizer,
  instanceIdOf,
  layout,
  type RecordBody,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { HeldManifest } from "./held-manifest.js";
import { JournalDeposit } from "./journal-deposit.js";
import type { AuthorityKeys } from "./keys.js";
import { Turns } from "./turns.js";

export interface JournalOptions {
  readonly store: ObjectStore;
  readonly keys: AuthorityKeys;
  readonly harmonizer: Harmonizer;
  readonly clock: Clock;
}

/** An authority's log of one capsule. Opened at its first record; it goes on where it stopped before a restart. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #capsule: CapsuleId;
  readonly #deposit: JournalDeposit;
  #logger: Logger | null = null;
  readonly #turns = new Turns();

  constructor(options: JournalOptions, capsule: CapsuleId) {
    this.#options = options;
    this.#capsule = capsule;
    this.#deposit = new JournalDeposit(options.harmonizer);
  }

  /**
   * Durable in the authority's store when it resolves, in an epoch under this very manifest.
   * @throws FogboundError `RECORD_NOT_DURABLE`; when an epoch begins, also the store's codes and `HARMONIZER_UNREACHABLE`.
   */
  async record(held: HeldManifest, body: RecordBody, requestHash: Uint8Array): Promise<Recorded> {
    // One at a time: two epochs must not begin for one manifest, nor a record fall between.
    const recorded = await this.#turns.run(async () => {
      const logger = await this.#loggerFor(held);
      return { durable: logger.record(body, { requestHash }) };
    });
    return recorded.durable;
  }

  async close(waiting: Waiting): Promise<void> {
    await this.#turns.run(async () => {
      await this.#logger?.close(waiting);
      await this.#deposit.close(waiting);
    });
  }

  async #loggerFor(held: HeldManifest): Promise<Logger> {
    const manifest = epochManifestOf(held);
    this.#logger ??= await this.#open(manifest);
    if (!sameBytes(this.#logger.manifest.hash, manifest.hash)) await this.#logger.beginEpoch(manifest);
    return this.#logger;
  }

  async #open(manifest: EpochManifest): Promise<Logger> {
    const { store, keys, clock } = this.#options;
    const capsule = this.#capsule;
    const root = layout.journal(keys.id, capsule);
    const place = { store, root, capsule, instance: instanceIdOf(keys.journalKey.publicKey, capsule) };
    await sweepUnbegunEpoch(place);
    const resume = await depositAgain(place, this.#deposit);
    const key = keys.journalKey;
    return Logger.open({
      store,
      root,
      capsule,
      key,
      registration: null,
      manifest,
      resume,
      clock,
      deposit: this.#deposit,
    });
  }
}

function epochManifestOf({ genesis, manifest, hash }: HeldManifest): EpochManifest {
  const recipients = [genesis.read, ...genesis.recovery, ...manifest.auditors.map(({ readKey }) => readKey)];
  return { version: manifest.version, hash, recipients };
}
