import { label, openAead, openSealed, type SealingKey, utf8 } from "@fogbound/crypto";
import {
  type AuthorityPart,
  authorityPart,
  type CapsuleId,
  type Format,
  type HostPart,
  hostPart,
  ownerPart,
  sameBytes,
  sealedPart,
} from "@fogbound/protocol";
import { ifItHolds } from "./attempt.js";
import type { KnownManifest } from "./manifests.js";

/** What the audit's keys can read of a manifest; null where they cannot. */
export interface Parts {
  readonly host: HostPart | null;
  readonly authority: AuthorityPart | null;
}

const nonce = new Uint8Array(12); // a part's key seals that part alone

/** Through the owner part, or through a wrap of the authority part, or of the host part alone, to one of the keys. */
export async function openParts(
  capsule: CapsuleId,
  known: KnownManifest,
  readKeys: readonly SealingKey[],
): Promise<Parts> {
  const { parts } = known;
  const owner = await openForKeys(ownerPart, parts.owner, { capsule, name: "owner", readKeys });
  const authority =
    owner === null
      ? await openForKeys(authorityPart, parts.authority, { capsule, name: "authority", readKeys })
      : await ifItHolds(async () => authorityPart.decode(owner.authorityPart));
  const hostKey = owner?.hostPartKey ?? authority?.hostPartKey ?? null;
  const { host } = parts;
  if (host === null) return { host: null, authority };
  if (hostKey === null)
    return { host: await openForKeys(hostPart, host, { capsule, name: "host", readKeys }), authority };
  return { host: await ifItHolds(() => openWith(hostPart, host, { capsule, name: "host", key: hostKey })), authority };
}

async function openForKeys<T>(
  format: Format<T>,
  bytes: Uint8Array | null,
  from: { readonly capsule: CapsuleId; readonly name: string; readonly readKeys: readonly SealingKey[] },
): Promise<T | null> {
  if (bytes === null) return null;
  const { capsule, name } = from;
  return ifItHolds(async () => {
    for (const { recipient, sealed } of sealedPart.decode(bytes).wraps) {
      const reader = from.readKeys.find(({ publicKey }) => sameBytes(publicKey, recipient));
      if (reader === undefined) continue;
      const key = await openSealed(reader, label("part-key"), sealed, utf8(capsule));
      return openWith(format, bytes, { capsule, name, key });
    }
    return null;
  });
}

async function openWith<T>(
  format: Format<T>,
  bytes: Uint8Array,
  from: { readonly capsule: CapsuleId; readonly name: string; readonly key: Uint8Array },
): Promise<T> {
  const { ciphertext } = sealedPart.decode(bytes);
  return format.decode(await openAead(from.key, nonce, ciphertext, utf8(`${from.capsule}/${from.name}`)));
}
