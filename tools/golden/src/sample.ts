import { sha256, toHex } from "../../../packages/crypto/src/index.js";

/** What the index says of one file. */
export interface Sample {
  readonly file: string;
  /** The name of its format, as the sources have it. */
  readonly format: string;
  readonly bytes: Uint8Array;
  /** The name of the key that signed it; null for what is not signed. */
  readonly signer: string | null;
  /** What it decodes to; null for what is only opened, by `opens`. */
  readonly value: unknown;
  /** What else a test needs to open it. */
  readonly opens?: Readonly<Record<string, unknown>>;
}

/** Plain JSON: bytes of at most 64 as "hex:…", longer ones as "sha256:…/length". */
export function summary(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return value.length <= 64 ? `hex:${toHex(value)}` : `sha256:${toHex(sha256(value))}/${value.length}`;
  if (Array.isArray(value)) return value.map(summary);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, summary(one)]));
}
