import { fromBase32, type SealingKey, sealingKeyFromSecret, sha256, toBase32, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";

const words = /^FOGBOUND-RECOVERY((?:-[A-Z2-7]{4}){14})$/;

/** The recovery key as it is shown once and written down: base32 of the secret and two check bytes, in groups of four. */
export function formatRecoveryKey(key: SealingKey): string {
  const bytes = new Uint8Array([...key.secretKey, ...check(key.secretKey)]);
  const padded = toBase32(bytes).toUpperCase().padEnd(56, "A");
  return `FOGBOUND-RECOVERY-${(padded.match(/.{4}/g) ?? []).join("-")}`;
}

/** @throws FogboundError `FORMAT_INVALID` for another shape, `KEY_WRONG` when a character was mistyped. */
export async function parseRecoveryKey(text: string): Promise<SealingKey> {
  const match = words.exec(text.trim().toUpperCase());
  if (match === null)
    throw new FogboundError(
      "FORMAT_INVALID",
      "Expected a recovery key: FOGBOUND-RECOVERY- and 14 groups of four characters.",
    );
  const digits = (match[1] ?? "").replaceAll("-", "").toLowerCase();
  const bytes = decode(digits);
  const secret = bytes.slice(0, 32);
  if (!digits.endsWith("a") || toBase32(check(secret)) !== toBase32(bytes.slice(32))) {
    throw new FogboundError(
      "KEY_WRONG",
      "The recovery key does not check: a character is wrong or two were swapped. Compare it with what was written down.",
    );
  }
  return sealingKeyFromSecret(secret);
}

// 34 bytes are 55 characters; the 56th fills the last group.
function decode(digits: string): Uint8Array {
  try {
    return fromBase32(digits.slice(0, 55));
  } catch {
    return new Uint8Array(34);
  }
}

function check(secret: Uint8Array): Uint8Array {
  return sha256(utf8("fogbound/v1/recovery-check"), secret).slice(0, 2);
}
