import { type ManifestVersion, openAsOwner, openContent } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import type { SealingKey } from "@fogbound/identity";
import type { Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";

/**
 * An item of one version, opened with the owner's read key or a recovery key.
 * @throws FogboundError while iterating: `ITEM_NOT_FOUND`, `KEY_WRONG`, `VERIFICATION_FAILED`, and the store's codes.
 */
export async function* readItem(
  store: ObjectStore,
  version: ManifestVersion,
  name: string,
  reader: SealingKey,
  waiting: Waiting,
): AsyncGenerator<Uint8Array, void, undefined> {
  const view = await openAsOwner(version, reader);
  const at = view.host.items.findIndex((one) => one.name === name);
  const described = view.host.items[at];
  const real = view.authority.real[at] ?? 0;
  const variant = version.manifest.items[at]?.variants[real];
  const key = view.owner.itemKeys[at]?.[real];
  if (described === undefined || variant === undefined || key === undefined)
    throw new FogboundError("ITEM_NOT_FOUND", `The capsule has no item ${JSON.stringify(name.slice(0, 120))}.`);
  const { capsule } = version;
  const { id: item, length } = described;
  yield* openContent(
    store,
    { capsule, item, variant: real, content: variant.content, key, length },
    undefined,
    waiting,
  );
}
