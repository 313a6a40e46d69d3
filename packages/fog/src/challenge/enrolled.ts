import type { Subject } from "@fogbound/protocol";
import {
  bytes,
  bytes32,
  type Codec,
  type Format,
  flag,
  format,
  list,
  nullable,
  oneOf,
  struct,
  subject,
  text,
} from "@fogbound/protocol/codec";

/** scrypt's N for every answer, with r = 8 and p = 1: 32 MiB. One value, so that no reader's answer takes longer than another's. */
export const answerCost = 32_768;

/** A question, and the answer under scrypt: who reads the authority part must still guess it. */
export interface EnrolledQuestion {
  readonly question: string;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly cost: typeof answerCost;
}

/** What one reader can be asked. It stands in the authority part of a manifest, encrypted. */
export interface Enrolled {
  readonly suite: 1;
  readonly reader: Subject;
  readonly questions: readonly EnrolledQuestion[];
  /** RFC 6238, with SHA-1, six digits and 30 s, as authenticators have it; null: none. */
  readonly totpSecret: Uint8Array | null;
  /** Whether the owner may be asked instead. */
  readonly callback: boolean;
  /** What further methods keep, by their names: a public key of WebAuthn, for one. */
  readonly others: readonly OtherSecret[];
}

export interface OtherSecret {
  readonly method: string;
  readonly secret: Uint8Array;
}

const question: Codec<EnrolledQuestion> = struct<EnrolledQuestion>({
  question: text(256),
  salt: bytes32,
  hash: bytes32,
  cost: oneOf(answerCost),
});

/** At most 80 KiB. */
export const enrolled: Format<Enrolled> = format(
  "enrolled",
  struct<Enrolled>({
    suite: oneOf(1),
    reader: subject,
    questions: list(question, { most: 16 }),
    totpSecret: nullable(bytes(16, 64)),
    callback: flag,
    others: list(struct<OtherSecret>({ method: text(32), secret: bytes(1, 4096) }), { most: 16 }),
  }),
);
