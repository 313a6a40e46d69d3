import { encodeCbor } from "@fogbound/crypto";
import type { KeyWrapper } from "@fogbound/crypto/ibe";
import type { AuthorityGroup, CapsuleId } from "@fogbound/protocol";

/**
 * The identity the item keys of a capsule are wrapped to. The key for it never leaves an authority, so it names capsule
 * and key version only; one pairing seals any number of items.
 */
export function wrapIdentity(capsule: CapsuleId, keyVersion: number): Uint8Array {
  return encodeCbor(["fogbound/v1/ibe", capsule, keyVersion]);
}

/**
 * Wraps item keys so that t of the group's authorities, each after its own record, can release them. Works offline. The
 * pairing is loaded with the first one: who only lists or audits carries none of it.
 */
export async function wrapperFor(group: AuthorityGroup, capsule: CapsuleId, keyVersion: number): Promise<KeyWrapper> {
  const { createWrapper } = await import("@fogbound/crypto/ibe");
  return createWrapper(group.publicKey, wrapIdentity(capsule, keyVersion));
}
