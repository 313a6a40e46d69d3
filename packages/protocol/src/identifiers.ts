import { randomBytes, sha256, toBase32, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";

/**
 * Typed names that are safe everywhere: lower-case base32 (RFC 4648, no padding) after a prefix that says of what.
 * They survive disks that fold case, and select with a double click.
 */
export type CapsuleId = `cap_${string}`;
export type ItemId = `itm_${string}`;
export type ContentId = `cnt_${string}`;
export type InstanceId = `ins_${string}`;
export type AccessId = `acc_${string}`;
export type OwnerId = `own_${string}`;
export type HostId = `hst_${string}`;
export type AuthorityId = `aut_${string}`;

const shortLength = 26;
const longLength = 52;
export type IdentifierKind = "cap" | "itm" | "cnt" | "ins" | "acc" | "own" | "hst" | "aut";
const lengths: Readonly<Record<IdentifierKind, number>> = {
  cap: longLength,
  itm: shortLength,
  cnt: shortLength,
  ins: shortLength,
  acc: shortLength,
  own: shortLength,
  hst: shortLength,
  aut: shortLength,
};

/** A fresh identifier of 130 random bits. */
export function randomIdentifier<Kind extends Exclude<IdentifierKind, "cap">>(kind: Kind): `${Kind}_${string}` {
  return `${kind}_${toBase32(randomBytes(17)).slice(0, shortLength)}`;
}

/** The identifier a key or an object has by its bytes: the first 130 bits (cap_: 256 bits) of SHA-256(label | bytes). */
export function derivedIdentifier<Kind extends IdentifierKind>(
  kind: Kind,
  label: string,
  ...bytes: Uint8Array[]
): `${Kind}_${string}` {
  return `${kind}_${toBase32(sha256(utf8(label), ...bytes)).slice(0, lengths[kind])}`;
}

export function isIdentifier<Kind extends IdentifierKind>(kind: Kind, text: unknown): text is `${Kind}_${string}` {
  if (typeof text !== "string" || text.length !== lengths[kind] + 4 || !text.startsWith(`${kind}_`)) return false;
  return /^[a-z2-7]+$/.test(text.slice(4));
}

/** @throws FogboundError `FORMAT_INVALID` when the text is not an identifier of this kind. */
export function parseIdentifier<Kind extends IdentifierKind>(kind: Kind, text: string): `${Kind}_${string}` {
  if (isIdentifier(kind, text)) return text;
  const shape = `${kind}_ and ${lengths[kind]} characters of a-z and 2-7`;
  throw new FogboundError("FORMAT_INVALID", `Expected ${shape}, got ${JSON.stringify(text.slice(0, 80))}.`);
}
