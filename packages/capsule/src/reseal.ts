import { randomBytes } from "@fogbound/crypto";
import {
  type CapsuleId,
  type ContentId,
  type ManifestItem,
  randomIdentifier,
  type Variant,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { openContent, sealContent } from "./content.js";
import type { ManifestDraft } from "./draft.js";
import { keyOf } from "./rewrap.js";
import { wrapperFor } from "./wraps.js";

export interface Resealed {
  readonly draft: ManifestDraft;
  /** The contents under the keys that are given up: to be deleted once the new manifest is in force. */
  readonly replaced: readonly ContentId[];
}

export interface ResealOptions extends Waiting {
  /** Called with the plaintext bytes sealed so far, over all items. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Every item anew: new key, new content id, and so a new ciphertext. The only cure for an item key that has left or
 * leaked; who copied plaintext keeps it. Streams: memory does not grow with the items.
 *
 * @throws FogboundError `VERIFICATION_FAILED` or `ITEM_NOT_FOUND` when a content is damaged or gone; nothing of the old
 * capsule is touched.
 */
export async function resealItems(
  store: ObjectStore,
  capsule: CapsuleId,
  draft: ManifestDraft,
  options: ResealOptions = {},
): Promise<Resealed> {
  const keyVersion = draft.public.keyVersion + 1;
  const wrapper = await wrapperFor(draft.public.authorities, capsule, keyVersion);
  let bytes = 0;
  const onPiece = (length: number): void => {
    bytes += length;
    options.onBytes?.(bytes);
  };
  const items: ManifestItem[] = [];
  const itemKeys: Uint8Array[][] = [];
  for (const [at, item] of draft.public.items.entries()) {
    const variants: Variant[] = [];
    const keys: Uint8Array[] = [];
    for (const [number, variant] of item.variants.entries()) {
      const key = randomBytes(32);
      const place = { capsule, item: item.id, variant: number };
      const opened = openContent(
        store,
        {
          ...place,
          content: variant.content,
          key: keyOf(draft, at, number),
          length: draft.host.items[at]?.length ?? 0,
        },
        undefined,
        options,
      );
      const content = randomIdentifier("cnt");
      const sealed = await sealContent(store, { ...place, content }, key, counted(opened, onPiece), options);
      variants.push({ content, chunks: sealed.chunks, root: sealed.root, wrap: wrapper.wrap(key) });
      keys.push(key);
    }
    items.push({ id: item.id, variants });
    itemKeys.push(keys);
  }
  const replaced = draft.public.items.flatMap(({ variants }) => variants.map(({ content }) => content));
  return { draft: { ...draft, public: { ...draft.public, keyVersion, items }, itemKeys }, replaced };
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onPiece: (length: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    yield piece;
    onPiece(piece.length);
  }
}
