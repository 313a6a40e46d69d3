import { hmacSha256, utf8 } from "@fogbound/crypto";
import type { HostPart, ItemDescription } from "./parts.js";
import type { Action, Subject } from "./subject.js";

/**
 * The tags under which a request is counted: one for each counting rule whose actions and items it falls under, in the
 * host part's order. The host makes them, the authority makes them again, the harmonizer numbers what it cannot read.
 */
export function countTags(part: HostPart, reader: Subject, item: ItemDescription, action: Action): Uint8Array[] {
  return part.counted
    .filter((rule) => rule.actions === null || rule.actions.includes(action))
    .filter((rule) => rule.items === null || rule.items.includes(item.name))
    .map((rule) => hmacSha256(part.countKey, utf8(`fogbound/v1/count|${reader}|${item.id}|${rule.id}`)));
}
