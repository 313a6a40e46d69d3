import { decodeCbor, encodeCbor, type SigningKey } from "@fogbound/crypto";
import type fc from "fast-check";
import type { Format, Signed } from "../../src/index.js";
import * as protocol from "../../src/index.js";
import * as access from "./arbitrary-access.js";
import * as capsule from "./arbitrary-capsule.js";
import * as fog from "./arbitrary-fog.js";
import * as log from "./arbitrary-log.js";

/** One format, with its type forgotten, so that every test can go through all of them. */
export interface Known {
  readonly name: string;
  decode(bytes: Uint8Array): unknown;
  /** What decoding and encoding again gives. */
  again(bytes: Uint8Array): Uint8Array;
  readonly encoded: fc.Arbitrary<{ readonly value: unknown; readonly bytes: Uint8Array }>;
}

function known<T>(format: Format<T>, values: fc.Arbitrary<T>): Known {
  return {
    name: format.name,
    decode: (bytes) => format.decode(bytes),
    again: (bytes) => format.encode(format.decode(bytes)),
    encoded: values.map((value) => ({ value, bytes: format.encode(value) })),
  };
}

/** The payload of a signed format; its envelope is `KnownSigned`. */
export interface KnownSigned extends Known {
  readonly verify: Signed<unknown>["verify"];
  readonly read: Signed<unknown>["read"];
  /** Verifies, and signs the same value again. */
  signAgain(bytes: Uint8Array, key: SigningKey): Promise<Uint8Array>;
  readonly signed: fc.Arbitrary<(key: SigningKey) => Promise<Uint8Array>>;
}

function knownSigned<T>(signed: Signed<T>, values: fc.Arbitrary<T>): KnownSigned {
  return {
    ...known(signed.format, values),
    verify: (bytes, publicKey) => signed.verify(bytes, publicKey),
    read: (bytes) => signed.read(bytes),
    signAgain: async (bytes, key) => signed.sign(await signed.verify(bytes, key.publicKey), key),
    signed: values.map((value) => (key) => signed.sign(value, key)),
  };
}

export const signedFormats: readonly KnownSigned[] = [
  knownSigned(protocol.manifest, capsule.manifest),
  knownSigned(protocol.session, access.session),
  knownSigned(protocol.request, access.request),
  knownSigned(protocol.epochHead, log.epochHead),
  knownSigned(protocol.batchStatement, log.batchStatement),
  knownSigned(protocol.receipt, log.receipt),
  knownSigned(protocol.tips, log.tips),
  knownSigned(protocol.erased, log.erased),
  knownSigned(protocol.received, log.received),
  knownSigned(protocol.outage, log.outage),
  knownSigned(protocol.explained, log.explained),
  knownSigned(protocol.answer, access.answer),
  knownSigned(protocol.recipient, access.recipient),
  knownSigned(protocol.delivery, access.delivery),
  knownSigned(protocol.familiar, fog.familiar),
];

export const plainFormats: readonly Known[] = [
  known(protocol.genesis, capsule.genesis),
  known(protocol.manifestObject, capsule.manifestObject),
  known(protocol.sealedPart, capsule.sealedPart),
  known(protocol.hostPart, capsule.hostPart),
  known(protocol.authorityPart, capsule.authorityPart),
  known(protocol.ownerPart, capsule.ownerPart),
  known(protocol.keyFile, capsule.keyFile),
  known(protocol.keyRing, capsule.keyRing),
  known(protocol.recordHeader, log.recordHeader),
  known(protocol.batch, log.batch),
  known(protocol.bundle, log.bundle),
  known(protocol.prunedBundle, log.prunedBundle),
  known(protocol.sequenceObject, log.sequenceObject),
  known(protocol.leafReceipt, log.leafReceipt),
  known(protocol.copies, log.copies),
  known(protocol.parityShard, log.parityShard),
  known(protocol.pin, log.pin),
  known(protocol.pushed, log.pushed),
  known(protocol.question, access.question),
  known(protocol.fogSettings, fog.fogSettings),
  known(protocol.challengeReply, fog.challengeReply),
  known(protocol.replyText, fog.replyText),
  known(protocol.alertLetter, fog.alertLetter),
];

export const formats: readonly Known[] = [...plainFormats, ...signedFormats];

/** The same object with one field set, taken away (undefined) or added. */
export function withField(
  bytes: Uint8Array,
  field: string,
  value: Parameters<typeof encodeCbor>[0] | undefined,
): Uint8Array {
  const object = decodeCbor(bytes);
  if (!(object instanceof Map)) throw new TypeError("Expected a map.");
  const changed = new Map(object);
  if (value === undefined) changed.delete(field);
  else changed.set(field, value);
  return encodeCbor(changed);
}
