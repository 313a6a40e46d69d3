import type { SealingKey } from "@fogbound/crypto";
import {
  type AuthorityPart,
  authorityPart,
  type HostPart,
  hostPart,
  type OwnerPart,
  ownerPart,
} from "@fogbound/protocol";
import type { ManifestDraft } from "./draft.js";
import type { ManifestVersion } from "./manifest-chain.js";
import { openPart, openPartAs } from "./parts.js";

/** Everything of one manifest version, as its owner (or the recovery key) sees it. */
export interface OwnerView {
  readonly version: ManifestVersion;
  readonly owner: OwnerPart;
  readonly authority: AuthorityPart;
  readonly host: HostPart;
}

/** @throws FogboundError `KEY_WRONG` for a key the manifest is not sealed to, `VERIFICATION_FAILED`, `FORMAT_INVALID`. */
export async function openAsOwner(version: ManifestVersion, reader: SealingKey): Promise<OwnerView> {
  const { capsule, object } = version;
  const owner = await openPartAs(ownerPart, object.owner, { capsule, part: "owner", reader });
  const host = await openPart(hostPart, object.host, { capsule, part: "host", key: owner.hostPartKey });
  return { version, owner, authority: authorityPart.decode(owner.authorityPart), host };
}

/** The draft from which the next version is written: everything as it is, to be changed where it shall change. */
export function draftFrom(view: OwnerView): ManifestDraft {
  const {
    suite: _suite,
    version: _version,
    previous: _previous,
    time: _time,
    parts: _parts,
    ...publicPart
  } = view.version.manifest;
  const { suite: _hostSuite, ...host } = view.host;
  const { suite: _authoritySuite, hostPartKey: _hostPartKey, ...authority } = view.authority;
  return { public: publicPart, host, authority, itemKeys: view.owner.itemKeys };
}
