import type { CapsuleId, FogHands, Waiting } from "@fogbound/protocol";
import { update } from "./keeper.js";
import { firstMark, type MarkMemory, markMemory } from "./memory.js";
import { Turns } from "./turns.js";

/** Gives out the marks of each capsule, one after another: small numbers, as what an identifier can carry is little. */
export class MarkBook {
  readonly #turns = new Turns();

  /** Durable before it is used: no two processes give out the same one. */
  next(capsule: CapsuleId, hands: FogHands, waiting: Waiting): Promise<number> {
    return this.#turns.run(capsule, () =>
      update(
        hands,
        `marks/${capsule}`,
        markMemory,
        fresh,
        ({ next }) => ({ value: { suite: 1 as const, next: next + 1 }, result: next }),
        waiting,
      ),
    );
  }
}

function fresh(): MarkMemory {
  return { suite: 1, next: firstMark };
}
