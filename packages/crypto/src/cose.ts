import { FogboundError } from "@fogbound/errors";
import { concatBytes, equalBytes, utf8 } from "./bytes.js";
import { type CborValue, decodeCbor, encodeCbor } from "./cbor.js";
import { type SigningKey, signEd25519, verifyEd25519 } from "./signing.js";

/** A COSE_Sign1 that has been read and not verified: nothing in it may be believed yet. */
export interface UnverifiedCose {
  /** The 32-byte Ed25519 public key itself. */
  readonly kid: Uint8Array;
  readonly contentType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** The bytes that are signed as the protected header. */
  readonly protectedHeader: Uint8Array;
}

/**
 * COSE_Sign1 (RFC 9052 section 4.2), untagged, EdDSA, payload inside. The context is the external_aad: it is signed and
 * not written, so a signature made for one use never passes for another.
 *
 * @throws TypeError for a context or content type that is not well-formed Unicode.
 */
export async function signCose(options: {
  readonly context: string;
  readonly contentType: string;
  readonly payload: Uint8Array;
  readonly key: SigningKey;
}): Promise<Uint8Array> {
  const header = protectedHeaderOf(options.contentType, options.key.publicKey);
  const signature = await signEd25519(options.key, signedBytes(header, options.context, options.payload));
  return encodeCbor([header, new Map(), options.payload, signature]);
}

/**
 * Reads without verifying, to learn whose key to look for.
 *
 * @throws FogboundError `FORMAT_INVALID` for a tag, another algorithm, a header field more or less, anything in the
 * unprotected header, a detached payload, or an encoding that is not deterministic.
 */
export function readCose(bytes: Uint8Array): UnverifiedCose {
  const envelope = decodeCbor(bytes);
  if (!isList(envelope) || envelope.length !== 4) throw notCose();
  const [protectedHeader, unprotected, payload, signature] = envelope;
  if (!(unprotected instanceof Map) || unprotected.size !== 0) throw notCose();
  if (!(protectedHeader instanceof Uint8Array) || !(payload instanceof Uint8Array)) throw notCose();
  if (!(signature instanceof Uint8Array) || signature.length !== 64) throw notCose();
  return { ...readProtectedHeader(protectedHeader), payload, signature, protectedHeader };
}

/**
 * The payload, once everything around it holds. Only what this returns may be used, not what {@link readCose} gave.
 *
 * @throws FogboundError `FORMAT_INVALID` as {@link readCose}; `VERIFICATION_FAILED` when the key id is not the public
 * key, the content type is another, or the signature does not hold under this key and context.
 */
export async function verifyCose(options: {
  readonly context: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly publicKey: Uint8Array;
}): Promise<Uint8Array> {
  return verifyRead(readCose(options.bytes), options);
}

/** As {@link verifyCose}, for what {@link readCose} gave. */
export async function verifyRead(
  read: UnverifiedCose,
  options: { readonly context: string; readonly contentType: string; readonly publicKey: Uint8Array },
): Promise<Uint8Array> {
  const message = signedBytes(read.protectedHeader, options.context, read.payload);
  const named = equalBytes(read.kid, options.publicKey) && read.contentType === options.contentType;
  if (named && (await verifyEd25519(options.publicKey, message, read.signature))) return read.payload;
  throw FogboundError.verificationFailed();
}

/** Sig_structure, RFC 9052 section 4.4. */
function signedBytes(protectedHeader: Uint8Array, context: string, payload: Uint8Array): Uint8Array {
  return encodeCbor(["Signature1", protectedHeader, utf8(context), payload]);
}

/** A map of three whose first pair is alg (1): EdDSA (-8), and whose second key is content type (3). */
const beforeContentType: Uint8Array = Uint8Array.of(0xa3, 0x01, 0x27, 0x03);
/** The key kid (4) and the head of 32 bytes. */
const beforeKid: Uint8Array = Uint8Array.of(0x04, 0x58, 0x20);

function protectedHeaderOf(contentType: string, kid: Uint8Array): Uint8Array {
  if (kid.length !== 32) throw new RangeError(`Expected an Ed25519 public key of 32 bytes, got ${kid.length}.`);
  return concatBytes(prefixOf(contentType), kid);
}

/** Content types whose headers are remembered: there are some twenty, and a stranger's push none of them out. */
const mostPrefixes = 64;
const prefixes = new Map<string, Uint8Array>();

/** All of a protected header but the key id at its end. */
function prefixOf(contentType: string): Uint8Array {
  const known = prefixes.get(contentType);
  if (known !== undefined) return known;
  const prefix = concatBytes(beforeContentType, encodeCbor(contentType), beforeKid);
  if (prefixes.size < mostPrefixes) prefixes.set(contentType, prefix);
  return prefix;
}

function readProtectedHeader(header: Uint8Array): { kid: Uint8Array; contentType: string } {
  const kid = header.slice(-32);
  if (kid.length !== 32) throw notCose();
  const prefix = header.subarray(0, -32);
  for (const [contentType, known] of prefixes) if (equalBytes(known, prefix)) return { kid, contentType };
  const middle = prefix.subarray(beforeContentType.length, Math.max(0, prefix.length - beforeKid.length));
  const contentType = middle.length === 0 ? undefined : decodeCbor(middle);
  if (typeof contentType === "string" && equalBytes(prefixOf(contentType), prefix)) return { kid, contentType };
  throw notCose();
}

function isList(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}

function notCose(): FogboundError {
  const expected = "an untagged COSE_Sign1 with exactly alg EdDSA, content type and kid in its protected header";
  return new FogboundError("FORMAT_INVALID", `Expected ${expected}, got other bytes.`);
}
