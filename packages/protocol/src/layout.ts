import { toHex } from "@fogbound/crypto";
import type { AuthorityId, CapsuleId, ContentId, InstanceId } from "./identifiers.js";

/** Where everything lies (PROTOCOL section 2). Nobody else spells a key. */
export const layout = {
  capsules: (): string => "capsules/",
  capsule: (capsule: CapsuleId): string => `capsules/${capsule}/`,
  content: (capsule: CapsuleId, content: ContentId): string => `capsules/${capsule}/content/${content}`,
  manifests: (capsule: CapsuleId): string => `capsules/${capsule}/manifests/`,
  /** The hash stands in the name: junk cannot block a version. */
  manifest: (capsule: CapsuleId, version: number, hash: Uint8Array): string =>
    `capsules/${capsule}/manifests/${padded(version)}-${toHex(hash)}`,
  /** The root of a host's log of one capsule; names below it are those of `LogObjects`. */
  hostLog: (capsule: CapsuleId): string => `capsules/${capsule}/`,
  journal: (authority: AuthorityId, capsule: CapsuleId): string => `authority/${authority}/${capsule}/`,
  head: (instance: InstanceId, epoch: number): string => `instances/${instance}/${padded(epoch)}/head`,
  epochKey: (instance: InstanceId, epoch: number, recipient: string): string =>
    `instances/${instance}/${padded(epoch)}/keys/${recipient}`,
  batch: (instance: InstanceId, epoch: number, batch: number): string =>
    `instances/${instance}/${padded(epoch)}/${padded(batch)}`,
} as const;

/** Eight digits, so that key order is number order. */
export function padded(number: number): string {
  return String(number).padStart(8, "0");
}
