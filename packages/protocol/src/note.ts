import {
  bytes32,
  type Codec,
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
import type { FindingCode } from "./finding.js";
import type { CapsuleId, InstanceId } from "./identifiers.js";
import { type ChainTip, chainTip } from "./instance.js";
import { type Signed, signed } from "./signed.js";

/**
 * What is said about the log after it was written, and stands in it as a leaf of its own, so that it cannot be unsaid:
 * *erased* (by the owner's root key), *received* (by the owner's root key or an auditor's signing key), *explained* (by
 * the owner's root key).
 */
export type NoteKind = "erased" | "received" | "explained";

export const noteKinds: readonly ["erased", "received", "explained"] = ["erased", "received", "explained"];

/** Records whose bodies were taken away; null stands for the whole epoch, whose wraps were. */
export interface ErasedRecords {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly numbers: readonly number[] | null;
}

/** A body that is missing, or an epoch that cannot be read, is a finding without such a note. */
export interface Erased {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly time: number;
  readonly records: readonly ErasedRecords[];
  /** Why, for whoever reads the audit. */
  readonly because: string;
}

const erasedRecords: Codec<ErasedRecords> = struct<ErasedRecords>({
  instance: identifier("ins"),
  epoch: unsigned(),
  numbers: nullable(list(unsigned(), { least: 1, most: 100_000 })),
});

const erasedPayload: Format<Erased> = format(
  "erased",
  struct<Erased>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    time: instant,
    records: list(erasedRecords, { least: 1, most: 10_000 }),
    because: text(1024),
  }),
);

export const erased: Signed<Erased> = signed(erasedPayload);

/** What was pushed arrived, up to these records: only then, and never before the retention ends, may a host drop it. */
export interface Received {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly time: number;
  readonly chains: readonly ChainTip[];
}

const receivedPayload: Format<Received> = format(
  "ack",
  struct<Received>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    time: instant,
    chains: list(chainTip, { least: 1, most: 100_000 }),
  }),
);

export const received: Signed<Received> = signed(receivedPayload);

/** The owner's word for one finding: it stays in every verdict, with the reason beside it, and no longer decides it. */
export interface Explained {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly time: number;
  readonly code: FindingCode;
  /** `findingHash` of the finding: it explains this one and no other. */
  readonly finding: Uint8Array;
  readonly because: string;
}

const explainedPayload: Format<Explained> = format(
  "explained",
  struct<Explained>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    time: instant,
    code: findingCode(),
    finding: bytes32,
    because: text(1024),
  }),
);

export const explained: Signed<Explained> = signed(explainedPayload);

/** A later release may know more codes; a note about one of those still reads. */
function findingCode(): Codec<FindingCode> {
  const any = text(64);
  return { write: (value) => any.write(value), read: (value, path) => any.read(value, path) as FindingCode };
}
