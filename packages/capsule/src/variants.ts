import { randomBytes } from "@fogbound/crypto";
import type { KeyWrapper } from "@fogbound/crypto/ibe";
import {
  type CapsuleId,
  type ItemId,
  type ManifestItem,
  randomIdentifier,
  type Variant,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { sealContent } from "./content.js";

export interface VariantsOptions extends Waiting {
  readonly capsule: CapsuleId;
  readonly wrapper: KeyWrapper;
}

/**
 * Seals the contents of one item, real and decoys, each under a key of its own, one after another in the order given: in the
 * store and in the manifest nothing tells which is which, not even when it was written.
 * @param sources all of as many bytes; which of them is real is the caller's secret
 */
export async function sealVariants(
  store: ObjectStore,
  item: ItemId,
  sources: readonly AsyncIterable<Uint8Array>[],
  { capsule, wrapper, ...waiting }: VariantsOptions,
): Promise<{ readonly item: ManifestItem; readonly keys: readonly Uint8Array[] }> {
  const variants: Variant[] = [];
  const keys: Uint8Array[] = [];
  for (const [variant, source] of sources.entries()) {
    const [content, key] = [randomIdentifier("cnt"), randomBytes(32)];
    const { chunks, root } = await sealContent(store, { capsule, item, variant, content }, key, source, waiting);
    variants.push({ content, chunks, root, wrap: wrapper.wrap(key) });
    keys.push(key);
  }
  return { item: { id: item, variants }, keys };
}
