import { batchStatement, type CapsuleId, epochHead, type InstanceId, type PrunedBundle } from "@fogbound/protocol";
import { epochName } from "./context.js";
import type { LogObject } from "./log-object.js";

/** How far a piece of the harmonizer's log goes: for each epoch its last batch, 0 where only the head is in it. */
export class Reached {
  readonly #capsule: CapsuleId;
  readonly #batches: Map<string, number> = new Map();

  constructor(capsule: CapsuleId) {
    this.#capsule = capsule;
  }

  /** Nothing of it is verified here. @throws FogboundError `FORMAT_INVALID` */
  add({ entries }: PrunedBundle): void {
    for (const entry of entries) {
      if (entry.kind === "other" || entry.capsule !== this.#capsule) continue;
      if (entry.kind === "head") this.#raise({ ...epochHead.read(entry.head).value, batch: 0 });
      if (entry.kind === "batch") this.#raise(batchStatement.read(entry.statement).value);
    }
  }

  /** An object that lies in a log, and with it those before it. */
  addObject({ instance, epoch, batch }: LogObject): void {
    this.#raise({ instance, epoch, batch: batch ?? 0 });
  }

  has({ instance, epoch, batch }: LogObject): boolean {
    const last = this.#batches.get(epochName(instance, epoch));
    return last !== undefined && (batch ?? 0) <= last;
  }

  #raise({ instance, epoch, batch }: { instance: InstanceId; epoch: number; batch: number }): void {
    const name = epochName(instance, epoch);
    this.#batches.set(name, Math.max(batch, this.#batches.get(name) ?? 0));
  }
}
