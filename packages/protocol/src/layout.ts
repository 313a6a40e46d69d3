import { fromHex, toHex } from "@fogbound/crypto";
import type { AuthorityId, CapsuleId, ContentId, InstanceId, OwnerId } from "./identifiers.js";

/** Where everything lies (PROTOCOL section 2). Nobody else spells a key. */
export const layout = {
  capsules: (): string => "capsules/",
  capsule: (capsule: CapsuleId): string => `capsules/${capsule}/`,
  content: (capsule: CapsuleId, content: ContentId): string => `capsules/${capsule}/content/${content}`,
  manifests: (capsule: CapsuleId): string => `capsules/${capsule}/manifests/`,
  /** The hash stands in the name: junk cannot block a version. */
  manifest: (capsule: CapsuleId, version: number, hash: Uint8Array): string =>
    `capsules/${capsule}/manifests/${manifestName(version, hash)}`,
  /** The root of a host's log of one capsule; names below it are those of `LogObjects`. */
  hostLog: (capsule: CapsuleId): string => `capsules/${capsule}/`,
  /** The harmonizer's and the authorities' part of an export that was imported, under the names it had in the file. */
  imported: (capsule: CapsuleId): string => `capsules/${capsule}/imported/`,
  journal: (authority: AuthorityId, capsule: CapsuleId): string => `authority/${authority}/${capsule}/`,
  /** The manifests an authority was shown, each under its `manifestName`. */
  shown: (authority: AuthorityId, capsule: CapsuleId): string => `authority/${authority}/${capsule}/manifests/`,
  /** An authority's own notes of outages, beside its journal: `<outage>/began`, `<outage>/<release>`, `<outage>/ended`. */
  outages: (authority: AuthorityId, capsule: CapsuleId): string => `authority/${authority}/${capsule}/outages/`,
  /** What an authority's guard remembers of an owner's readers, each under a name of its own and by number. */
  fog: (authority: AuthorityId, owner: OwnerId): string => `authority/${authority}/fog/${owner}/`,
  /** Where pushes lie in a mailbox, by number. */
  mailbox: (capsule: CapsuleId): string => `mailbox/${capsule}/`,
  /** Where alerts lie in a mailbox, oldest first. */
  alerts: (capsule: CapsuleId): string => `mailbox/${capsule}/alerts/`,
  head: (instance: InstanceId, epoch: number): string => `instances/${instance}/${padded(epoch)}/head`,
  epochKey: (instance: InstanceId, epoch: number, recipient: string): string =>
    `instances/${instance}/${padded(epoch)}/keys/${recipient}`,
  batch: (instance: InstanceId, epoch: number, batch: number): string =>
    `instances/${instance}/${padded(epoch)}/${padded(batch)}`,
  /** What the keys of a vault's parts begin with, should each have a store of its own; "*" is any one segment. All others are of its content. */
  parts: {
    log: ["capsules/*/instances/", "capsules/*/imported/", "authority/"],
    harmonizer: ["harmonizer/"],
  },
} as const;

/** What every copy of a manifest is called, wherever it lies. */
export function manifestName(version: number, hash: Uint8Array): string {
  return `${padded(version)}-${toHex(hash)}`;
}

/** The hash in such a name; null for one that is none. */
export function hashInName(name: string): Uint8Array | null {
  const [, hex] = /^\d{8}-([0-9a-f]{64})$/.exec(name) ?? [];
  return hex === undefined ? null : fromHex(hex);
}

/** Eight digits, so that key order is number order. */
export function padded(number: number): string {
  return String(number).padStart(8, "0");
}
