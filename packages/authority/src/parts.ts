import { label, openAead, openSealed, type SealingKey, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type AuthorityPart,
  authorityPart,
  type CapsuleId,
  type HostPart,
  hostPart,
  sameBytes,
  sealedPart,
} from "@fogbound/protocol";

const nonce = new Uint8Array(12); // a part key seals one part

/**
 * The authority part, with the authority's own key. Wrap and ciphertext are bound to the capsule id: a part lifted into
 * a manifest under another genesis does not open, so nobody takes over somebody else's capsule by signing it anew.
 *
 * @throws FogboundError `VERIFICATION_FAILED` or `FORMAT_INVALID`.
 */
export async function openAuthorityPart(
  bytes: Uint8Array,
  capsule: CapsuleId,
  key: SealingKey,
): Promise<AuthorityPart> {
  const { ciphertext, wraps } = sealedPart.decode(bytes);
  const wrap = wraps.find(({ recipient }) => sameBytes(recipient, key.publicKey));
  if (wrap === undefined) throw FogboundError.verificationFailed();
  const partKey = await openSealed(key, label("part-key"), wrap.sealed, utf8(capsule));
  return authorityPart.decode(await openAead(partKey, nonce, ciphertext, utf8(`${capsule}/authority`)));
}

/** The host part, with the key that stands in the authority part. @throws as `openAuthorityPart`. */
export async function openHostPart(bytes: Uint8Array, capsule: CapsuleId, key: Uint8Array): Promise<HostPart> {
  const { ciphertext } = sealedPart.decode(bytes);
  return hostPart.decode(await openAead(key, nonce, ciphertext, utf8(`${capsule}/host`)));
}
