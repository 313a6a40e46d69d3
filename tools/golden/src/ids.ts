import { utf8 } from "../../../packages/crypto/src/index.js";
import {
  type AuthorityId,
  type CapsuleId,
  type ContentId,
  capsuleIdOf,
  derivedIdentifier,
  genesis,
  type HostId,
  hostIdOf,
  type InstanceId,
  type ItemId,
  instanceIdOf,
} from "../../../packages/protocol/src/index.js";
import { fixed, sealingKey, signingKey } from "./keys.js";

/** 2026-01-01T00:00:00Z, in milliseconds. */
export const start = 1_767_225_600_000;
export const origin = "golden.example/log";
export const reader = "local#reader" as const;

export const item: ItemId = derivedIdentifier("itm", "golden", utf8("item"));
export const content: ContentId = derivedIdentifier("cnt", "golden", utf8("content"));
export const authority: AuthorityId = derivedIdentifier("aut", "golden", utf8("authority"));
export const host: HostId = hostIdOf(signingKey("host").publicKey);

export interface Founded {
  readonly capsule: CapsuleId;
  readonly genesis: Uint8Array;
  readonly instance: InstanceId;
  readonly journal: InstanceId;
}

export async function found(): Promise<Founded> {
  const bytes = genesis.encode({
    suite: 1,
    root: signingKey("root").publicKey,
    read: (await sealingKey("read")).publicKey,
    recovery: [(await sealingKey("recovery")).publicKey],
    salt: fixed("salt"),
  });
  const capsule = capsuleIdOf(bytes);
  return {
    capsule,
    genesis: bytes,
    instance: instanceIdOf(signingKey("instance").publicKey, capsule),
    journal: instanceIdOf(signingKey("journal").publicKey, capsule),
  };
}
