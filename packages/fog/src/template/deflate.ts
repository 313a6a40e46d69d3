import { concatBytes } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type DeflateOptions, deflateSync, Inflate } from "fflate";

/** Input is inflated in pieces, so that a bomb is noticed a piece after it has come too far. */
const pieceLength = 4096;

/** @throws FogboundError `FORMAT_INVALID` for what is no deflated data (RFC 1951), or comes to more than `most` bytes. */
export function inflated(bytes: Uint8Array, most: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((piece) => {
    length += piece.length;
    if (length > most) throw new FogboundError("FORMAT_INVALID", `Expected at most ${most} bytes inflated, got more.`);
    pieces.push(piece);
  });
  try {
    for (let at = 0; at < bytes.length || at === 0; at += pieceLength) {
      inflate.push(bytes.subarray(at, at + pieceLength), at + pieceLength >= bytes.length);
    }
  } catch (cause) {
    if (cause instanceof FogboundError) throw cause;
    throw new FogboundError("FORMAT_INVALID", "Expected deflated data, got something else.", { cause });
  }
  return concatBytes(...pieces);
}

export type Level = 1 | 3 | 6 | 9;

export function deflated(bytes: Uint8Array, level: Level): Uint8Array {
  const options: DeflateOptions = { level };
  return deflateSync(bytes, options);
}
