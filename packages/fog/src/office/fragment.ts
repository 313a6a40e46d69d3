import { concatBytes } from "@fogbound/crypto";

/** A leaked package up to here is unpacked, 32 MiB; of a larger one the bytes are looked at as they are. */
const mostBytes: number = 32 * 1024 * 1024;

/**
 * A fragment as marks can be found in it: of an Office document (or any other ZIP archive of XML) the text of its parts, and
 * identifiers in their attributes. Everything else, and what is damaged, passes as it is.
 */
export async function* readableFragment(fragment: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] | null = [];
  let length = 0;
  let isKnown = false;
  for await (const piece of fragment) {
    if (held === null) {
      yield piece;
      continue;
    }
    held.push(piece);
    length += piece.length;
    const isOther = !isKnown && length >= 4 && !startsLikeZip(held);
    isKnown ||= length >= 4;
    if (!isOther && length <= mostBytes) continue;
    yield* held;
    held = null;
  }
  if (held === null) return;
  const bytes = concatBytes(...held);
  if (!isKnown) return yield bytes;
  const { unpacked } = await import("./leaked.js");
  yield* unpacked(bytes);
}

function startsLikeZip(pieces: readonly Uint8Array[]): boolean {
  const [first = 0, second = 0, third = 0, fourth = 0] = pieces.flatMap((piece) => [...piece.subarray(0, 4)]);
  return first === 0x50 && second === 0x4b && third === 3 && fourth === 4;
}
