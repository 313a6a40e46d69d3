import * as node from "node:crypto";
import type { Decrypt, Encrypt, ScryptCost, Sha256, SignEd25519, VerifyEd25519 } from "./platform.js";

export type { Decrypt, Encrypt, ScryptCost, Sha256, SignEd25519, VerifyEd25519 } from "./platform.js";

const tagLength = 16;

export function fillRandom(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  return node.randomFillSync(bytes);
}

export function digestSha256(data: Uint8Array): Uint8Array {
  return plain(node.hash("sha256", data, "buffer"));
}

export function hashSha256(): Sha256 {
  const hash = node.createHash("sha256");
  return {
    update(bytes: Uint8Array): Sha256 {
      hash.update(bytes);
      return this;
    },
    digest: () => plain(hash.digest()),
  };
}

export function hmac(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const mac = node.createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return plain(mac.digest());
}

export function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  // By HMACs: `hkdfSync` makes a job and a key object of each call, and every record derives four keys.
  const extracted = hmac(salt, [key]);
  const derived = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0, counter = 1; at < length; at += block.length, counter++) {
    const next = hmac(extracted, [block, info, Uint8Array.of(counter)]);
    block.fill(0);
    block = next;
    derived.set(block.subarray(0, length - at), at);
  }
  extracted.fill(0);
  block.fill(0);
  return derived;
}

export async function encrypter(key: Uint8Array): Promise<Encrypt> {
  const secret = node.createSecretKey(key);
  return (nonce, plaintext, additional) => {
    const cipher = node.createCipheriv("aes-256-gcm", secret, nonce);
    if (additional.length > 0) cipher.setAAD(additional);
    // Not zeroed first, which costs as much as an eighth of the encryption: every byte is written below.
    const sealed = new Uint8Array(Buffer.allocUnsafeSlow(plaintext.length + tagLength).buffer);
    sealed.set(cipher.update(plaintext));
    cipher.final();
    sealed.set(cipher.getAuthTag(), plaintext.length);
    return sealed;
  };
}

export async function decrypter(key: Uint8Array): Promise<Decrypt> {
  const secret = node.createSecretKey(key);
  return (nonce, sealed, additional) => {
    const end = sealed.length - tagLength;
    const decipher = node.createDecipheriv("aes-256-gcm", secret, nonce, { authTagLength: tagLength });
    decipher.setAuthTag(sealed.subarray(end));
    if (additional.length > 0) decipher.setAAD(additional);
    const plaintext = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return plain(plaintext);
  };
}

export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const { x } = node.createPublicKey(privateKey(seed)).export({ format: "jwk" });
  return plain(Buffer.from(x ?? "", "base64url"));
}

export function ed25519Sign(seed: Uint8Array): SignEd25519 {
  const key = privateKey(seed);
  // In the thread pool, as verifying: a busy host signs thrice an access, and its one thread does everything else.
  return (message) =>
    new Promise((resolve, reject) => {
      node.sign(null, message, key, (error, signature) => (error ? reject(error) : resolve(plain(signature))));
    });
}

export function ed25519Verify(publicKey: Uint8Array): VerifyEd25519 {
  const x = Buffer.from(publicKey).toString("base64url");
  const key = node.createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } });
  // The callback form runs in the thread pool: an audit's thousands of signatures do not hold up the event loop.
  return (message, signature) =>
    new Promise((resolve, reject) => {
      node.verify(null, message, key, signature, (error, valid) => (error ? reject(error) : resolve(valid)));
    });
}

export function scryptKey(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  const { cost: N, blockSize: r, parallelism: p } = cost;
  const maxmem = 128 * r * (N + p + 2) + 2 ** 20;
  return new Promise((resolve, reject) => {
    node.scrypt(passphrase, salt, 32, { N, r, p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(plain(key)),
    );
  });
}

/** RFC 8410 section 7: the fixed DER in front of a 32-byte seed. */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function privateKey(seed: Uint8Array): node.KeyObject {
  const der = Buffer.concat([pkcs8Prefix, seed]);
  try {
    return node.createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

/** Callers get a Uint8Array of their own: a Buffer has other `slice` semantics and may share its memory with others. */
function plain(buffer: Buffer): Uint8Array {
  if (buffer.byteLength !== buffer.buffer.byteLength) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer);
}
