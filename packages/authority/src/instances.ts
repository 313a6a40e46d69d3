import { FogboundError } from "@fogbound/errors";
import type { HostEntry, HostId, InstanceId, Registration } from "@fogbound/protocol";

/** An instance that registered with this process, and has not been replaced. */
export interface LiveInstance {
  readonly instance: InstanceId;
  readonly host: HostId;
  readonly key: Uint8Array;
}

/** The live instances of one capsule. In memory: after a restart every instance registers again. */
export class Instances {
  readonly #live = new Map<InstanceId, LiveInstance>();

  /** @throws FogboundError `HOST_UNPROVED` for one that did not register with this process, or was replaced. */
  require(instance: InstanceId): LiveInstance {
    const found = this.#live.get(instance);
    if (found !== undefined) return found;
    throw new FogboundError("HOST_UNPROVED", `The instance ${instance} is not registered here. Register it again.`, {
      retryable: true,
    });
  }

  /** @throws FogboundError `HOST_UNPROVED` when the host has as many instances as the manifest lets it have. */
  requireRoom(entry: HostEntry, { instance, previous }: Registration): void {
    const others = [...this.#live.values()].filter(
      (one) => one.host === entry.id && one.instance !== instance && one.instance !== previous?.instance,
    );
    if (others.length < entry.mostInstances) return;
    throw new FogboundError(
      "HOST_UNPROVED",
      `The host ${entry.id} has ${others.length} instances of this capsule, and may have ${entry.mostInstances}. A restarted one names the one before it.`,
    );
  }

  /** Only an instance of the same host is replaced: nobody ends somebody else's. */
  add({ instance, host, instanceKey, previous }: Registration): void {
    const replaced = previous === null ? undefined : this.#live.get(previous.instance);
    if (replaced !== undefined && replaced.host === host) this.#live.delete(replaced.instance);
    this.#live.set(instance, { instance, host, key: instanceKey });
  }
}
