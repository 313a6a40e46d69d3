import type { FogHands, OwnerId, Remembered, Waiting } from "@fogbound/protocol";
import {
  type Baseline,
  baselineFormat,
  emptyBaseline,
  type Judgement,
  learnBaseline,
  type Outcome,
} from "../profile/index.js";
import { load } from "./keeper.js";
import { Rhythm } from "./rhythm.js";

const name = "peers";

/** What a killed process loses of a group: so many accesses, or so long. */
const mostUnsaved = 256;
const unsavedMilliseconds = 10 * 60 * 1000;
/** Of what was learnt since the last save, so much is learnt again on top of what another process saved. */
const mostRepeated = 1024;
/** Who is overtaken so often leaves it to the next time. */
const mostTurns = 4;

interface Learnt {
  readonly judgement: Judgement;
  readonly outcome: Outcome;
}

/** How all readers of one owner behave together: what a reader with little history is held against. */
export class Peers {
  #baseline: Baseline;
  readonly #hands: FogHands;
  readonly #rhythm: Rhythm = new Rhythm(mostUnsaved, unsavedMilliseconds);
  #after: Remembered | null;
  readonly #unsaved = new Set<Learnt>();

  private constructor(baseline: Baseline, after: Remembered | null, hands: FogHands) {
    this.#baseline = baseline;
    this.#after = after;
    this.#hands = hands;
  }

  static async load(hands: FogHands, waiting: Waiting): Promise<Peers> {
    const { value, after } = await load(hands.memory, name, baselineFormat, emptyBaseline, waiting);
    return new Peers(value, after, hands);
  }

  /** As it is now: after a save it may be another one. */
  get baseline(): Baseline {
    return this.#baseline;
  }

  learn(judgement: Judgement, outcome: Outcome): void {
    learnBaseline(this.#baseline, judgement, outcome);
    this.#unsaved.add({ judgement, outcome });
    const [oldest] = this.#unsaved;
    if (this.#unsaved.size > mostRepeated && oldest !== undefined) this.#unsaved.delete(oldest);
  }

  /** Call it for every access of any reader: see {@link Rhythm}. */
  async saveSoon(time: number, waiting: Waiting): Promise<void> {
    if (this.#rhythm.beat(time)) await this.save(waiting);
  }

  /** Where another process has saved first, what was learnt here is learnt again on top of that. */
  async save(waiting: Waiting): Promise<void> {
    for (let turn = 0; turn < mostTurns; turn++) {
      const saving = [...this.#unsaved];
      const bytes = baselineFormat.encode(this.#baseline);
      const saved = await this.#hands.memory.save(name, bytes, this.#after, waiting);
      if (saved !== null) {
        this.#after = saved;
        for (const one of saving) this.#unsaved.delete(one);
        return;
      }
      await this.#takeIn(waiting);
    }
  }

  async #takeIn(waiting: Waiting): Promise<void> {
    const { value, after } = await load(this.#hands.memory, name, baselineFormat, emptyBaseline, waiting);
    for (const { judgement, outcome } of this.#unsaved) learnBaseline(value, judgement, outcome);
    this.#baseline = value;
    this.#after = after;
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
