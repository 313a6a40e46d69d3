/** What both platform files must export, with these types: the only things Fogbound asks of the machine below it. */
export interface Platform {
  fillRandom(bytes: Uint8Array<ArrayBuffer>): Uint8Array;
  digestSha256(data: Uint8Array): Uint8Array;
  hashSha256(): Sha256;
  hmac(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array;
  hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  encrypter(key: Uint8Array): Promise<Encrypt>;
  decrypter(key: Uint8Array): Promise<Decrypt>;
  ed25519PublicKey(seed: Uint8Array): Uint8Array;
  ed25519Sign(seed: Uint8Array): SignEd25519;
  ed25519Verify(publicKey: Uint8Array): VerifyEd25519;
  scryptKey(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array>;
}

/** Keeps nothing of the message once it has returned. */
export type SignEd25519 = (message: Uint8Array) => Promise<Uint8Array>;

export interface Sha256 {
  update(bytes: Uint8Array): this;
  digest(): Uint8Array;
}

/** AES-256-GCM under one key. Synchronous where the platform is: a promise a chunk is measurable. */
export type Encrypt = (
  nonce: Uint8Array,
  plaintext: Uint8Array,
  additional: Uint8Array,
) => Uint8Array | Promise<Uint8Array>;

/** The inverse of {@link Encrypt}; null when the tag does not match, and then no plaintext has been given out. */
export type Decrypt = (
  nonce: Uint8Array,
  sealed: Uint8Array,
  additional: Uint8Array,
) => Uint8Array | null | Promise<Uint8Array | null>;

/**
 * The equation without cofactor, S < L, and R compared as bytes. The public key has been checked by the caller.
 * False for a signature that is not 64 bytes.
 */
export type VerifyEd25519 = (message: Uint8Array, signature: Uint8Array) => Promise<boolean>;

export interface ScryptCost {
  /** N of RFC 7914: a power of two. */
  readonly cost: number;
  /** r of RFC 7914. */
  readonly blockSize: number;
  /** p of RFC 7914. */
  readonly parallelism: number;
}
