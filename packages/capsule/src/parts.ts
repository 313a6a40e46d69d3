import { label, openAead, openSealed, randomBytes, type SealingKey, sealAead, sealTo, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, type Format, sameBytes, sealedPart } from "@fogbound/protocol";

export type PartName = "host" | "authority" | "owner";

const nonce = new Uint8Array(12); // a part key seals one part
const info = label("part-key");

/**
 * Seals one part of a manifest. Key and ciphertext are bound to the capsule: a part lifted into another owner's
 * manifest does not open there.
 */
export async function sealPart<T>(
  format: Format<T>,
  value: T,
  to: {
    readonly capsule: CapsuleId;
    readonly part: PartName;
    readonly key?: Uint8Array;
    readonly recipients: readonly Uint8Array[];
  },
): Promise<Uint8Array> {
  const key = to.key ?? randomBytes(32);
  const ciphertext = await sealAead(key, nonce, format.encode(value), binding(to.capsule, to.part));
  const wraps = await Promise.all(
    to.recipients.map(async (recipient) => ({
      recipient,
      sealed: await sealTo(recipient, info, key, utf8(to.capsule)),
    })),
  );
  return sealedPart.encode({ suite: 1, ciphertext, wraps });
}

/** @throws FogboundError `VERIFICATION_FAILED` or `FORMAT_INVALID`. */
export async function openPart<T>(
  format: Format<T>,
  bytes: Uint8Array,
  from: { readonly capsule: CapsuleId; readonly part: PartName; readonly key: Uint8Array },
): Promise<T> {
  const { ciphertext } = sealedPart.decode(bytes);
  return format.decode(await openAead(from.key, nonce, ciphertext, binding(from.capsule, from.part)));
}

/** @throws FogboundError `KEY_WRONG` when the part is wrapped to other keys, `VERIFICATION_FAILED`, `FORMAT_INVALID`. */
export async function openPartAs<T>(
  format: Format<T>,
  bytes: Uint8Array,
  from: { readonly capsule: CapsuleId; readonly part: PartName; readonly reader: SealingKey },
): Promise<T> {
  const wrap = sealedPart.decode(bytes).wraps.find(({ recipient }) => sameBytes(recipient, from.reader.publicKey));
  if (wrap === undefined)
    throw new FogboundError(
      "KEY_WRONG",
      `The ${from.part} part of ${from.capsule} is not sealed to this key. Use the key of the owner who sealed it, or its recovery key.`,
    );
  const key = await openSealed(from.reader, info, wrap.sealed, utf8(from.capsule));
  return openPart(format, bytes, { ...from, key });
}

function binding(capsule: CapsuleId, part: PartName): Uint8Array {
  return utf8(`${capsule}/${part}`);
}
