import { type InstanceId, registration } from "@fogbound/protocol";
import { ifItReads } from "./attempt.js";
import type { OpenedRecord } from "./records.js";

/** Where an authority journaled a registration. */
interface Registered {
  /** The journal's own instance. */
  readonly journal: InstanceId;
  readonly epoch: number;
  readonly leaf: number;
}

const mostInstances = 100_000;

/** Which instance took another's place, by what authorities journaled. */
export class Successions {
  readonly #registered: Map<InstanceId, Registered[]> = new Map();
  readonly #successors: Map<InstanceId, InstanceId[]> = new Map();

  add({ body, stand }: Extract<OpenedRecord, { kind: "registered" }>): void {
    const value = ifItReads(() => registration.read(body.registration))?.value;
    if (value === undefined || this.#registered.size >= mostInstances) return;
    const { instance, previous } = value;
    const { epoch, instance: journal } = stand.header;
    push(this.#registered, instance, { journal, epoch, leaf: stand.leaf });
    if (previous !== null) push(this.#successors, previous.instance, instance);
  }

  /**
   * Whether an authority that knew this instance has begun an epoch since, and registered in it, after this leaf, who took
   * its place. One that starts anew knows no instance any more, and one that is shown a newer manifest answers none that
   * was asked under the older: either refuses, and journals nothing; the host begins anew, and asks again.
   */
  isOvertaken(instance: InstanceId, leaf: number): boolean {
    const before = this.#registered.get(instance) ?? [];
    const after = (this.#successors.get(instance) ?? []).flatMap((one) => this.#registered.get(one) ?? []);
    return after.some(
      (next) => next.leaf > leaf && before.some(({ journal, epoch }) => journal === next.journal && epoch < next.epoch),
    );
  }
}

function push<Value>(lists: Map<InstanceId, Value[]>, name: InstanceId, value: Value): void {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  list.push(value);
}
