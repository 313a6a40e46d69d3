import { rootOf, type SigningKey } from "@fogbound/crypto";
import { FogboundError, Serial, waitFor } from "@fogbound/errors";
import {
  type Bundle,
  bundle as bundleFormat,
  type Clock,
  leafHashesOf,
  receipt as receiptFormat,
  sameBytes,
  sequenceObject,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { Admission } from "./admit.js";
import type { Step } from "./advance.js";
import { Draft } from "./draft.js";
import type { SequencedBundle } from "./history.js";
import type { LogReader } from "./log-reader.js";
import { names } from "./names.js";
import { hasCode } from "./objects.js";
import type { OpenCopies } from "./open-copies.js";
import { BundleReceipts } from "./receipts.js";
import type { Submission } from "./submission.js";

export interface SequenceParts {
  readonly store: ObjectStore;
  readonly log: LogReader;
  readonly admission: Admission;
  readonly copies: OpenCopies;
  readonly origin: string;
  readonly receiptKey: SigningKey;
  readonly clock: Clock;
  /** Told of each bundle that this process sequenced. */
  readonly onSequenced: (sequenced: SequencedBundle, steps: readonly Step[]) => void;
}

interface Pending {
  readonly submission: Submission;
  readonly signal: AbortSignal | undefined;
  resolve(receipts: readonly Uint8Array[]): void;
  reject(error: unknown): void;
}

interface Placed {
  readonly pending: Pending;
  readonly index: number;
}

/**
 * Puts what is pending into the next bundle, all of it at once, and creates that bundle: of all processes that try the
 * same number one wins, and the others read what it wrote before they try the next. A submission is answered only out
 * of a bundle that is there, so an outcome that stays unknown costs an error and never a second leaf.
 */
export class Sequence {
  readonly #parts: SequenceParts;
  /** One reads or writes the end of the log at a time. */
  readonly #serial = new Serial();
  #queue: Pending[] = [];
  #worker: Promise<void> | null = null;
  #refresh: Promise<void> | null = null;
  /** The number that was taken, yet not to be read, when it was tried last. */
  #takenUnread: number | null = null;

  constructor(parts: SequenceParts) {
    this.#parts = parts;
  }

  /** Resolves to the receipts, one for each leaf. An abort rejects; what was pending may be sequenced all the same. */
  submit(submission: Submission, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const receipts = new Promise<readonly Uint8Array[]>((resolve, reject) => {
      this.#queue.push({ submission, signal, resolve, reject });
    });
    this.#worker ??= this.#work();
    return waitFor(receipts, signal);
  }

  /** Reads what other processes sequenced. Those who ask while one waits its turn share it. */
  refresh(): Promise<void> {
    this.#refresh ??= this.#serial.run(() => {
      this.#refresh = null;
      return this.#parts.log.refresh();
    });
    return this.#refresh;
  }

  /** Resolves when nothing is pending. */
  async drain(): Promise<void> {
    while (this.#worker !== null) await this.#worker;
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) await this.#serial.run(() => this.#round());
    this.#worker = null;
  }

  async #round(): Promise<void> {
    const { log } = this.#parts;
    try {
      await log.refresh();
    } catch (error) {
      for (const pending of this.#queue.splice(0)) pending.reject(error);
      return;
    }
    const draft = new Draft(log);
    const placed = await this.#fill(draft);
    if (draft.entries.length === 0) return;
    try {
      const sequenced = await this.#create(draft);
      log.take(sequenced, draft.steps);
      this.#takenUnread = null;
      answer(placed, sequenced);
      this.#parts.onSequenced(sequenced, draft.steps);
    } catch (error) {
      await this.#recover(error, placed, log.position.next);
    }
  }

  async #fill(draft: Draft): Promise<Placed[]> {
    const placed: Placed[] = [];
    while (this.#queue.length > 0 && !draft.isFull) {
      const pending = this.#queue.shift();
      if (pending === undefined || pending.signal?.aborted) continue;
      try {
        const admitted = await this.#parts.admission.admit(draft, pending.submission);
        if (admitted === null) {
          this.#queue.unshift(pending);
          break;
        }
        if ("index" in admitted) placed.push({ pending, index: admitted.index });
        else pending.resolve(admitted.receipts);
      } catch (error) {
        pending.reject(error);
      }
    }
    return placed;
  }

  async #create(draft: Draft): Promise<SequencedBundle> {
    const { log, origin, receiptKey, clock } = this.#parts;
    const { next: number, root: previous, size: first, time: notBefore } = log.position;
    const time = Math.max(clock(), notBefore);
    const bundle: Bundle = { suite: 1, number, previous, first, time, entries: draft.entries };
    const leafHashes = leafHashesOf(bundle);
    const root = rootOf(leafHashes);
    const statement = {
      suite: 1,
      origin,
      bundle: number,
      previous,
      first,
      count: leafHashes.length,
      root,
      time,
    } as const;
    const [receipt] = await Promise.all([
      receiptFormat.sign(statement, receiptKey),
      this.#parts.copies.put(number, root, wholeBatches(draft.steps)),
    ]);
    const sequenced = { bundle, receipt, leafHashes, root };
    await this.#commit(sequenced);
    return sequenced;
  }

  async #commit(sequenced: SequencedBundle): Promise<void> {
    const { store, log, copies } = this.#parts;
    const { bundle, receipt, root } = sequenced;
    const { number } = bundle;
    const bytes = sequenceObject.encode({ suite: 1, bundle: bundleFormat.encode(bundle), receipt });
    try {
      await store.create(names.sequence(number), bytes);
    } catch (error) {
      // Only when another's bundle is read there: an outcome that is unknown may yet be ours.
      const winner = await log.history.read(number).catch(() => null);
      if (winner !== null && !sameBytes(winner.root, root)) await copies.drop({ number, root }).catch(() => undefined);
      throw error;
    }
  }

  /** After a create that did not clearly succeed: what lies there now decides who is tried again. */
  async #recover(error: unknown, placed: readonly Placed[], number: number): Promise<void> {
    const { log } = this.#parts;
    const lost = hasCode(error, "OBJECT_EXISTS");
    await log.refresh().catch(() => undefined);
    const isRead = log.position.next > number;
    if (isRead || (lost && this.#takenUnread !== number)) {
      this.#takenUnread = lost && !isRead ? number : null;
      this.#queue.unshift(...placed.map(({ pending }) => pending));
      return;
    }
    const failure = lost ? unreadable(number, error) : error;
    for (const { pending } of placed) pending.reject(failure);
  }
}

function answer(placed: readonly Placed[], sequenced: SequencedBundle): void {
  const receipts = new BundleReceipts(sequenced);
  for (const { pending, index } of placed) {
    try {
      pending.resolve(receipts.of(index));
    } catch (error) {
      pending.reject(error);
    }
  }
}

function wholeBatches(steps: readonly Step[]): Uint8Array[] {
  return steps.flatMap((step) => (step.kind === "batch" && step.bytes !== null ? [step.bytes] : []));
}

function unreadable(number: number, cause: unknown): FogboundError {
  return new FogboundError(
    "STORE_UNSUITABLE",
    `Expected to read ${names.sequence(number)}, which the store says exists; it could not be read. The log waits until it can be.`,
    { cause },
  );
}
