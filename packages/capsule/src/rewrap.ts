import type { AuthorityGroup, CapsuleId } from "@fogbound/protocol";
import type { ManifestDraft } from "./draft.js";
import { wrapperFor } from "./wraps.js";

/**
 * The next manifest, with the same item keys wrapped under the next key version: for other authorities, another threshold,
 * or the same ones anew. The content stays, and so does what anybody holds: a key that has left is taken back only by
 * `resealItems`.
 */
export async function rewrapItems(
  capsule: CapsuleId,
  draft: ManifestDraft,
  authorities: AuthorityGroup = draft.public.authorities,
): Promise<ManifestDraft> {
  const keyVersion = draft.public.keyVersion + 1;
  const wrapper = await wrapperFor(authorities, capsule, keyVersion);
  const items = draft.public.items.map((item, at) => ({
    ...item,
    variants: item.variants.map((variant, number) => ({
      ...variant,
      wrap: wrapper.wrap(keyOf(draft, at, number)),
    })),
  }));
  return { ...draft, public: { ...draft.public, authorities, keyVersion, items } };
}

/** @throws TypeError for a draft whose keys are not those of its items. */
export function keyOf({ itemKeys }: Pick<ManifestDraft, "itemKeys">, item: number, variant: number): Uint8Array {
  const key = itemKeys[item]?.[variant];
  if (key === undefined) throw new TypeError(`Expected a key for variant ${variant} of item ${item}, got none.`);
  return key;
}
