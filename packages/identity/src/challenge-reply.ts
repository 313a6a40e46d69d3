import { label, sealTo, utf8 } from "@fogbound/crypto";
import { type CapsuleId, challengeReply, type ReplyText, replyText } from "@fogbound/protocol";

/**
 * A reply to a challenge, which only these authorities can read, and only in this capsule.
 * @param recipients their part keys
 * @throws FogboundError `FORMAT_INVALID` for an empty answer, or one of more than 1024 bytes.
 */
export async function sealChallengeReply(
  reply: ReplyText,
  recipients: readonly Uint8Array[],
  capsule: CapsuleId,
): Promise<Uint8Array> {
  const plain = replyText.encode(reply);
  const sealed = recipients.map(async (recipient) => ({
    recipient,
    ciphertext: await sealTo(recipient, label("challenge-reply"), plain, utf8(capsule)),
  }));
  return challengeReply.encode({ suite: 1, sealed: await Promise.all(sealed) });
}
