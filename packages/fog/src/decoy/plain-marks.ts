import { createSha256, label, sha256, utf8 } from "@fogbound/crypto";
import { type CompiledShape, compileShape } from "../beacon/compile.js";
import type { Marks } from "../beacon/marks.js";
import { type IdentifierShape, identifierShape } from "../beacon/shape.js";
import { Draws } from "./draws.js";

const rounds = 4;

/**
 * Identifiers for decoys that carry no beacon: other ones for another seed, none twice, and nobody recognises them. A
 * Feistel network does what the cipher of beacons does, in a fiftieth of the time: there is nothing to find again.
 */
export function plainMarks(seed: Uint8Array): Marks {
  const compiled = new WeakMap<IdentifierShape, Plain>();
  return {
    identifier(shape, row) {
      const known = compiled.get(shape) ?? plainOf(seed, shape);
      compiled.set(shape, known);
      return known(row);
    },
  };
}

type Plain = (row: number) => string;

function plainOf(seed: Uint8Array, shape: IdentifierShape): Plain {
  const compiled = compileShape(shape);
  const key = sha256(label("decoy-identifiers"), seed, identifierShape.encode(shape));
  const half = BigInt(Math.ceil(compiled.domain.toString(2).length / 2));
  return (row) => {
    let value = BigInt(row) % compiled.domain;
    do value = shuffled(value, key, half);
    while (value >= compiled.domain);
    return compiled.write(value, optionsOf(compiled, key, row));
  };
}

/** One permutation of the numbers of 2 * `half` bits. */
function shuffled(value: bigint, key: Uint8Array, half: bigint): bigint {
  const mask = (1n << half) - 1n;
  let left = value >> half;
  let right = value & mask;
  for (let round = 0; round < rounds; round++) {
    const hash = createSha256();
    hash.update(key);
    hash.update(utf8(`${round} ${right}`));
    const digest = hash.digest();
    const mixed = new DataView(digest.buffer, digest.byteOffset).getBigUint64(0);
    [left, right] = [right, left ^ (mixed & mask)];
  }
  return (left << half) | right;
}

function optionsOf(compiled: CompiledShape, key: Uint8Array, row: number): number[] {
  if (compiled.weights.length === 0) return [];
  const draws = new Draws(key, `decoy-option-${row}`);
  return compiled.weights.map((weights) => draws.weighted(weights));
}
