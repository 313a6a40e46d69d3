import type { CapsuleId, InstanceId } from "@fogbound/protocol";
import type { Step } from "./advance.js";
import { Courier, type CourierParts } from "./courier.js";
import type { Manifests } from "./manifest-facts.js";
import type { Sink } from "./sink.js";

export interface OutboxParts extends CourierParts {
  readonly sinks: readonly Sink[];
  readonly manifests: Manifests;
}

/** What of one capsule is new since it was last due. */
interface Pile {
  bytes: number;
  /** When the first of it came. */
  readonly since: number;
  cancel: () => void;
}

/** A push is due after a day at the latest, so that no timer runs longer. */
const longestSeconds = 86_400;

/**
 * Pushes each capsule's log to the owner's sinks when its manifest's time or size is reached, whichever comes first. Sinks
 * do not wait for one another, and nothing waits for them: what they have not taken is kept whole beside the log.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #couriers: readonly Courier[];
  readonly #piles = new Map<CapsuleId, Pile>();
  #stopped = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#couriers = parts.sinks.map((sink) => new Courier(sink, parts));
  }

  /** What this process sequenced. Returns at once. Tips are made by a push, and are no reason for another one. */
  take(steps: readonly Step[]): void {
    for (const { kind, capsule } of steps) if (kind !== "tips") this.grew(capsule, 0);
  }

  /** So many bytes of this capsule came. Returns at once. */
  grew(capsule: CapsuleId, bytes: number): void {
    if (this.#couriers.length === 0 || this.#stopped) return;
    const pile = this.#piles.get(capsule) ?? { bytes: 0, since: this.#parts.clock(), cancel: () => undefined };
    const isFirst = !this.#piles.has(capsule);
    this.#piles.set(capsule, pile);
    pile.bytes += bytes;
    this.#weigh(capsule, pile, isFirst).catch(() => this.#push(capsule));
  }

  /** What an earlier process did not push, whatever its size: a push too many harms nobody. */
  recover(): void {
    if (this.#couriers.length === 0) return;
    for (const capsule of this.#parts.log.places.capsules()) this.#push(capsule);
  }

  /** Whether a sink still wants this batch whole. */
  keeps(instance: InstanceId, epoch: number, batch: number): boolean {
    const { log } = this.#parts;
    const capsule = log.state.chain(instance)?.capsule;
    const bundle = log.places.batch(instance, epoch, batch);
    if (capsule === undefined || bundle === undefined) return this.#couriers.length > 0;
    return this.#couriers.some((courier) => courier.isBehind(capsule, bundle));
  }

  /** Nothing is pushed any more when it resolves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { cancel } of this.#piles.values()) cancel();
    await Promise.all(this.#couriers.map((courier) => courier.stop()));
  }

  async #weigh(capsule: CapsuleId, pile: Pile, isFirst: boolean): Promise<void> {
    const { log, manifests, clock, later } = this.#parts;
    const inForce = log.state.capsule(capsule);
    if (inForce === undefined) return;
    const { push } = await manifests.terms(capsule, inForce.version, inForce.hash);
    if (this.#piles.get(capsule) !== pile || this.#stopped) return;
    const milliseconds = Math.min(push.seconds, longestSeconds) * 1000;
    if (pile.bytes >= push.bytes || clock() - pile.since >= milliseconds) this.#push(capsule);
    else if (isFirst) pile.cancel = later(milliseconds, async () => this.#push(capsule));
  }

  #push(capsule: CapsuleId): void {
    this.#piles.get(capsule)?.cancel();
    this.#piles.delete(capsule);
    for (const courier of this.#couriers) courier.add(capsule);
  }
}
