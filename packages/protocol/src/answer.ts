import {
  bytes32,
  embedded,
  type Format,
  format,
  identifier,
  instant,
  list,
  nullable,
  oneOf,
  struct,
  text,
  unsigned,
} from "./codec.js";
import type { AuthorityId, CapsuleId, ContentId } from "./identifiers.js";
import { type Signed, signed } from "./signed.js";

/** What a denial says aloud: coarse on purpose, never the policy's text. */
export type DenialReason = "policy" | "revoked" | "not-in-force" | "too-many-uses";

/** An authority's signed reply. Nothing in it tells real from fog. */
export interface Answer {
  readonly suite: 1;
  readonly authority: AuthorityId;
  readonly capsule: CapsuleId;
  readonly request: Uint8Array;
  /** Hash of the host's header for this request. */
  readonly header: Uint8Array;
  /** Hash of the leaf receipt; null in break-glass. */
  readonly receipt: Uint8Array | null;
  /** Hash of the authority's journal header for this answer. */
  readonly journal: Uint8Array;
  readonly decision: "permit" | "deny" | "challenge";
  readonly reason: DenialReason | null;
  readonly question: string | null;
  readonly variant: ContentId | null;
  readonly leaseSeconds: number;
  /** SHA-256 of the decryption share. */
  readonly share: Uint8Array | null;
  readonly time: number;
}

const payload: Format<Answer> = format(
  "answer",
  struct<Answer>({
    suite: oneOf(1),
    authority: identifier("aut"),
    capsule: identifier("cap"),
    request: bytes32,
    header: bytes32,
    receipt: nullable(bytes32),
    journal: bytes32,
    decision: oneOf("permit", "deny", "challenge"),
    reason: nullable(oneOf("policy", "revoked", "not-in-force", "too-many-uses")),
    question: nullable(text(4096)),
    variant: nullable(identifier("cnt")),
    leaseSeconds: unsigned(86_400),
    share: nullable(bytes32),
    time: instant,
  }),
);

export const answer: Signed<Answer> = signed(payload);

/** A fresh X25519 key for one answer, signed by the instance key. */
export interface Recipient {
  readonly suite: 1;
  readonly key: Uint8Array;
  readonly request: Uint8Array;
}

const recipientPayload: Format<Recipient> = format(
  "recipient",
  struct<Recipient>({ suite: oneOf(1), key: bytes32, request: bytes32 }),
);

export const recipient: Signed<Recipient> = signed(recipientPayload);

/** A reader's word for what arrived, signed by the session key. */
export interface Delivery {
  readonly suite: 1;
  readonly answer: Uint8Array;
  readonly ranges: readonly { readonly offset: number; readonly length: number }[];
  /** SHA-256 of the bytes received. */
  readonly digest: Uint8Array;
}

const deliveryPayload: Format<Delivery> = format(
  "delivery",
  struct<Delivery>({
    suite: oneOf(1),
    answer: bytes32,
    ranges: list(struct({ offset: unsigned(), length: unsigned() }), { most: 1000 }),
    digest: bytes32,
  }),
);

export const delivery: Signed<Delivery> = signed(deliveryPayload);

/** What a host sends to each authority, everything that PROTOCOL 5.5 lists. */
export interface Question {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly request: Uint8Array;
  readonly session: Uint8Array;
  /** The clear header of the asked record, the batch statement over it, its place there and the path. */
  readonly header: Uint8Array;
  readonly statement: Uint8Array;
  readonly place: number;
  readonly path: readonly Uint8Array[];
  readonly opening: Uint8Array;
  /** The leaf receipt for the header; null when the harmonizer cannot be reached, and break-glass is asked for. */
  readonly receipt: Uint8Array | null;
  readonly recipient: Uint8Array;
  /** What the host saw of the reader. */
  readonly address: string | null;
  readonly country: string | null;
  /** Indexes of the authorities whose shares the host will combine. */
  readonly shares: readonly number[];
}

export const question: Format<Question> = format(
  "question",
  struct<Question>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    request: embedded,
    session: embedded,
    header: embedded,
    statement: embedded,
    place: unsigned(),
    path: list(bytes32, { most: 64 }),
    opening: bytes32,
    receipt: nullable(embedded),
    recipient: embedded,
    address: nullable(text(64)),
    country: nullable(text(2)),
    shares: list(unsigned(255), { least: 1, most: 255 }),
  }),
);
