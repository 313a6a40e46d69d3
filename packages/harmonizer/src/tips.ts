import type { SigningKey } from "@fogbound/crypto";
import { type CapsuleId, type ChainTip, type Clock, tips } from "@fogbound/protocol";
import { inForceIn } from "./advance.js";
import type { Draft } from "./draft.js";

/** Signs where every chain of a capsule ends, so that a cut tail is missed. A chain without a record has no tip. */
export class TipsWriter {
  readonly #origin: string;
  readonly #receiptKey: SigningKey;
  readonly #clock: Clock;

  constructor(origin: string, receiptKey: SigningKey, clock: Clock) {
    this.#origin = origin;
    this.#receiptKey = receiptKey;
    this.#clock = clock;
  }

  write(draft: Draft, capsule: CapsuleId): Promise<Uint8Array> {
    const { version, hash: manifest } = inForceIn(draft.state, capsule);
    const chains: ChainTip[] = [];
    for (const { instance, recordEpoch: epoch, number, hash } of draft.state.chains(capsule).values())
      if (hash !== null) chains.push({ instance, epoch, number, hash });
    chains.sort((left, right) => (left.instance < right.instance ? -1 : 1));
    const time = Math.max(this.#clock(), draft.log.position.time);
    return tips.sign({ suite: 1, origin: this.#origin, capsule, version, manifest, chains, time }, this.#receiptKey);
  }
}
