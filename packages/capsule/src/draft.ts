import { randomBytes, type SigningKey } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type AuthorityPart,
  authorityPart,
  type CapsuleId,
  type Genesis,
  genesis,
  type HostPart,
  hashOf,
  hostPart,
  type Manifest,
  manifest,
  manifestObject,
  type OwnerPart,
  ownerPart,
} from "@fogbound/protocol";
import { type ManifestVersion, verifyManifest } from "./manifest-chain.js";
import { sealPart } from "./parts.js";

/** A manifest in the clear, as its owner writes it: the public part and the three parts before they are sealed. */
export interface ManifestDraft {
  readonly public: Omit<Manifest, "suite" | "version" | "previous" | "time" | "parts">;
  readonly host: Omit<HostPart, "suite">;
  readonly authority: Omit<AuthorityPart, "suite" | "hostPartKey">;
  readonly itemKeys: OwnerPart["itemKeys"];
}

const largestManifest = 8 * 1024 * 1024;

/**
 * Seals the parts to those who may open them, and signs. Every version has part keys of its own.
 * @throws FogboundError `FORMAT_INVALID` when a list that must not be empty is, or the whole is larger than 8 MiB.
 */
export async function signManifest(
  capsule: CapsuleId,
  draft: ManifestDraft,
  before: ManifestVersion | null,
  time: number,
  signer: SigningKey,
): Promise<ManifestVersion> {
  const { read, recovery }: Genesis = genesis.decode(draft.public.genesis);
  const hostPartKey = randomBytes(32);
  const authorityValue: AuthorityPart = { suite: 1, ...draft.authority, hostPartKey };
  const ownerValue: OwnerPart = {
    suite: 1,
    itemKeys: draft.itemKeys,
    hostPartKey,
    authorityPart: authorityPart.encode(authorityValue),
  };
  const host = await sealPart(
    hostPart,
    { suite: 1, ...draft.host },
    { capsule, part: "host", key: hostPartKey, recipients: draft.public.auditors.map(({ readKey }) => readKey) },
  );
  const authority = await sealPart(authorityPart, authorityValue, {
    capsule,
    part: "authority",
    recipients: draft.public.authorities.members.map(({ partKey }) => partKey),
  });
  const owner = await sealPart(ownerPart, ownerValue, { capsule, part: "owner", recipients: [read, ...recovery] });
  const value: Manifest = {
    suite: 1,
    ...draft.public,
    version: (before?.manifest.version ?? 0) + 1,
    previous: before?.hash ?? null,
    time,
    parts: { host: hashOf(host), authority: hashOf(authority), owner: hashOf(owner) },
  };
  const bytes = manifestObject.encode({
    suite: 1,
    manifest: await manifest.sign(value, signer),
    host,
    authority,
    owner,
  });
  if (bytes.length > largestManifest)
    throw new FogboundError(
      "FORMAT_INVALID",
      `Expected a manifest of at most ${largestManifest} bytes, got ${bytes.length}. Seal fewer items into one capsule, or use shorter names.`,
    );
  return verifyManifest(capsule, bytes, before);
}
