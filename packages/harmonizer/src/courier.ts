import { FogboundError } from "@fogbound/errors";
import { type Alerts, backoff, type CapsuleId, type Clock, type Later, withPatience } from "@fogbound/protocol";
import type { SignedCheckpoint } from "./checkpoints.js";
import { nextPush, type PushParts } from "./next-push.js";
import { hasCode } from "./objects.js";
import type { Arrived, Sink } from "./sink.js";

export interface CourierParts extends PushParts {
  readonly clock: Clock;
  readonly later: Later;
  readonly alerts: Alerts;
  /** Tips and a checkpoint over everything of the capsule. */
  readonly anchor: (capsule: CapsuleId) => Promise<SignedCheckpoint | null>;
  /** What there was of the capsule has been taken: its stripes may be closed. */
  readonly taken: (capsule: CapsuleId) => Promise<void>;
}

/** How long a sink may take for one push. */
const patienceSeconds = 60;
const nothing: Arrived = { number: 0, bundle: -1, remaining: 0 };

/**
 * Brings one sink what it lacks, capsule by capsule, and waits longer and longer while it takes nothing. It keeps
 * positions and no logs, so a sink that is away for a month costs a number.
 */
export class Courier {
  readonly #sink: Sink;
  readonly #parts: CourierParts;
  readonly #due = new Set<CapsuleId>();
  readonly #arrived = new Map<CapsuleId, Arrived>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #cancel: (() => void) | null = null;
  #failures = 0;
  #since: number | null = null;

  constructor(sink: Sink, parts: CourierParts) {
    this.#sink = sink;
    this.#parts = parts;
  }

  /** Returns at once. */
  add(capsule: CapsuleId): void {
    this.#due.add(capsule);
    this.#start();
  }

  /** Whether the sink may still want a batch of this bundle. */
  isBehind(capsule: CapsuleId, bundle: number): boolean {
    const { bundle: last, remaining } = this.#arrived.get(capsule) ?? nothing;
    return bundle > last || (bundle === last && remaining > 0);
  }

  /** Nothing is under way when it resolves. */
  async stop(): Promise<void> {
    this.#cancel?.();
    this.#stopping.abort(new Error("The harmonizer is being closed."));
    await this.#running;
  }

  #start(): void {
    if (this.#running !== null || this.#cancel !== null || this.#stopping.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      // What became due in the very last moment.
      if (this.#due.size > 0) this.#start();
    });
  }

  async #run(): Promise<void> {
    for (const capsule of this.#due) {
      // Before it is looked at: what comes from now on makes it due again.
      this.#due.delete(capsule);
      try {
        await this.#bring(capsule);
        this.#failures = 0;
        this.#since = null;
      } catch (error) {
        // The others get their turn first next time: what one of them lacks must not keep the rest waiting.
        this.#due.add(capsule);
        if (!this.#stopping.signal.aborted) this.#failed(capsule, error);
        return;
      }
    }
  }

  async #bring(capsule: CapsuleId): Promise<void> {
    const { log, anchor, taken } = this.#parts;
    const { signal } = this.#stopping;
    let lost: number | null = null;
    for (;;) {
      const after = this.#arrived.get(capsule) ?? (await this.#resume(capsule));
      if (!this.isBehind(capsule, log.places.bundles(capsule).at(-1) ?? -1)) return;
      const signed = await anchor(capsule);
      const next = signed === null ? null : await nextPush(this.#parts, capsule, after, signed, { signal });
      if (next === null) return;
      try {
        await this.#patiently((waiting) => this.#sink.push(next.bytes, waiting));
      } catch (error) {
        // Another process of this harmonizer pushes there too: then more has arrived, and that is no failure.
        this.#arrived.delete(capsule);
        if (lost === next.arrived.number || !hasCode(error, "OBJECT_EXISTS")) throw error;
        lost = next.arrived.number;
        continue;
      }
      this.#arrived.set(capsule, next.arrived);
      await taken(capsule);
    }
  }

  async #resume(capsule: CapsuleId): Promise<Arrived> {
    const arrived = (await this.#patiently((waiting) => this.#sink.arrived(capsule, waiting))) ?? nothing;
    this.#arrived.set(capsule, arrived);
    return arrived;
  }

  #patiently<T>(work: (waiting: { readonly signal: AbortSignal }) => Promise<T>): Promise<T> {
    const { later } = this.#parts;
    const { signal } = this.#stopping;
    const tooLong = (): FogboundError =>
      new FogboundError("STORE_UNREACHABLE", `The sink ${this.#sink.name} did not answer within ${patienceSeconds} s.`);
    return withPatience({ later, milliseconds: patienceSeconds * 1000, tooLong }, { signal }, work);
  }

  #failed(capsule: CapsuleId, error: unknown): void {
    const { alerts, clock, later } = this.#parts;
    if (this.#since === null) {
      this.#since = clock();
      const because = error instanceof Error ? error.message : String(error);
      alerts.raise({ kind: "sink-failing", sink: this.#sink.name, capsule, since: this.#since, because });
    }
    this.#cancel = later(backoff(this.#failures++), async () => {
      this.#cancel = null;
      this.#start();
    });
  }
}
