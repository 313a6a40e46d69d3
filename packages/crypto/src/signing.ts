import { ed25519 } from "@noble/curves/ed25519.js";
import { ed25519PublicKey, ed25519Sign, ed25519Verify, type SignEd25519, type VerifyEd25519 } from "#platform";
import { toHex } from "./bytes.js";
import { randomBytes } from "./random.js";

/** An Ed25519 key pair (RFC 8032): `publicKey` the 32-byte point, `secretKey` the 32-byte seed. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

export function generateSigningKey(): SigningKey {
  return signingKeyFromSeed(randomBytes(32));
}

/** Keeps a copy of the seed. @throws RangeError unless it has 32 bytes. */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new RangeError(`Expected an Ed25519 seed of 32 bytes, got ${seed.length}.`);
  return { publicKey: ed25519PublicKey(seed), secretKey: seed.slice() };
}

const signers: WeakMap<SigningKey, SignEd25519> = new WeakMap();

/**
 * Ed25519 (pure, RFC 8032 section 5.1.6), 64 bytes. Only the seed signs: `publicKey` is not looked at, so a wrong one
 * cannot draw the secret out. The key object is read once; changing its bytes afterwards has no effect.
 */
export async function signEd25519(key: SigningKey, message: Uint8Array): Promise<Uint8Array> {
  let sign = signers.get(key);
  if (!sign) {
    sign = ed25519Sign(key.secretKey);
    signers.set(key, sign);
  }
  return sign(message);
}

/**
 * Whether this is the signature of this key over this message, by the strictest reading of RFC 8032, so that everybody
 * gives the same answer: S < L, canonical encodings of A and R, A of prime order, R not the neutral point (OpenSSL takes it
 * up to 3.0 and refuses it in 3.5; no signer makes it), the equation without cofactor.
 * False, never an error, for whatever an attacker can send.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verifyStrictly(publicKey, message, signature);
}

/** Finding one sound costs as much as seven signatures, and a host of a thousand capsules has a thousand instance keys in turn. */
const mostKeysRemembered = 8192;

/** {@link verifyEd25519} over one platform's equation. Remembers the public keys it has found to be sound. */
export function strictVerification(
  equationOf: (publicKey: Uint8Array) => VerifyEd25519,
): (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean> {
  const sound = new Map<string, VerifyEd25519>();
  return async (publicKey, message, signature) => {
    const name = toHex(publicKey);
    const equation = sound.get(name) ?? (isSoundPublicKey(publicKey) ? equationOf(publicKey) : undefined);
    if (!equation) return false;
    remember(sound, name, equation);
    return signature.length === 64 && !startsNeutral(signature) && equation(message, signature);
  };
}

/** Whether R is the neutral point: y = 1. */
function startsNeutral(signature: Uint8Array): boolean {
  return signature[0] === 1 && signature.subarray(1, 32).every((byte) => byte === 0);
}

const verifyStrictly: ReturnType<typeof strictVerification> = /* @__PURE__ */ strictVerification(ed25519Verify);

/**
 * Whether these bytes are the one encoding of a point of prime order. A key of small or mixed order has signatures that
 * hold for many messages, or on one platform only.
 */
export function isSoundPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  try {
    const point = ed25519.Point.fromBytes(publicKey, false);
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** The last used stands last; the one that was not used for longest goes. */
function remember(sound: Map<string, VerifyEd25519>, name: string, equation: VerifyEd25519): void {
  sound.delete(name);
  sound.set(name, equation);
  if (sound.size <= mostKeysRemembered) return;
  for (const oldest of sound.keys()) {
    sound.delete(oldest);
    return;
  }
}
