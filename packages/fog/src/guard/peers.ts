import type { FogHands, OwnerId, Remembered, Waiting } from "@fogbound/protocol";
import { type Baseline, baselineFormat, emptyBaseline } from "../profile/index.js";
import { load } from "./keeper.js";

const name = "peers";

/** How all readers of one owner behave together: what a reader with little history is held against. */
export class Peers {
  readonly baseline: Baseline;
  readonly #hands: FogHands;
  #after: Remembered | null;

  private constructor(baseline: Baseline, after: Remembered | null, hands: FogHands) {
    this.baseline = baseline;
    this.#after = after;
    this.#hands = hands;
  }

  static async load(hands: FogHands, waiting: Waiting): Promise<Peers> {
    const { value, after } = await load(hands.memory, name, baselineFormat, emptyBaseline, waiting);
    return new Peers(value, after, hands);
  }

  /** Where another process has saved first, its word stands: nothing depends on the last few accesses of a group. */
  async save(waiting: Waiting): Promise<void> {
    const saved = await this.#hands.memory.save(name, baselineFormat.encode(this.baseline), this.#after, waiting);
    this.#after = saved ?? (await this.#hands.memory.load(name, waiting));
  }
}

/** Of every owner the peers of his readers. */
export class PeersOfOwners {
  readonly #peers = new Map<OwnerId, Promise<Peers>>();

  of(owner: OwnerId, hands: FogHands, waiting: Waiting): Promise<Peers> {
    const known = this.#peers.get(owner) ?? Peers.load(hands, waiting);
    this.#peers.set(owner, known);
    known.catch(() => this.#peers.delete(owner));
    return known;
  }

  async saveAll(waiting: Waiting): Promise<void> {
    for (const peers of this.#peers.values()) await (await peers).save(waiting);
  }
}
