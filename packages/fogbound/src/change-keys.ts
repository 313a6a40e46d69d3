import { type ManifestDraft, resealItems, rewrapItems } from "@fogbound/capsule";
import { type AuthorityGroup, type CapsuleId, layout, type Waiting } from "@fogbound/protocol";
import { changeCapsule } from "./change.js";
import { signalOf } from "./owner-steps.js";
import type { OwnerParties } from "./parties.js";

export interface RewrapOptions extends Waiting {
  /** Who shall release from now on. Default: the capsule's present authorities, under new wraps. */
  readonly authorities?: AuthorityGroup;
}

export interface ResealOptions extends Waiting {
  /** Plaintext bytes sealed so far, and of all items together. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

export async function rewrapCapsule(parties: OwnerParties, capsule: CapsuleId, options: RewrapOptions): Promise<void> {
  await changeCapsule(parties, capsule, (draft) => rewrapItems(capsule, draft, options.authorities), signalOf(options));
}

/** New contents beside the old ones, the manifest that names them in force, and only then the old ones deleted. */
export async function resealCapsule(parties: OwnerParties, capsule: CapsuleId, options: ResealOptions): Promise<void> {
  const { store } = parties;
  const waiting = signalOf(options);
  const { before } = await changeCapsule(
    parties,
    capsule,
    async (draft) => {
      const total = plaintextBytes(draft);
      const onBytes = (bytes: number): void => options.onProgress?.(bytes, total);
      return (await resealItems(store, capsule, draft, { ...waiting, onBytes })).draft;
    },
    waiting,
  );
  const replaced = before.manifest.items.flatMap(({ variants }) => variants.map(({ content }) => content));
  for (const content of replaced) await store.delete(layout.content(capsule, content), waiting);
}

function plaintextBytes({ host, public: { items } }: ManifestDraft): number {
  return items.reduce((sum, { variants }, at) => sum + variants.length * (host.items[at]?.length ?? 0), 0);
}
