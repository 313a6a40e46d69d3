import { randomFillSync } from "node:crypto";

/** What a file stream of Node yields at a time. */
const pieceBytes = 64 * 1024;
/** Larger than the caches near a core, so that no side of a comparison works on bytes that happen to be at hand. */
const block = randomFillSync(new Uint8Array(8 * 2 ** 20));

/** Random bytes in pieces of 64 KiB, which cost their reader nothing: views of one block, again and again. */
export async function* pieces(bytes) {
  for (let at = 0; at < bytes; at += pieceBytes) yield pieceAt(at, Math.min(pieceBytes, bytes - at));
}

/** The same bytes as `pieces`, for those who take a stream. */
export function streamOf(bytes) {
  return ReadableStream.from(pieces(bytes));
}

function pieceAt(at, length) {
  const start = at % block.length;
  return block.subarray(start, start + length);
}
