import { FogboundError } from "@fogbound/errors";
import type { CapsuleId } from "@fogbound/protocol";
import { capsuleIds } from "./capsule-ids.js";
import type { Context } from "./context.js";
import type { Vault } from "./vault.js";

/**
 * The capsules an owner answers for: every one in the store but those sealed by somebody else, and every one the
 * settings trust, whether or not the store still has it. One that is damaged is among them: damage must not hide it.
 */
export async function* ownCapsules(
  { settings, output, signal }: Context,
  vault: Vault,
): AsyncGenerator<CapsuleId, void, undefined> {
  const missing = new Set(settings.trust.value);
  for await (const id of capsuleIds(vault.store, "cap_", signal)) {
    missing.delete(id);
    if (await isSomebodyElses(vault, id, signal)) output.note(`${id}: passed over, it is somebody else's`);
    else yield id;
  }
  yield* missing;
}

async function isSomebodyElses({ owner }: Vault, id: CapsuleId, signal: AbortSignal): Promise<boolean> {
  try {
    await owner.describe(id, { signal });
    return false;
  } catch (error) {
    if (signal.aborted) throw error;
    return FogboundError.isInstance(error) && error.code === "KEY_WRONG";
  }
}
