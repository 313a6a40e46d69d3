import {
  bytes,
  bytes32,
  embedded,
  type Format,
  format,
  identifier,
  instant,
  nullable,
  oneOf,
  struct,
  text,
  unsigned,
} from "./codec.js";
import type { CapsuleId, InstanceId, ItemId } from "./identifiers.js";
import { type Place, place } from "./place.js";
import { type Signed, signed } from "./signed.js";
import type { Action } from "./subject.js";

/** What a reader signs, with the session key, to ask for an item. */
export interface AccessRequest {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  /** Hash of the manifest the reader was shown. */
  readonly manifest: Uint8Array;
  readonly item: ItemId;
  readonly action: Action;
  readonly purpose: string | null;
  readonly instance: InstanceId;
  readonly nonce: Uint8Array;
  readonly time: number;
  /** The reader's own word. */
  readonly place: Place;
  /** Counts this session's requests from 1, anywhere: one that a host leaves out is missed at the next. */
  readonly counter: number;
  /** Hash of the session's request before this one; null for the first. */
  readonly last: Uint8Array | null;
  /** A reply to a challenge, sealed to the authority. */
  readonly challengeReply: Uint8Array | null;
}

const payload: Format<AccessRequest> = format(
  "request",
  struct<AccessRequest>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    manifest: bytes32,
    item: identifier("itm"),
    action: oneOf("view", "download"),
    purpose: nullable(text(512)),
    instance: identifier("ins"),
    nonce: bytes(16),
    time: instant,
    place,
    counter: unsigned(),
    last: nullable(bytes32),
    challengeReply: nullable(embedded),
  }),
);

export const request: Signed<AccessRequest> = signed(payload);
