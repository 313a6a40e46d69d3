import {
  type CborValue,
  decodeCbor,
  encodeCbor,
  generateSealingKey,
  generateSigningKey,
  type SealingKey,
  type SigningKey,
  sealingKeyFromSecret,
  signingKeyFromSeed,
} from "@fogbound/crypto";
import { type AuthorityShare, generateMaster } from "@fogbound/crypto/ibe";
import { FogboundError } from "@fogbound/errors";
import {
  type AuthorityGroup,
  type AuthorityId,
  type AuthorityMember,
  isIdentifier,
  randomIdentifier,
} from "@fogbound/protocol";

/** Everything one authority keeps secret. Each key has one role. */
export interface AuthorityKeys {
  readonly id: AuthorityId;
  /** Where its share lies on the polynomial, from 1. */
  readonly index: number;
  /** Its part of the master secret, and the public commitment to it. */
  readonly master: AuthorityShare;
  /** Signs answers. */
  readonly answerKey: SigningKey;
  /** Opens authority parts. */
  readonly partKey: SealingKey;
  /** Signs the journal. */
  readonly journalKey: SigningKey;
}

/**
 * New authorities, any `threshold` of which release a key together. Each one's keys belong to it alone; the group is
 * public.
 *
 * @throws RangeError unless 1 <= threshold <= count <= 255.
 */
export async function createAuthorityGroup(
  threshold: number,
  count: number,
): Promise<{ readonly group: AuthorityGroup; readonly keys: readonly AuthorityKeys[] }> {
  const { publicKey, shares } = generateMaster(threshold, count);
  const keys = await Promise.all(
    shares.map(async (master) => ({
      id: randomIdentifier("aut"),
      index: master.index,
      master,
      answerKey: generateSigningKey(),
      partKey: await generateSealingKey(),
      journalKey: generateSigningKey(),
    })),
  );
  return { group: { threshold, publicKey, members: keys.map(memberOf) }, keys };
}

/** How a manifest names the authority. */
export function memberOf(keys: AuthorityKeys): AuthorityMember {
  return {
    id: keys.id,
    index: keys.index,
    answerKey: keys.answerKey.publicKey,
    partKey: keys.partKey.publicKey,
    journalKey: keys.journalKey.publicKey,
    commitment: keys.master.commitment,
  };
}

const formatName = "fogbound/v1/authority-keys";
const bytesOfFields = [32, 48, 32, 32, 32];

/** For a key file, which seals it: the secrets stand in it in the clear. */
export function encodeAuthorityKeys(keys: AuthorityKeys): Uint8Array {
  const { id, index, master, answerKey, partKey, journalKey } = keys;
  const secrets = [master.secret, master.commitment, answerKey.secretKey, partKey.secretKey, journalKey.secretKey];
  return encodeCbor([formatName, id, index, ...secrets]);
}

/** @throws FogboundError `FORMAT_INVALID` for anything but what `encodeAuthorityKeys` writes. */
export async function decodeAuthorityKeys(bytes: Uint8Array): Promise<AuthorityKeys> {
  const value = decodeCbor(bytes);
  if (!Array.isArray(value) || value.length !== 3 + bytesOfFields.length || value[0] !== formatName) throw notKeys();
  const [, id, index, ...fields]: readonly CborValue[] = value;
  if (!isIdentifier("aut", id) || typeof index !== "number" || index < 1 || index > 255) throw notKeys();
  const [secret, commitment, answerSeed, partSecret, journalSeed] = fields.map(field);
  if (!secret || !commitment || !answerSeed || !partSecret || !journalSeed) throw notKeys();
  return {
    id,
    index,
    master: { index, secret, commitment },
    answerKey: signingKeyFromSeed(answerSeed),
    partKey: await sealingKeyFromSecret(partSecret),
    journalKey: signingKeyFromSeed(journalSeed),
  };
}

function field(value: CborValue, at: number): Uint8Array {
  if (value instanceof Uint8Array && value.length === bytesOfFields[at]) return value;
  throw notKeys();
}

function notKeys(): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    "Expected the keys of an authority, got something else. Name its key file.",
  );
}
