import { toHex } from "@fogbound/crypto";
import { type CapsuleId, hashOf, type InstanceId, received } from "@fogbound/protocol";
import type { Step } from "./advance.js";
import { Erasures } from "./erasures.js";

/** In which bundle a thing was sequenced: bundle numbers only, one for each head, batch, manifest and capsule. */
export class Places {
  /** For each epoch, from 1: the bundle of its head, then of each of its batches. */
  readonly #chains = new Map<InstanceId, number[][]>();
  readonly #manifests = new Map<CapsuleId, number[]>();
  readonly #tips = new Map<CapsuleId, number>();
  readonly #bundles = new Map<CapsuleId, number[]>();
  readonly #notes = new Map<string, number>();
  /** For each instance, the highest record that was acknowledged. */
  readonly #received = new Map<InstanceId, number>();
  readonly erasures: Erasures = new Erasures();

  take(step: Step, bundle: number): void {
    const bundles = at(this.#bundles, step.capsule);
    if (bundles.at(-1) !== bundle) bundles.push(bundle);
    if (step.kind === "manifest") at(this.#manifests, step.capsule).push(bundle);
    if (step.kind === "tips") this.#tips.set(step.capsule, bundle);
    if (step.kind === "note") this.#notes.set(noteName(step.bytes), bundle);
    if (step.kind === "note" && step.about === "erased") this.erasures.take(step.bytes);
    if (step.kind === "note" && step.about === "received") this.#receive(step.bytes);
    if (step.kind === "head") at(this.#chains, step.head.instance).push([bundle]);
    if (step.kind === "batch") at(this.#chains, step.content.statement.instance).at(-1)?.push(bundle);
  }

  head(instance: InstanceId, epoch: number): number | undefined {
    return this.#chains.get(instance)?.[epoch - 1]?.[0];
  }

  batch(instance: InstanceId, epoch: number, batch: number): number | undefined {
    return batch < 1 ? undefined : this.#chains.get(instance)?.[epoch - 1]?.[batch];
  }

  isReceived(instance: InstanceId, number: number): boolean {
    return number === 0 || (this.#received.get(instance) ?? 0) >= number;
  }

  #receive(note: Uint8Array): void {
    for (const { instance, number } of received.read(note).value.chains)
      this.#received.set(instance, Math.max(number, this.#received.get(instance) ?? 0));
  }

  /** How many batches of an epoch are sequenced. */
  batches(instance: InstanceId, epoch: number): number {
    return Math.max(0, (this.#chains.get(instance)?.[epoch - 1]?.length ?? 0) - 1);
  }

  manifest(capsule: CapsuleId, version: number): number | undefined {
    return this.#manifests.get(capsule)?.[version - 1];
  }

  tips(capsule: CapsuleId): number | undefined {
    return this.#tips.get(capsule);
  }

  note(bytes: Uint8Array): number | undefined {
    return this.#notes.get(noteName(bytes));
  }

  /** All that anything was sequenced of. */
  capsules(): readonly CapsuleId[] {
    return [...this.#bundles.keys()];
  }

  /** Bundles with an entry of this capsule, in order; grows. */
  bundles(capsule: CapsuleId): readonly number[] {
    return this.#bundles.get(capsule) ?? [];
  }
}

function noteName(bytes: Uint8Array): string {
  return toHex(hashOf(bytes));
}

function at<Name, Value>(map: Map<Name, Value[]>, name: Name): Value[] {
  const found = map.get(name);
  if (found !== undefined) return found;
  const made: Value[] = [];
  map.set(name, made);
  return made;
}
