import { FogboundError } from "@fogbound/errors";
import { sealChallengeReply } from "@fogbound/identity";
import { type CapsuleId, capsuleIdOf, genesis, hashOf, manifest, sameBytes } from "@fogbound/protocol";

/** A reply to a challenge. Only the capsule's authorities can read it. */
export interface Reply {
  /** The `challenge` of the access that ended in it. */
  readonly challenge: Uint8Array;
  readonly answer: string;
}

/** A manifest as a host shows it to whoever is to sign over it. */
export interface ShownManifest {
  readonly capsule: CapsuleId;
  /** Hash of `signed`. */
  readonly manifest: Uint8Array;
  readonly signed: Uint8Array;
}

/**
 * Seals a reply to the authorities that the capsule's owner has named. A host that shows another manifest learns nothing:
 * the capsule's id is the hash of who may sign it.
 * @returns null without a reply
 * @throws FogboundError `VERIFICATION_FAILED` for a manifest that is not the capsule's, or that a publisher has signed.
 */
export async function sealReply(shown: ShownManifest, reply: Reply | undefined): Promise<Uint8Array | null> {
  if (reply === undefined) return null;
  const claim = manifest.read(shown.signed);
  const { root } = genesis.decode(claim.value.genesis);
  const isShown = sameBytes(hashOf(shown.signed), shown.manifest) && capsuleIdOf(claim.value.genesis) === shown.capsule;
  if (!isShown) throw FogboundError.verificationFailed();
  const { authorities } = await claim.verify(root);
  const recipients = authorities.members.map(({ partKey }) => partKey);
  return sealChallengeReply({ suite: 1, ...reply }, recipients, shown.capsule);
}
