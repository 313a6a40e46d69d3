import { FogboundError, waitFor } from "@fogbound/errors";
import type {
  Alerts,
  CapsuleId,
  Clock,
  HarmonizerEntry,
  InForce,
  InstanceId,
  KeptObject,
  NoteKind,
  Pulled,
  Waiting,
} from "@fogbound/protocol";
import { epochHead } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { type Unacknowledged, unacknowledged } from "./acknowledged.js";
import { readBatch } from "./batch-content.js";
import type { Cadence } from "./cadence.js";
import { isClone } from "./chain.js";
import type { Checkpoints } from "./checkpoints.js";
import { erasureMark } from "./erasures.js";
import type { Intake } from "./intake.js";
import type { LogReader } from "./log-reader.js";
import type { Manifests } from "./manifest-facts.js";
import { names } from "./names.js";
import { putDerived } from "./objects.js";
import type { OpenCopies } from "./open-copies.js";
import type { EmbeddedHarmonizer } from "./options.js";
import type { Outbox } from "./outbox.js";
import { prunedBundles } from "./pull.js";
import { type EpochPlace, mayDrop } from "./retention.js";
import type { Sequence } from "./sequence.js";
import { readParity } from "./spares.js";
import type { Stripes } from "./stripes.js";
import type { Submission } from "./submission.js";
import type { TileReader } from "./tile-reader.js";
import { Turns } from "./turns.js";

export interface HarmonizerParts {
  readonly store: ObjectStore;
  readonly entry: HarmonizerEntry;
  readonly log: LogReader;
  readonly manifests: Manifests;
  readonly intake: Intake;
  readonly sequence: Sequence;
  readonly checkpoints: Checkpoints;
  readonly tiles: TileReader;
  readonly copies: OpenCopies;
  readonly stripes: Stripes;
  readonly cadence: Cadence;
  readonly outbox: Outbox;
  readonly alerts: Alerts;
  readonly clock: Clock;
}

/** The party's interface over the parts that do the work. */
export class StoreHarmonizer implements EmbeddedHarmonizer {
  readonly entry: HarmonizerEntry;
  readonly #parts: HarmonizerParts;
  readonly #turns = new Turns();
  readonly #marksRepaired = new Set<string>();
  #closing: Promise<void> | null = null;
  readonly #underway = new Set<Promise<unknown>>();

  constructor(parts: HarmonizerParts) {
    this.entry = parts.entry;
    this.#parts = parts;
  }

  async submitManifest(signedManifest: Uint8Array, waiting: Waiting = {}): Promise<Uint8Array> {
    const bytes = signedManifest.slice();
    return this.#open(waiting, async () => {
      const { intake, sequence, manifests } = this.#parts;
      const submission = await intake.manifest(bytes, waiting);
      const receipt = only(await sequence.submit(submission, waiting.signal));
      await manifests.keepAgain(submission.capsule, submission.version, bytes, waiting);
      return receipt;
    });
  }

  async submitHead(signedHead: Uint8Array, waiting: Waiting = {}): Promise<Uint8Array> {
    const bytes = signedHead.slice();
    return this.#open(waiting, async () => {
      const { instance, capsule } = epochHead.read(bytes).value;
      return only(await this.#inTurn(instance, capsule, () => this.#parts.intake.head(bytes), waiting));
    });
  }

  async submitBatch(batch: Uint8Array, waiting: Waiting = {}): Promise<readonly Uint8Array[]> {
    const bytes = batch.slice();
    return this.#open(waiting, async () => {
      const read = readBatch(bytes);
      const { capsule, instance, epoch, batch: number } = read.statement;
      const isKnown = this.#parts.log.places.batch(instance, epoch, number) !== undefined;
      const receipts = await this.#inTurn(instance, capsule, () => this.#parts.intake.batch(read), waiting);
      if (!isKnown) this.#parts.outbox.grew(capsule, bytes.length);
      if (isKnown) await waitFor(this.#parts.stripes.spareAgain(read), waiting.signal);
      return receipts;
    });
  }

  async submitNote(about: NoteKind, signedNote: Uint8Array, waiting: Waiting = {}): Promise<Uint8Array> {
    const bytes = signedNote.slice();
    return this.#open(waiting, async () => {
      const { intake, sequence } = this.#parts;
      const receipt = only(await sequence.submit(await intake.note(about, bytes, waiting), waiting.signal));
      if (about === "erased") await waitFor(this.#parts.stripes.erase(bytes), waiting.signal);
      return receipt;
    });
  }

  async inForce(capsule: CapsuleId, waiting: Waiting = {}): Promise<InForce | null> {
    return this.#open(waiting, async () => {
      await waitFor(this.#parts.sequence.refresh(), waiting.signal);
      const found = this.#parts.log.state.capsule(capsule);
      return found === undefined ? null : { version: found.version, hash: found.hash.slice() };
    });
  }

  /** A capsule whose last tips still name all there is gets no new ones. @throws FogboundError `CAPSULE_NOT_FOUND`. */
  async anchor(capsule: CapsuleId, waiting: Waiting = {}): Promise<void> {
    return this.#open(waiting, async () => {
      const { log, sequence, checkpoints } = this.#parts;
      await waitFor(sequence.refresh(), waiting.signal);
      if (log.state.capsule(capsule) === undefined) throw notFound(capsule);
      await sequence.submit({ kind: "tips", capsule }, waiting.signal);
      await waitFor(checkpoints.make(), waiting.signal);
    });
  }

  async pull(
    capsule: CapsuleId,
    { after = -1, ...waiting }: Waiting & { readonly after?: number } = {},
  ): Promise<Pulled> {
    return this.#open(waiting, async () => {
      const { log, sequence, checkpoints, tiles } = this.#parts;
      const signed = await waitFor(checkpoints.newest(), waiting.signal);
      await waitFor(sequence.refresh(), waiting.signal);
      const numbers = [...log.places.bundles(capsule)].filter((number) => number > after);
      const parts = { history: log.history, tiles };
      const bundles = { [Symbol.asyncIterator]: () => prunedBundles(parts, capsule, numbers, signed, waiting) };
      const repaired = [...checkpoints.repaired, ...(await this.#marksPutRight(waiting))];
      return { checkpoint: signed?.note ?? null, bundles, repaired };
    });
  }

  async kept(capsule: CapsuleId, waiting: Waiting = {}): Promise<readonly KeptObject[]> {
    return this.#open(waiting, () => this.#parts.manifests.kept(capsule, waiting));
  }

  async batchCopy(
    instance: InstanceId,
    epoch: number,
    batch: number,
    waiting: Waiting = {},
  ): Promise<Uint8Array | null> {
    return this.#open(waiting, async () => {
      await waitFor(this.#parts.sequence.refresh(), waiting.signal);
      const copy = await this.#parts.copies.ofBatch({ instance, epoch, batch }, waiting);
      return copy?.bytes ?? null;
    });
  }

  async parity(
    instance: InstanceId,
    epoch: number,
    batch: number,
    waiting: Waiting = {},
  ): Promise<readonly Uint8Array[]> {
    return this.#open(waiting, () => readParity(this.#parts.store, { instance, epoch, batch }, waiting));
  }

  async dropSpares(
    capsule: CapsuleId,
    epochs: readonly EpochPlace[],
    waiting: Waiting = {},
  ): Promise<readonly EpochPlace[]> {
    return this.#open(waiting, async () => {
      const { log, sequence, manifests, stripes } = this.#parts;
      await waitFor(sequence.refresh(), waiting.signal);
      const dropped: EpochPlace[] = [];
      for (const { instance, epoch } of epochs) {
        waiting.signal?.throwIfAborted();
        if (!(await mayDrop({ log, manifests }, capsule, { instance, epoch }))) continue;
        await stripes.drop({ instance, epoch });
        dropped.push({ instance, epoch });
      }
      return dropped;
    });
  }

  async unacknowledged(capsule: CapsuleId, waiting: Waiting = {}): Promise<readonly Unacknowledged[]> {
    return this.#open(waiting, async () => {
      await waitFor(this.#parts.sequence.refresh(), waiting.signal);
      return unacknowledged(this.#parts.log, capsule, waiting);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** That a mark is there is what counts; but nothing in a store changes without being told. */
  async #marksPutRight(waiting: Waiting): Promise<readonly string[]> {
    const { store, log } = this.#parts;
    if (store.readOnly) return [];
    for (const note of log.places.erasures.notes.keys()) {
      const name = names.erasure(note);
      if ((await store.head(name, waiting)) === null) continue;
      const outcome = await putDerived(store, name, erasureMark(note), { ...waiting, isThere: true });
      if (outcome === "repaired") this.#marksRepaired.add(name);
    }
    return [...this.#marksRepaired];
  }

  async #close(): Promise<void> {
    const { cadence, sequence, checkpoints, stripes, outbox } = this.#parts;
    cadence.stop();
    await Promise.allSettled(this.#underway);
    await outbox.stop();
    await sequence.drain();
    await stripes.drain();
    await checkpoints.finish();
  }

  async #inTurn(
    instance: InstanceId,
    capsule: CapsuleId,
    prepare: () => Promise<Submission>,
    { signal }: Waiting,
  ): Promise<readonly Uint8Array[]> {
    // Wrapped, so that the next of this instance waits for this one's place in the queue and not for its receipts.
    const handOn = (submission: Submission) => ({ receipts: this.#parts.sequence.submit(submission, signal) });
    try {
      const { receipts } = await this.#turns.take(instance, prepare, handOn);
      return await receipts;
    } catch (error) {
      const { alerts, clock } = this.#parts;
      if (isClone(error)) alerts.raise({ kind: "clone-suspected", capsule, instance, time: clock() });
      throw error;
    }
  }

  /** Work that `close` waits for. */
  async #open<T>({ signal }: Waiting, work: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw new TypeError("Expected an open harmonizer, got one that was closed.");
    signal?.throwIfAborted();
    const underway = work();
    this.#underway.add(underway);
    try {
      return await underway;
    } finally {
      this.#underway.delete(underway);
    }
  }
}

function only(receipts: readonly Uint8Array[]): Uint8Array {
  const [receipt] = receipts;
  if (receipt === undefined) throw FogboundError.verificationFailed();
  return receipt;
}

function notFound(capsule: CapsuleId): FogboundError {
  return new FogboundError(
    "CAPSULE_NOT_FOUND",
    `The log holds no capsule ${capsule}. Check the id; or publish it first, when it was sealed offline.`,
  );
}
