import { concatBytes, hkdfSha256, hmacSha256, label, sha256, utf8 } from "@fogbound/crypto";
import { type CompiledShape, compileShape } from "./compile.js";
import { permutation } from "./permutation.js";
import type { Reading } from "./read-write.js";
import { type IdentifierShape, identifierShape } from "./shape.js";

/** What an identifier stands for. */
export interface Mark {
  /** Modulo the shape's episodes. */
  readonly episode: bigint;
  /** Modulo the shape's rows. */
  readonly row: number;
}

/** One shape's identifiers under one capsule's beacon key. */
export interface ShapeCipher {
  readonly compiled: CompiledShape;
  identifier(mark: Mark): string;
  /** null when it stands for nothing: nobody with the key wrote it. */
  markOf(reading: Reading): Mark | null;
}

const noSalt = new Uint8Array();

/**
 * The value (episode * rows + row) under FF1, and the options of weighted parts by HMAC of it. A key for each shape: what
 * is an identifier of one says nothing under another.
 *
 * @param key a capsule's beacon key, 32 bytes
 * @throws RangeError for a shape that `compileShape` refuses, or a key of another length
 */
export function shapeCipher(key: Uint8Array, shape: IdentifierShape): ShapeCipher {
  if (key.length !== 32) throw new RangeError(`Expected a beacon key of 32 bytes, got ${key.length}.`);
  const compiled = compileShape(shape);
  const info = concatBytes(label("beacon-shape"), sha256(identifierShape.encode(shape)));
  const keys = hkdfSha256(key, noSalt, info, 64);
  const cipher = permutation(keys.subarray(0, 32), compiled.domain);
  const optionsOf = chooser(keys.subarray(32), compiled.weights);
  const rows = BigInt(shape.rows);
  return {
    compiled,
    identifier({ episode, row }) {
      const plain = (episode % compiled.episodes) * rows + (BigInt(row) % rows);
      const options = optionsOf(plain);
      return compiled.write(cipher.forward(plain, Uint8Array.from(options)), options);
    },
    markOf({ value, options }) {
      const plain = cipher.backward(value, Uint8Array.from(options));
      const episode = plain / rows;
      if (episode >= compiled.episodes || !sameOptions(options, optionsOf(plain))) return null;
      return { episode, row: Number(plain % rows) };
    },
  };
}

/** The same value always gets the same options, each as often as it weighs. */
function chooser(key: Uint8Array, weights: readonly (readonly number[])[]): (value: bigint) => readonly number[] {
  if (weights.length === 0) return () => [];
  const totals = weights.map((list) => list.reduce((sum, weight) => sum + weight, 0));
  return (value) => {
    const bytes = hmacSha256(key, utf8(value.toString()));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return weights.map((list, at) => {
      const drawn = view.getUint16(6 * at) * 2 ** 32 + view.getUint32(6 * at + 2);
      return optionAt(list, drawn % (totals[at] ?? 1));
    });
  };
}

function optionAt(weights: readonly number[], drawn: number): number {
  let rest = drawn;
  return weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
}

function sameOptions(left: readonly number[], right: readonly number[]): boolean {
  return left.every((option, at) => option === right[at]);
}
