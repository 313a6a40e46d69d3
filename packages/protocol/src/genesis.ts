import { bytes32, type Codec, type Format, format, list, oneOf, struct } from "./codec.js";
import { type CapsuleId, derivedIdentifier, type OwnerId } from "./identifiers.js";

/** What a capsule's id is the hash of; carried in every manifest, never changed. */
export interface Genesis {
  readonly suite: 1;
  /** The owner's Ed25519 key: it signs manifests. */
  readonly root: Uint8Array;
  /** The owner's X25519 key: items and epoch secrets are wrapped to it. */
  readonly read: Uint8Array;
  /** X25519 keys that can do what the read key can, for the day it is lost. */
  readonly recovery: readonly Uint8Array[];
  readonly salt: Uint8Array;
}

const shape: Codec<Genesis> = struct<Genesis>({
  suite: oneOf(1),
  root: bytes32,
  read: bytes32,
  recovery: list(bytes32, { most: 8 }),
  salt: bytes32,
});

export const genesis: Format<Genesis> = format("genesis", shape);

/** The whole id is the hash: nobody can make another genesis for the same capsule. */
export function capsuleIdOf(genesisBytes: Uint8Array): CapsuleId {
  return derivedIdentifier("cap", "fogbound/v1/genesis", genesisBytes);
}

export function ownerIdOf(root: Uint8Array): OwnerId {
  return derivedIdentifier("own", "fogbound/v1/owner", root);
}
