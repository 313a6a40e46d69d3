import { concatBytes, hkdfSha256, label, randomBytes, utf8 } from "@fogbound/crypto";
import { marksOf } from "../beacon/marks.js";
import { decoy } from "../decoy/decoy.js";
import { type LearnOptions, learnModel } from "../decoy/learn-model.js";

/** A fresh beacon key for one capsule. It goes through all its versions, or older decoys would name nobody. */
export function newBeaconKey(): Uint8Array {
  return randomBytes(32);
}

/** For each item a place from 0 to `variants` - 1, all equally likely. */
export function randomPlaces(items: number, variants: number): readonly number[] {
  return Array.from({ length: items }, () => randomBelow(variants));
}

function randomBelow(bound: number): number {
  const whole = Math.floor(2 ** 32 / bound) * bound;
  for (;;) {
    const [drawn = 0] = new Uint32Array(randomBytes(4).buffer);
    if (drawn < whole) return drawn % bound;
  }
}

export interface DecoyPlace {
  readonly beaconKey: Uint8Array;
  /** What its identifiers name. Two decoys of one item with one mark are the same bytes; those of two items join. */
  readonly mark: number;
  /** Bytes: as many as the real one has. */
  readonly length: number;
}

/** The decoy of an item that carries a mark. @throws FogboundError `FORMAT_INVALID` for a model that is none. */
export function markedDecoy(model: Uint8Array, { beaconKey, mark, length }: DecoyPlace): AsyncIterable<Uint8Array> {
  return decoy(model, { seed: seedOf(beaconKey, "decoy", mark), length, marks: marksOf(beaconKey, mark) });
}

/** Learns an item from its content: see `learnModel`. */
export function learnItem(
  content: AsyncIterable<Uint8Array>,
  { beaconKey, ...about }: Omit<LearnOptions, "seed"> & { readonly beaconKey: Uint8Array },
): Promise<Uint8Array | null> {
  return learnModel(content, { ...about, seed: seedOf(beaconKey, "decoy-sample", 0) });
}

function seedOf(beaconKey: Uint8Array, purpose: string, number: number): Uint8Array {
  return hkdfSha256(beaconKey, new Uint8Array(), concatBytes(label(purpose), utf8(`/${number}`)), 32);
}

const pieceBytes = 65_536;

/** Random bytes, to be sealed where no believable decoy can be made, and served to nobody. */
export async function* chaff(length: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let left = length; left > 0; left -= pieceBytes) yield randomBytes(Math.min(left, pieceBytes));
}
