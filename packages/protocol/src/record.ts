import { concatBytes, label, openAead, randomBytes, sealAead, sha256, toBase32, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  bytes32,
  type Codec,
  embedded,
  type Format,
  flag,
  format,
  identifier,
  instant,
  list,
  nullable,
  oneOf,
  optional,
  sameBytes,
  struct,
  suite,
  text,
  union,
  unsigned,
} from "./codec.js";
import { type FogVerdict, fogVerdict } from "./fog.js";
import type { ContentId, InstanceId } from "./identifiers.js";
import { type Place, place } from "./place.js";

export type RecordKind = "asked" | "answered" | "delivered" | "registered";

/** What everybody may see of a record, and what the chain, the leaves and the receipts are made over. */
export interface RecordHeader {
  readonly suite: 1;
  readonly instance: InstanceId;
  readonly epoch: number;
  /** From 1, through all epochs of the instance. */
  readonly number: number;
  /** SHA-256 of the header before; null for number 1. */
  readonly previous: Uint8Array | null;
  readonly kind: RecordKind;
  /** SHA-256("fogbound/v1/commitment" | opening | request hash): binds the record to one request, and hides which. */
  readonly commitment: Uint8Array;
  /** SHA-256 of the sealed body. */
  readonly body: Uint8Array;
  /** One tag for each counting rule this request may fall under. */
  readonly counts: readonly Uint8Array[];
}

export const recordHeader: Format<RecordHeader> = format(
  "record",
  struct<RecordHeader>({
    suite: oneOf(1),
    instance: identifier("ins"),
    epoch: unsigned(),
    number: unsigned(),
    previous: nullable(bytes32),
    kind: oneOf("asked", "answered", "delivered", "registered"),
    commitment: bytes32,
    body: bytes32,
    counts: list(bytes32, { most: 1000 }),
  }),
);

/** A request, as the host got it, before anybody was asked. */
export interface AskedBody {
  readonly kind: "asked";
  readonly time: number;
  readonly opening: Uint8Array;
  readonly request: Uint8Array;
  readonly session: Uint8Array;
  /** What the host itself saw. */
  readonly place: Place;
}

/** What left the host, under which answer. */
export interface DeliveredBody {
  readonly kind: "delivered";
  readonly time: number;
  readonly opening: Uint8Array;
  /** Hash of the request. */
  readonly request: Uint8Array;
  /** The authorities' signed answers, whole. */
  readonly answers: readonly Uint8Array[];
  readonly outcome: "delivered" | "broken-off" | "denied" | "challenged";
  readonly ranges: readonly { readonly offset: number; readonly length: number }[];
  readonly bytes: number;
  readonly acknowledgement: Uint8Array | null;
}

/** An authority's journal entry, durable before its answer leaves. */
export interface AnsweredBody {
  readonly kind: "answered";
  readonly time: number;
  readonly opening: Uint8Array;
  readonly request: Uint8Array;
  readonly session: Uint8Array;
  readonly place: Place;
  /** Hashes of the host's header, and of the receipt that covers it. */
  readonly header: Uint8Array;
  readonly receipt: Uint8Array | null;
  readonly decision: "permit" | "deny" | "challenge";
  readonly reason: string;
  readonly variant: ContentId | null;
  readonly leaseSeconds: number;
  readonly share: Uint8Array | null;
  /** What a guard made of the access; absent where there is none to ask. */
  readonly fog?: FogVerdict;
}

/** An instance taken up by an authority, which released the host part's key to it. */
export interface RegisteredBody {
  readonly kind: "registered";
  readonly time: number;
  readonly opening: Uint8Array;
  readonly registration: Uint8Array;
  readonly manifest: Uint8Array;
  readonly released: boolean;
}

export type RecordBody = AskedBody | DeliveredBody | AnsweredBody | RegisteredBody;

const range: Codec<{ offset: number; length: number }> = struct({ offset: unsigned(), length: unsigned() });

const bodyShape: Codec<RecordBody> = union<RecordBody>({
  asked: struct<AskedBody>({
    kind: oneOf("asked"),
    time: instant,
    opening: bytes32,
    request: embedded,
    session: embedded,
    place,
  }),
  delivered: struct<DeliveredBody>({
    kind: oneOf("delivered"),
    time: instant,
    opening: bytes32,
    request: bytes32,
    answers: list(embedded, { most: 255 }),
    outcome: oneOf("delivered", "broken-off", "denied", "challenged"),
    ranges: list(range, { most: 1000 }),
    bytes: unsigned(),
    acknowledgement: nullable(embedded),
  }),
  answered: struct<AnsweredBody>({
    kind: oneOf("answered"),
    time: instant,
    opening: bytes32,
    request: embedded,
    session: embedded,
    place,
    header: bytes32,
    receipt: nullable(bytes32),
    decision: oneOf("permit", "deny", "challenge"),
    reason: text(1024),
    variant: nullable(identifier("cnt")),
    leaseSeconds: unsigned(86_400),
    share: nullable(bytes32),
    fog: optional(fogVerdict),
  }),
  registered: struct<RegisteredBody>({
    kind: oneOf("registered"),
    time: instant,
    opening: bytes32,
    registration: embedded,
    manifest: bytes32,
    released: flag,
  }),
});

const body: Format<{ readonly suite: 1; readonly record: RecordBody }> = format(
  "record-body",
  struct({ suite: oneOf(1), record: bodyShape }),
);

export function commitmentOf(opening: Uint8Array, requestHash: Uint8Array): Uint8Array {
  return sha256(label("commitment"), opening, requestHash);
}

/** The header's fields but the body's hash, which does not exist yet: associated data of the sealed body. */
export type HeaderDraft = Omit<RecordHeader, "body">;

const paddedTo = 512;
const nonce = new Uint8Array(12); // the record key is used once

/** The header and the sealed body. `recordKey` must never seal another record. */
export async function sealRecord(
  draft: HeaderDraft,
  record: RecordBody,
  recordKey: Uint8Array,
): Promise<{ readonly header: Uint8Array; readonly body: Uint8Array }> {
  const sealed = await sealAead(recordKey, nonce, pad(body.encode({ suite, record })), associated(draft));
  return { header: recordHeader.encode({ ...draft, body: sha256(sealed) }), body: sealed };
}

/**
 * @throws FogboundError `VERIFICATION_FAILED` when the body is not the one the header names or does not open under it;
 * `FORMAT_INVALID`, also when header and body disagree about the kind.
 */
export async function openRecord(header: RecordHeader, sealed: Uint8Array, recordKey: Uint8Array): Promise<RecordBody> {
  // Who holds the record key could seal a second body under the same header; the header names one.
  if (!sameBytes(sha256(sealed), header.body)) throw FogboundError.verificationFailed();
  const { record } = body.decode(unpad(await openAead(recordKey, nonce, sealed, associated(header))));
  if (record.kind === header.kind) return record;
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected a body of kind ${header.kind}, as its header says, got ${record.kind}.`,
  );
}

function associated(draft: HeaderDraft): Uint8Array {
  const { suite, instance, epoch, number, previous, kind, commitment, counts } = draft;
  const withoutBody: RecordHeader = {
    suite,
    instance,
    epoch,
    number,
    previous,
    kind,
    commitment,
    body: new Uint8Array(32),
    counts,
  };
  return recordHeader.encode(withoutBody);
}

function pad(plain: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((plain.length + 4) / paddedTo) * paddedTo);
  new DataView(padded.buffer).setUint32(0, plain.length);
  padded.set(plain, 4);
  return padded;
}

function unpad(padded: Uint8Array): Uint8Array {
  const length = padded.length < 4 ? Number.NaN : new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  const isPadded = padded.length === paddedTo * Math.ceil((length + 4) / paddedTo);
  if (isPadded && padded.subarray(4 + length).every((byte) => byte === 0)) return padded.slice(4, 4 + length);
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected a record body padded with zeros to a multiple of ${paddedTo} bytes, got ${padded.length} bytes that are not.`,
  );
}

/** The file name of a recipient's wrap of an epoch secret: it says whose, and is safe in any store. */
export function recipientName(readKey: Uint8Array): string {
  return toBase32(sha256(utf8("fogbound/v1/recipient"), readKey)).slice(0, 26);
}

/** Associated data of the HPKE wrap of an epoch secret. */
export function epochBinding(instance: InstanceId, epoch: number): Uint8Array {
  return concatBytes(utf8(`${instance}/${epoch}`));
}

/** The 32 random bytes that open a commitment; fresh for every record. */
export function randomOpening(): Uint8Array {
  return randomBytes(32);
}
