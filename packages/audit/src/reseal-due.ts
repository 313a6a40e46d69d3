import {
  type ContentId,
  type HostId,
  type InstanceId,
  type ItemId,
  type Manifest,
  registration,
} from "@fogbound/protocol";
import { ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import type { KnownManifest } from "./manifests.js";
import type { OpenedRecord } from "./records.js";
import type { Sequence } from "./sequence.js";

/**
 * Which instance was given the key of which content, by the authorities' journals. A key cannot be taken back: when the
 * instance or its host is revoked afterwards, whatever it was given opens until the item is sealed anew. The owner may
 * know better (the process has ended, its host is his own), so it is *incomplete*, not *broken*: nothing proves that the
 * key is in nobody's hands who may not have it, and the owner's explanation settles it. A revocation of everything makes
 * none due: nobody is to be served anew.
 */
export class ReleasedKeys {
  readonly #byInstance: Map<InstanceId, Map<ContentId, ItemId>> = new Map();

  take(record: OpenedRecord): void {
    if (record.kind !== "answered" || record.papers === null) return;
    const { decision, variant, fog } = record.body;
    // The key of a decoy opens nothing that is to be kept from anybody.
    if (decision !== "permit" || variant === null || fog?.step === "fogged") return;
    const { instance, item } = record.papers.request;
    const held = this.#byInstance.get(instance) ?? new Map<ContentId, ItemId>();
    this.#byInstance.set(instance, held);
    held.set(variant, item);
  }

  /** @param inForce the manifest in force; without one nothing can be said */
  judge(context: Context, sequence: Sequence, inForce: KnownManifest | undefined): void {
    if (inForce === undefined) return;
    const { items } = inForce.value;
    const present = new Set(items.flatMap(({ variants }) => variants.map(({ content }) => content)));
    for (const [instance, held] of this.#byInstance) {
      const why = revocation(inForce.value, instance, hostOf(sequence, instance));
      const open = [...held].filter(([content]) => present.has(content));
      if (why === null || open.length === 0) continue;
      const what = open.length === 1 ? "the key of 1 item" : `the keys of ${open.length} items`;
      const sentence = `Instance ${instance} was given ${what} that is not sealed anew since ${why}: seal the capsule anew, or explain why nobody has them any more.`;
      const evidence = open.map(([content, item]) => `item ${item} content ${content}`);
      context.findings.add("RESEAL_DUE", "incomplete", sentence, evidence);
    }
  }
}

function hostOf({ chains }: Sequence, instance: InstanceId): HostId | null {
  const bytes = chains.get(instance)?.registration ?? null;
  return bytes === null ? null : (ifItReads(() => registration.read(bytes))?.value.host ?? null);
}

function revocation({ revoked, hosts }: Manifest, instance: InstanceId, host: HostId | null): string | null {
  if (revoked.instances.includes(instance)) return "the instance was revoked";
  if (host === null) return null;
  if (revoked.hosts.includes(host)) return `its host ${host} was revoked`;
  return hosts.some(({ id }) => id === host) ? null : `its host ${host} was taken out of the manifest`;
}
