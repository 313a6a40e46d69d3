import { bytes, type Format, format, list, oneOf, struct, text } from "./codec.js";

/** What a key file is for; it is refused for anything else. */
export type KeyKind = "owner" | "reader" | "auditor" | "recovery" | "host";

export const keyKinds: readonly KeyKind[] = ["owner", "reader", "auditor", "recovery", "host"];

/** A key file: its secrets under a key that scrypt (RFC 7914) makes of a passphrase. */
export interface KeyFile {
  readonly suite: 1;
  readonly kind: KeyKind;
  readonly salt: Uint8Array;
  /** scrypt's N, a power of two from 2^10 to 2^20, r and p. */
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelism: number;
  /** A `keyRing`, under AES-256-GCM. */
  readonly sealed: Uint8Array;
}

export const keyFile: Format<KeyFile> = format(
  "key-file",
  struct<KeyFile>({
    suite: oneOf(1),
    kind: oneOf("owner", "reader", "auditor", "recovery", "host"),
    salt: bytes(32),
    // The upper bound keeps a hostile file from taking all memory: N = 2^20 with r = 8 is 1 GiB.
    cost: oneOf<number>(...Array.from({ length: 11 }, (_, index) => 2 ** (10 + index))),
    blockSize: oneOf(8),
    parallelism: oneOf(1),
    sealed: bytes(17, 65_536),
  }),
);

export interface NamedSecret {
  readonly name: string;
  readonly secret: Uint8Array;
}

export interface SealedKeyRing {
  readonly suite: 1;
  readonly secrets: readonly NamedSecret[];
}

export const keyRing: Format<SealedKeyRing> = format(
  "key-ring",
  struct<SealedKeyRing>({
    suite: oneOf(1),
    secrets: list(struct<NamedSecret>({ name: text(64), secret: bytes(1, 4096) }), { least: 1, most: 64 }),
  }),
);
