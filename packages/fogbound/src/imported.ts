import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, layout, type Waiting } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";

/** True for a capsule that lies here because an export of it was imported. */
export async function isImported(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<boolean> {
  for await (const _ of store.list(layout.imported(capsule), waiting)) return true;
  return false;
}

/** Sequenced a second time, its versions would contradict the receipts that came with it. */
export async function refuseImported(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): Promise<void> {
  if (await isImported(store, capsule, waiting))
    throw new FogboundError(
      "STORE_UNSUPPORTED",
      `The capsule ${capsule} was imported: it can be read and audited here, and its log goes on nowhere. Seal its items anew to change or serve them.`,
    );
}
