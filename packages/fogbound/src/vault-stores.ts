import { layout } from "@fogbound/protocol";
import { ObjectStore, routedDriver, type StoreDriver, type Waiting } from "@fogbound/storage";

/** Where the parts of one vault lie. The same driver may stand for two of them. */
export interface VaultStores {
  /** Contents and manifests, and whatever is none of the others. */
  readonly content: StoreDriver;
  /** The hosts' logs and the authorities' journals. */
  readonly log: StoreDriver;
  /** The harmonizer's sequence, copies, parity and checkpoint. */
  readonly harmonizer: StoreDriver;
}

/**
 * One vault in several stores, on adapters of any kind: each object lies in the store of its part and is looked for
 * nowhere else. What takes an `ObjectStore` takes it as any other. Its capabilities are those that all of the stores have.
 *
 * @throws FogboundError as `ObjectStore.open`, for the first store that cannot be opened; then none stays open.
 */
export function openVault(
  { content, log, harmonizer }: VaultStores,
  options: Waiting & { readonly maxRetries?: number; readonly readOnly?: boolean } = {},
): Promise<ObjectStore> {
  const routes = [
    { prefixes: layout.parts.log, driver: log },
    { prefixes: layout.parts.harmonizer, driver: harmonizer },
  ];
  return ObjectStore.open(routedDriver(routes, content), options);
}
