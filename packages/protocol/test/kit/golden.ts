import { readFileSync } from "node:fs";
import { fromHex, type SigningKey, sha256, signingKeyFromSeed, toHex } from "@fogbound/crypto";

interface GoldenKey {
  readonly seed: string;
  readonly public: string;
}

export interface GoldenSample {
  readonly file: string;
  readonly format: string;
  readonly length: number;
  readonly sha256: string;
  readonly signer: string | null;
  readonly value: unknown;
  readonly opens: Readonly<Record<string, string | number>> | null;
}

interface GoldenIndex {
  readonly capsule: string;
  readonly signingKeys: Readonly<Record<string, GoldenKey>>;
  readonly samples: readonly GoldenSample[];
}

const directory = new URL("../../golden/", import.meta.url);

export const golden: GoldenIndex = JSON.parse(readFileSync(new URL("index.json", directory), "utf8"));

export function goldenBytes(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, directory)));
}

export function goldenKey(name: string | null): SigningKey {
  const key = golden.signingKeys[name ?? ""];
  if (key === undefined) throw new Error(`The golden index has no key ${name}.`);
  return signingKeyFromSeed(fromText(key.seed));
}

/** The bytes of "hex:…". */
export function fromText(text: unknown): Uint8Array {
  if (typeof text !== "string" || !text.startsWith("hex:")) throw new Error("Expected hex: in the golden index.");
  return fromHex(text.slice(4));
}

/** Plain JSON, as the index has it: bytes of at most 64 as "hex:…", longer ones as "sha256:…/length". */
export function summary(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return value.length <= 64 ? `hex:${toHex(value)}` : `sha256:${toHex(sha256(value))}/${value.length}`;
  if (Array.isArray(value)) return value.map(summary);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, summary(one)]));
}
