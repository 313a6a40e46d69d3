import { randomBytes } from "@fogbound/crypto";
import type { KeyWrapper } from "@fogbound/crypto/ibe";
import { type CapsuleId, type ManifestItem, randomIdentifier, type Variant, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { sealContent } from "./content.js";

/** An item whose real content is sealed, and where it is to stand among its decoys. */
export interface RealItem {
  readonly item: ManifestItem;
  readonly key: Uint8Array;
  /** The number its content was sealed under. */
  readonly real: number;
}

export interface VariantsOptions extends Waiting {
  readonly capsule: CapsuleId;
  readonly wrapper: KeyWrapper;
}

/**
 * Seals decoys around a real content, each under a key of its own. In the store and in the manifest nothing tells which
 * is which: they have one length, one form of name, one form of wrap.
 * @param decoys one source for every other number, each of as many bytes as the real one; in the order of the numbers
 */
export async function sealVariants(
  store: ObjectStore,
  { item, key, real }: RealItem,
  decoys: readonly AsyncIterable<Uint8Array>[],
  { capsule, wrapper, ...waiting }: VariantsOptions,
): Promise<{ readonly item: ManifestItem; readonly keys: readonly Uint8Array[] }> {
  const variants: Variant[] = [];
  const keys: Uint8Array[] = [];
  for (const source of decoys) {
    const [content, itemKey] = [randomIdentifier("cnt"), randomBytes(32)];
    const variant = variants.length < real ? variants.length : variants.length + 1;
    const place = { capsule, item: item.id, variant, content };
    const { chunks, root } = await sealContent(store, place, itemKey, source, waiting);
    variants.push({ content, chunks, root, wrap: wrapper.wrap(itemKey) });
    keys.push(itemKey);
  }
  variants.splice(real, 0, ...item.variants);
  keys.splice(real, 0, key);
  return { item: { id: item.id, variants }, keys };
}
